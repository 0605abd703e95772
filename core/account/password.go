package account

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/kith-platform/kith/core"
)

// How long a password may be, in characters. NIST SP 800-63B revision 4 (section
// 3.1.1.2) wants 8 beside a second factor and 15 where nothing else is asked
// for; OWASP ASVS 5.0 (6.2.1) wants 8. Kith takes 8: guesses are slowed down,
// and whoever has stolen the hashes has the notes, too. Both want 64 at least
// to be allowed, no rules of composition, and common passwords refused.
const (
	minPassword = 8
	maxPassword = 256
)

//go:embed common.txt
var common string

// CheckPassword returns an error of kind core.ErrInvalid unless password is good
// for the account of that username.
func CheckPassword(password, username string) error {
	switch n := utf8.RuneCountInString(norm.NFC.String(password)); {
	case n < minPassword:
		return core.Tell(core.ErrInvalid, "password: write %d characters or more; a few words are easy to remember.", minPassword)
	case n > maxPassword:
		return core.Tell(core.ErrInvalid, "password: write %d characters at most.", maxPassword)
	case strings.EqualFold(password, username):
		return core.Tell(core.ErrInvalid, "password: that is the username; choose something else.")
	case strings.Contains(common, "\n"+strings.ToLower(password)+"\n"):
		return core.Tell(core.ErrInvalid, "password: many people use that one, so it is tried first; choose another.")
	}
	return nil
}

// HashMemory is how many KiB one hash takes, for some 60 ms. OWASP's least is
// 46 MiB.
const HashMemory = 64 << 10

// hashesAtOnce bounds the memory that hashing takes.
const hashesAtOnce = 2

// Passwords hashes passwords and compares them, a few at a time.
type Passwords struct {
	cost argon2id.Params
	room chan struct{}
}

// NewPasswords returns Passwords that take memory KiB for each. A process needs
// one.
func NewPasswords(memory uint32) *Passwords {
	return &Passwords{
		cost: argon2id.Params{Memory: memory, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		room: make(chan struct{}, hashesAtOnce),
	}
}

// nobodys returns a hash that no password has.
func (p *Passwords) nobodys() string {
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=1,p=1$%s$%s", p.cost.Memory, strings.Repeat("A", 22), strings.Repeat("A", 43))
}

// Hash returns the hash to keep of a password.
func (p *Passwords) Hash(ctx context.Context, password string) (hash string, err error) {
	err = p.inTurn(ctx, func() error {
		hash, err = argon2id.CreateHash(norm.NFC.String(password), &p.cost)
		return err
	})
	return hash, err
}

// Matches reports whether hash is the password's, and whether it is stale: made
// at another cost than it would be now. The hash "", nobody's, takes as long
// and matches nothing.
func (p *Passwords) Matches(ctx context.Context, password, hash string) (matches, stale bool, err error) {
	if hash == "" {
		hash = p.nobodys()
	}
	err = p.inTurn(ctx, func() error {
		var was *argon2id.Params
		matches, was, err = argon2id.CheckHash(norm.NFC.String(password), hash)
		stale = matches && *was != p.cost
		return err
	})
	return matches, stale, err
}

// inTurn runs do when there is room for it.
func (p *Passwords) inTurn(ctx context.Context, do func() error) error {
	select {
	case p.room <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.room }()
	return do()
}
