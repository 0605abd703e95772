package account

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// CodeLife is how long a code is good that signs in, or links a Telegram account.
const CodeLife = 10 * time.Minute

// ErrCode says that a code is not good, or no longer.
var ErrCode = errors.New("code is used, has run out, or was never made")

// SignInCode makes a code that signs the user in, once, in place of the one
// before.
func SignInCode(ctx context.Context, db *store.Store, userID int64) (code string, err error) {
	return addCode(ctx, db, userID, store.CodeSignIn)
}

func addCode(ctx context.Context, db *store.Store, userID int64, kind store.CodeKind) (code string, err error) {
	code = rand.Text()
	return code, db.KeepCode(ctx, userID, kind, hash(code), time.Now().Add(CodeLife))
}

// ByCode returns the enabled user whom a code signs in, or ErrCode. The code
// stays good.
func ByCode(ctx context.Context, db *store.Store, code string) (core.User, error) {
	user, err := db.CodeOwner(ctx, store.CodeSignIn, hash(code))
	return user, orErrCode(err)
}

// RedeemCode is ByCode, and uses the code up.
func RedeemCode(ctx context.Context, db *store.Store, code string) (core.User, error) {
	user, err := db.UseCode(ctx, store.CodeSignIn, hash(code))
	return user, orErrCode(err)
}

func orErrCode(err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return ErrCode
	}
	return err
}
