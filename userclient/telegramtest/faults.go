package telegramtest

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"time"

	"github.com/gotd/td/crypto"
	"github.com/gotd/td/session"
)

// A flood asks the clients that call a method to wait.
type flood struct {
	wait  time.Duration
	times int
	until time.Time
}

// Flood has the next calls of a method answered with FLOOD_WAIT, so many times.
// A call inside the wait makes the test fail.
func (s *Server) Flood(method string, wait time.Duration, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.floods[method] = &flood{wait: wait, times: times}
}

// flooded returns the seconds that a call of a method is to wait; 0 for none.
func (s *Server) flooded(method string) int {
	f := s.floods[method]
	if f == nil {
		return 0
	}
	if time.Now().Before(f.until) {
		s.t.Errorf("%s was called while Telegram asked to wait", method)
	}
	if f.times == 0 {
		return 0
	}
	f.times--
	f.until = time.Now().Add(f.wait)
	return int(f.wait / time.Second)
}

// codeOf has the codes of the errors that end a session.
var codeOf = map[string]int{
	"AUTH_KEY_UNREGISTERED": 401, "SESSION_REVOKED": 401, "SESSION_EXPIRED": 401, "USER_DEACTIVATED": 401,
	"USER_DEACTIVATED_BAN": 401, "AUTH_KEY_DUPLICATED": 406,
}

// Refuse ends the sessions of an account: every call is answered with that
// error, such as SESSION_REVOKED. Its connections end too.
func (s *Server) Refuse(a *Account, with string) {
	s.mu.Lock()
	for _, k := range s.keys {
		if k.account == a {
			k.refused = with
		}
	}
	gone := s.clients(func(k *authKey) bool { return k.account == a })
	s.mu.Unlock()
	for _, c := range gone {
		c.Close()
	}
}

// Forget forgets the keys of an account, as Telegram does of late.
func (s *Server) Forget(a *Account) {
	s.mu.Lock()
	for id, k := range s.keys {
		if k.account == a {
			delete(s.keys, id)
		}
	}
	gone := s.clients(func(k *authKey) bool { return k.account == a })
	s.mu.Unlock()
	for _, c := range gone {
		c.Close()
	}
}

// DropConnections hangs up on everybody.
func (s *Server) DropConnections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

// Away has the server hang up on whoever connects, until it is back.
func (s *Server) Away(away bool) {
	s.mu.Lock()
	s.ends = away
	s.mu.Unlock()
	if away {
		s.DropConnections()
	}
}

// Calls returns the calls of a method so far, or all of them for "".
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.calls), func(c Call) bool { return method != "" && c.Method != method })
}

// Connections returns how many connections an account has, and the most it had
// at a time under one key.
func (s *Server) Connections(a *Account) (open, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if k.account == a {
			open += k.conns
			most = max(most, k.most)
		}
	}
	return open, most
}

// Sessions returns how many clients are signed in to an account.
func (s *Server) Sessions(a *Account) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if k.account == a && k.refused == "" {
			n++
		}
	}
	return n
}

// Session signs a client in without a key exchange, which takes a second, and
// returns the session as gotd keeps it.
func (s *Server) Session(a *Account) []byte {
	s.t.Helper()
	var value crypto.Key
	rand.Read(value[:]) //nolint:errcheck // it never fails
	key := value.WithID()
	k := s.addKey(key, a.DC)
	s.Change(func() { k.account = a })
	text, err := json.Marshal(map[string]any{"Version": 1, "Data": session.Data{
		Config: session.ConfigFromTG(*s.config(a.DC)), DC: a.DC, AuthKey: value[:], AuthKeyID: key.ID[:], Salt: 1,
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}
