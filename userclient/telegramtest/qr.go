package telegramtest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// A loginToken is what a QR code says.
type loginToken struct {
	key     *authKey
	account *Account // who scanned it
	expires time.Time
}

// tokenLife is how long a token is good. Telegram has 30 seconds.
const tokenLife = 3 * time.Second

func (s *Server) exportToken(c *conn) (bin.Encoder, *tgerr.Error) {
	a := c.key.accepted
	switch {
	case c.key.account != nil:
		return &tg.AuthLoginTokenSuccess{Authorization: c.key.account.authorization()}, nil
	case a != nil && a.DC != c.dc:
		moved := rand.Text()
		s.tokens[moved] = &loginToken{account: a, expires: time.Now().Add(time.Minute)} // a key exchange may take a while
		return &tg.AuthLoginTokenMigrateTo{DCID: a.DC, Token: []byte(moved)}, nil
	case a != nil:
		return c.key.success(a)
	}
	token, life := rand.Text(), time.Now().Add(tokenLife)
	s.tokens[token] = &loginToken{key: c.key, expires: life}
	return &tg.AuthLoginToken{Expires: int(life.Unix()), Token: []byte(token)}, nil
}

func (s *Server) importToken(c *conn, req *tg.AuthImportLoginTokenRequest) (bin.Encoder, *tgerr.Error) {
	token := s.tokens[string(req.Token)]
	if token == nil || token.account == nil || time.Now().After(token.expires) {
		return nil, tgerr.New(400, "AUTH_TOKEN_INVALID")
	}
	return c.key.success(token.account)
}

func (k *authKey) success(a *Account) (bin.Encoder, *tgerr.Error) {
	authorization, refusal := k.letIn(a)
	if refusal != nil {
		return nil, refusal
	}
	return &tg.AuthLoginTokenSuccess{Authorization: authorization}, nil
}

// Scan has an account's app scan a QR code and agree. It reports false when the
// code is not good, or no longer.
func (s *Server) Scan(a *Account, code string) bool {
	s.t.Helper()
	text, err := base64.URLEncoding.DecodeString(strings.TrimPrefix(code, "tg://login?token="))
	if err != nil {
		s.t.Fatalf("%q is no code for Telegram", code)
	}
	s.mu.Lock()
	token := s.tokens[string(text)]
	good := token != nil && token.key != nil && time.Now().Before(token.expires)
	var clients []*conn
	if good {
		delete(s.tokens, string(text))
		token.key.accepted = a
		clients = s.clients(func(k *authKey) bool { return k == token.key })
	}
	s.mu.Unlock()
	s.push(clients, &tg.UpdateShort{Update: &tg.UpdateLoginToken{}, Date: int(time.Now().Unix())})
	return good
}

// clients returns the connections under the keys that fit.
func (s *Server) clients(fits func(*authKey) bool) []*conn {
	var all []*conn
	for c := range s.conns {
		if c.key != nil && fits(c.key) {
			all = append(all, c)
		}
	}
	return all
}

// push sends what nobody asked for. A client that is gone misses it.
func (s *Server) push(clients []*conn, m bin.Encoder) {
	for _, c := range clients {
		_ = c.send(context.Background(), proto.MessageFromServer, m)
	}
}

// ScanLatest is Scan for the code that was made last.
func (s *Server) ScanLatest(a *Account) bool {
	s.t.Helper()
	s.mu.Lock()
	var latest string
	for text, token := range s.tokens {
		if token.key != nil && (latest == "" || token.expires.After(s.tokens[latest].expires)) {
			latest = text
		}
	}
	s.mu.Unlock()
	return s.Scan(a, "tg://login?token="+base64.URLEncoding.EncodeToString([]byte(latest)))
}
