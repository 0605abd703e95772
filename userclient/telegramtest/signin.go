package telegramtest

import (
	"crypto/rand"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// A sentCode is one that waits to be typed.
type sentCode struct {
	phone string
	sent  int // how often
}

func (s *Server) sendCode(c *conn, req *tg.AuthSendCodeRequest) (bin.Encoder, *tgerr.Error) {
	a := s.byPhone(req.PhoneNumber)
	switch {
	case req.APIHash == "":
		return nil, tgerr.New(400, "API_ID_INVALID")
	case len(req.PhoneNumber) < 8:
		return nil, tgerr.New(400, "PHONE_NUMBER_INVALID")
	case a != nil && a.Banned:
		return nil, tgerr.New(400, "PHONE_NUMBER_BANNED")
	case a != nil && a.DC != c.dc:
		return nil, &tgerr.Error{Code: 303, Message: "PHONE_MIGRATE_4"}
	}
	hash := rand.Text()
	s.codes[hash] = &sentCode{phone: req.PhoneNumber, sent: 1}
	sent := &tg.AuthSentCode{Type: &tg.AuthSentCodeTypeApp{Length: 5}, PhoneCodeHash: hash}
	sent.SetNextType(&tg.AuthCodeTypeSMS{})
	return sent, nil
}

func (s *Server) resendCode(req *tg.AuthResendCodeRequest) (bin.Encoder, *tgerr.Error) {
	code := s.codes[req.PhoneCodeHash]
	switch {
	case code == nil || code.phone != req.PhoneNumber:
		return nil, tgerr.New(400, "PHONE_CODE_EXPIRED")
	case code.sent > 1:
		return nil, tgerr.New(406, "SEND_CODE_UNAVAILABLE")
	}
	code.sent++
	return &tg.AuthSentCode{Type: &tg.AuthSentCodeTypeSMS{Length: 5}, PhoneCodeHash: req.PhoneCodeHash}, nil
}

func (s *Server) signIn(c *conn, req *tg.AuthSignInRequest) (bin.Encoder, *tgerr.Error) {
	code := s.codes[req.PhoneCodeHash]
	if code == nil || code.phone != req.PhoneNumber {
		return nil, tgerr.New(400, "PHONE_CODE_EXPIRED")
	}
	a := s.byPhone(code.phone)
	if a == nil {
		return &tg.AuthAuthorizationSignUpRequired{}, nil
	}
	if req.PhoneCode != a.Code {
		return nil, tgerr.New(400, "PHONE_CODE_INVALID")
	}
	delete(s.codes, req.PhoneCodeHash)
	return c.key.letIn(a)
}

// letIn signs a client in, or asks for the password first.
func (k *authKey) letIn(a *Account) (*tg.AuthAuthorization, *tgerr.Error) {
	if a.Password != "" {
		k.pending = a
		return nil, tgerr.New(401, "SESSION_PASSWORD_NEEDED")
	}
	k.account = a
	return a.authorization(), nil
}

// ExpireCodes forgets the codes that were sent.
func (s *Server) ExpireCodes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.codes)
}
