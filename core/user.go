package core

import (
	"cmp"
	"regexp"
	"strconv"
	"time"
)

// A Role says what a user may do.
type Role string

// The roles.
const (
	RoleUser  Role = "user"
	RoleAdmin Role = "admin"
)

// ParseRole returns the role of that name. An error is of kind ErrInvalid.
func ParseRole(name string) (Role, error) {
	switch r := Role(name); r {
	case RoleUser, RoleAdmin:
		return r, nil
	}
	return "", Tell(ErrInvalid, "role: %q is neither user nor admin.", name)
}

// A Scope says what a personal token is good for.
type Scope string

// The scopes.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write" // reading, too
)

// A Token lets a script act for its owner. Whoever holds its secret is let in.
type Token struct {
	UserID     int64
	ID         int64
	Name       string
	Scope      Scope
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt *time.Time // nil when never used
}

// A User is an account. It owns everything it has told Kith.
type User struct {
	ID          int64
	TelegramID  int64  // 0 without a Telegram identity
	Username    string // "" without one
	Name        string // as Telegram gives it
	Role        Role
	Timezone    string // IANA name
	CreatedAt   time.Time
	LastLoginAt *time.Time // nil who never signed in on the web
	DisabledAt  *time.Time // nil when enabled
}

// username is the form of one. Letters that look like others are left out.
var username = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{2,49}$`)

// CheckUsername returns an error of kind ErrInvalid unless name can be a
// username. Names that differ in case only are the same.
func CheckUsername(name string) error {
	if !username.MatchString(name) {
		return Tell(ErrInvalid, "username: write 3 to 50 letters (a to z), digits, dots, dashes and underscores, beginning with a letter or digit.")
	}
	return nil
}

// Location returns the user's time zone, or UTC when its name is not known here.
func (u User) Location() *time.Location {
	if loc, err := time.LoadLocation(u.Timezone); err == nil {
		return loc
	}
	return time.UTC
}

// Called returns what to call the user: their username, or the name that
// Telegram gives.
func (u User) Called() string { return cmp.Or(u.Username, u.Name, "user "+strconv.FormatInt(u.ID, 10)) }

// Disabled reports whether the user is shut out.
func (u User) Disabled() bool { return u.DisabledAt != nil }

// An Actor says who made a change.
type Actor string

// The actors.
const (
	ActorUser     Actor = "user"
	ActorEngine   Actor = "engine"   // an analysis, on what the user said
	ActorTelegram Actor = "telegram" // what Telegram says of the user's people
)
