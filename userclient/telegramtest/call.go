package telegramtest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// A Call is one that a client made.
type Call struct {
	Method string
	At     time.Time
	Key    [8]byte // of the client
	Device string  // what the client says it is, when it says so
}

// methods are the calls that the server answers.
func methods() []bin.Object {
	return []bin.Object{
		&tg.HelpGetConfigRequest{}, &tg.AuthSendCodeRequest{}, &tg.AuthResendCodeRequest{}, &tg.AuthSignInRequest{},
		&tg.AccountGetPasswordRequest{}, &tg.AuthCheckPasswordRequest{}, &tg.AuthExportLoginTokenRequest{},
		&tg.AuthImportLoginTokenRequest{}, &tg.AuthLogOutRequest{}, &tg.UsersGetUsersRequest{}, &tg.ContactsGetContactsRequest{}, &tg.ContactsGetBirthdaysRequest{},
		&tg.MessagesGetDialogsRequest{}, &tg.MessagesGetHistoryRequest{}, &tg.UpdatesGetStateRequest{}, &tg.UpdatesGetDifferenceRequest{},
	}
}

// named is what every object of the schema has.
type named interface {
	TypeID() uint32
	TypeName() string
}

// request reads a call, without what is wrapped around it.
func request(b *bin.Buffer) (req bin.Object, device string, err error) {
	for {
		id, err := b.PeekID()
		if err != nil {
			return nil, "", err
		}
		var inner skip
		var wrapper bin.Decoder
		switch id {
		case tg.InvokeWithLayerRequestTypeID:
			wrapper = &tg.InvokeWithLayerRequest{Query: &inner}
		case tg.InvokeWithoutUpdatesRequestTypeID:
			wrapper = &tg.InvokeWithoutUpdatesRequest{Query: &inner}
		case tg.InitConnectionRequestTypeID:
			init := &tg.InitConnectionRequest{Query: &inner}
			if err := init.Decode(b); err != nil {
				return nil, "", err
			}
			device = fmt.Sprintf("%s, %s, Kith %s", init.DeviceModel, init.SystemVersion, init.AppVersion)
			continue
		default:
			req, err = known(id, b)
			return req, device, err
		}
		if err := wrapper.Decode(b); err != nil {
			return nil, "", err
		}
	}
}

// skip stands for the call inside a wrapper, and leaves it to be read.
type skip struct{}

func (skip) Decode(*bin.Buffer) error { return nil }
func (skip) Encode(*bin.Buffer) error { return errors.New("this is for reading") }

func known(id uint32, b *bin.Buffer) (bin.Object, error) {
	for _, m := range methods() {
		if m.(named).TypeID() == id {
			return m, m.Decode(b)
		}
	}
	return nil, nil
}

// call answers one call.
func (c *conn) call(ctx context.Context, id int64, b *bin.Buffer) error {
	req, device, err := request(b)
	if err != nil {
		return err
	}
	name := "unknown"
	if req != nil {
		name = req.(named).TypeName()
	}
	answer, err := c.s.answered(c, req, Call{Method: name, At: time.Now(), Key: c.key.ID, Device: device})
	if err != nil {
		return err
	}
	return c.send(ctx, proto.MessageServerResponse, &proto.Result{RequestMessageID: id, Result: answer})
}

// answered returns what a call is answered with, which may be an error.
func (s *Server) answered(c *conn, req bin.Object, call Call) (encoded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer, refusal := s.answer(c, req, call)
	if refusal != nil {
		answer = &mt.RPCError{ErrorCode: refusal.Code, ErrorMessage: refusal.Message}
	}
	return encode(answer)
}

func (s *Server) answer(c *conn, req bin.Object, call Call) (bin.Encoder, *tgerr.Error) {
	s.calls = append(s.calls, call)
	if c.key.refused != "" {
		return nil, tgerr.New(codeOf[c.key.refused], c.key.refused)
	}
	if wait := s.flooded(call.Method); wait > 0 {
		return nil, tgerr.New(420, fmt.Sprintf("FLOOD_WAIT_%d", wait))
	}
	switch req := req.(type) {
	case *tg.HelpGetConfigRequest:
		return s.config(c.dc), nil
	case *tg.AuthSendCodeRequest:
		return s.sendCode(c, req)
	case *tg.AuthResendCodeRequest:
		return s.resendCode(req)
	case *tg.AuthSignInRequest:
		return s.signIn(c, req)
	case *tg.AccountGetPasswordRequest:
		return s.password(c)
	case *tg.AuthCheckPasswordRequest:
		return s.checkPassword(c, req)
	case *tg.AuthExportLoginTokenRequest:
		return s.exportToken(c)
	case *tg.AuthImportLoginTokenRequest:
		return s.importToken(c, req)
	}
	if c.key.account == nil {
		return nil, tgerr.New(401, "AUTH_KEY_UNREGISTERED")
	}
	return s.answerUser(c, req)
}

// answerUser answers somebody who is signed in.
func (s *Server) answerUser(c *conn, req bin.Object) (bin.Encoder, *tgerr.Error) {
	switch req := req.(type) {
	case *tg.AuthLogOutRequest:
		c.key.account = nil
		return &tg.AuthLoggedOut{}, nil
	case *tg.UsersGetUsersRequest:
		return users(c.key.account, req)
	case *tg.ContactsGetContactsRequest:
		return s.contacts(c.key.account, req)
	case *tg.ContactsGetBirthdaysRequest:
		return c.key.account.birthdays(time.Now()), nil
	case *tg.MessagesGetDialogsRequest:
		return s.dialogs(c.key.account, req)
	case *tg.MessagesGetHistoryRequest:
		return s.history(c.key.account, req)
	case *tg.UpdatesGetStateRequest:
		return c.key.account.state(), nil
	case *tg.UpdatesGetDifferenceRequest:
		return s.difference(c.key.account, req)
	}
	return nil, tgerr.New(400, "INPUT_METHOD_INVALID")
}

func users(a *Account, req *tg.UsersGetUsersRequest) (bin.Encoder, *tgerr.Error) {
	if len(req.ID) != 1 {
		return nil, tgerr.New(400, "USER_ID_INVALID")
	}
	if _, ok := req.ID[0].(*tg.InputUserSelf); !ok {
		return nil, tgerr.New(400, "USER_ID_INVALID")
	}
	return &tg.UserClassVector{Elems: []tg.UserClass{a.self()}}, nil
}
