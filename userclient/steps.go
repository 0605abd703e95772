package userclient

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gotd/td/telegram/auth"
	"github.com/gotd/td/telegram/auth/qrlogin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

// scan shows QR codes until one is scanned.
func (l *login) scan(ctx context.Context) (*tg.User, error) {
	for {
		token, who, err := l.export(ctx)
		if err != nil || who != nil {
			return who, err
		}
		shown := qrlogin.NewToken(token.Token, token.Expires)
		if err := l.move(ctx, link.Next{Step: core.LinkScan, Scan: shown.URL()}); err != nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.accepted:
		case <-time.After(renewIn(time.Until(shown.Expires()))):
		}
	}
}

// renewIn returns when the next token is asked for: somewhat before the one
// that is shown runs out.
func renewIn(life time.Duration) time.Duration { return max(life*4/5, time.Second) }

// export asks for a token to show, or who scanned the one before.
func (l *login) export(ctx context.Context) (*tg.AuthLoginToken, *tg.User, error) {
	result, err := l.client.API().AuthExportLoginToken(ctx, &tg.AuthExportLoginTokenRequest{APIID: l.c.App.ID, APIHash: l.c.App.Hash})
	if err != nil {
		return nil, nil, err
	}
	if moved, ok := result.(*tg.AuthLoginTokenMigrateTo); ok {
		if err := l.client.MigrateTo(ctx, moved.DCID); err != nil {
			return nil, nil, fmt.Errorf("move to data centre %d: %w", moved.DCID, err)
		}
		if result, err = l.client.API().AuthImportLoginToken(ctx, moved.Token); err != nil {
			return nil, nil, err
		}
	}
	switch r := result.(type) {
	case *tg.AuthLoginToken:
		return r, nil, nil
	case *tg.AuthLoginTokenSuccess:
		who, err := signedIn(r.Authorization)
		return nil, who, err
	}
	return nil, nil, fmt.Errorf("export a login token: unexpected %T", result)
}

// phone has a code sent to the phone number that the user gave.
func (l *login) phone(ctx context.Context) (*tg.User, error) {
	in, err := l.input(ctx)
	if err != nil {
		return nil, err
	}
	sent, err := l.client.API().AuthSendCode(ctx, &tg.AuthSendCodeRequest{
		PhoneNumber: in.Text, APIID: l.c.App.ID, APIHash: l.c.App.Hash,
	})
	if err != nil {
		return nil, err
	}
	return nil, l.sent(ctx, in.Text, sent)
}

// sent writes down how a code was sent.
func (l *login) sent(ctx context.Context, phone string, sent tg.AuthSentCodeClass) error {
	code, ok := sent.(*tg.AuthSentCode)
	if !ok {
		return fmt.Errorf("send a code: unexpected %T", sent)
	}
	return l.move(ctx, link.Next{Step: core.LinkCode, Progress: link.Progress{
		Phone: phone, CodeHash: code.PhoneCodeHash, SentBy: sentBy(code.Type),
	}})
}

func sentBy(kind tg.AuthSentCodeTypeClass) string {
	switch kind.(type) {
	case *tg.AuthSentCodeTypeApp:
		return "app"
	case *tg.AuthSentCodeTypeSMS, *tg.AuthSentCodeTypeFirebaseSMS, *tg.AuthSentCodeTypeSMSWord, *tg.AuthSentCodeTypeSMSPhrase:
		return "sms"
	case *tg.AuthSentCodeTypeCall, *tg.AuthSentCodeTypeFlashCall, *tg.AuthSentCodeTypeMissedCall:
		return "call"
	case *tg.AuthSentCodeTypeEmailCode:
		return "email"
	}
	return "other"
}

// code signs in with the code that the user gives, or has it sent again.
func (l *login) code(ctx context.Context) (*tg.User, error) {
	in, err := l.input(ctx)
	if err != nil {
		return nil, err
	}
	if in.Kind == link.InputAgain {
		sent, err := l.client.API().AuthResendCode(ctx, &tg.AuthResendCodeRequest{PhoneNumber: l.next.Phone, PhoneCodeHash: l.next.CodeHash})
		if err != nil {
			return nil, err
		}
		return nil, l.sent(ctx, l.next.Phone, sent)
	}
	result, err := l.client.API().AuthSignIn(ctx, &tg.AuthSignInRequest{
		PhoneNumber: l.next.Phone, PhoneCodeHash: l.next.CodeHash, PhoneCode: in.Text,
	})
	if err != nil {
		return nil, err
	}
	return signedIn(result)
}

// askPassword asks the user for the password of two-step verification.
func (l *login) askPassword(ctx context.Context) error {
	p, err := l.client.API().AccountGetPassword(ctx)
	if err != nil {
		return err
	}
	return l.move(ctx, link.Next{Step: core.LinkPassword, Progress: link.Progress{Hint: core.Clean(p.Hint)}})
}

// password signs in with the password that the user gives, which Telegram never
// gets to see.
func (l *login) password(ctx context.Context) (*tg.User, error) {
	in, err := l.input(ctx)
	if err != nil {
		return nil, err
	}
	result, err := l.check(ctx, in.Text)
	if tgerr.Is(err, "SRP_ID_INVALID") {
		result, err = l.check(ctx, in.Text)
	}
	if err != nil {
		return nil, err
	}
	return signedIn(result)
}

func (l *login) check(ctx context.Context, password string) (tg.AuthAuthorizationClass, error) {
	p, err := l.client.API().AccountGetPassword(ctx)
	if err != nil {
		return nil, err
	}
	proof, err := auth.PasswordHash([]byte(password), p.SRPID, p.SRPB, p.SecureRandom, p.CurrentAlgo)
	if err != nil {
		return nil, fmt.Errorf("prove the password: %w", err)
	}
	return l.client.API().AuthCheckPassword(ctx, proof)
}

// signedIn returns who signed in. Kith makes no accounts.
func signedIn(a tg.AuthAuthorizationClass) (*tg.User, error) {
	switch a := a.(type) {
	case *tg.AuthAuthorization:
		if who, ok := a.User.(*tg.User); ok {
			return who, nil
		}
	case *tg.AuthAuthorizationSignUpRequired:
		return nil, tgerr.New(400, "PHONE_NUMBER_UNOCCUPIED")
	}
	return nil, errors.New("sign in: nobody was signed in")
}
