package link

import (
	"context"
	"errors"
	"time"

	"github.com/kith-platform/kith/core"
)

// A State says where a user stands with their account.
type State string

// The states.
const (
	StateNotLinked  State = "not_linked"
	StateConnecting State = "connecting" // Telegram is being asked
	StateScan       State = "scan_qr"
	StateCode       State = "code_sent"
	StatePassword   State = "password_needed"
	StateLinked     State = "linked"
	StateWaiting    State = "waiting" // linked, and Telegram asked to wait
	StateLeaving    State = "unlinking"
	StateRevoked    State = "revoked"
)

// A Status says where a user stands with their account. What does not belong to
// the state is zero.
type Status struct {
	State     State
	Problem   string    // a sentence on what went wrong last
	Scan      string    // what the QR code says
	SentBy    string    // how the code was sent: "app", "sms", "call", "email" or "other"
	Hint      string    // the user's own, to their password
	ExpiresAt time.Time // of the attempt
	Given     bool      // what the user gave last has not been used yet
	Link      core.Link // once there is one
}

// Moves reports whether Telegram's answer is still to come.
func (s Status) Moves() bool {
	return s.State == StateConnecting || s.State == StateLeaving || s.Given
}

// HowToConfigure and HowToSeal say what is missing where no account can be linked.
const (
	HowToConfigure = "No Telegram account can be linked here yet. Whoever runs this Kith signs in at https://my.telegram.org, " +
		"creates an application under “API development tools”, sets TELEGRAM_API_ID and TELEGRAM_API_HASH to what it shows, and starts Kith again."
	HowToSeal = "No Telegram account can be linked here yet, because Kith has no key to seal it with. Whoever runs this Kith sets " +
		"KITH_SECRET_KEY to 32 characters or more, such as “openssl rand -hex 32” prints, and starts Kith again."
)

var stateOf = map[core.LinkStep]State{
	core.LinkBegun: StateConnecting, core.LinkScan: StateScan, core.LinkCode: StateCode,
	core.LinkPassword: StatePassword, core.LinkFailed: StateNotLinked,
}

// Status returns where the user stands.
func (l Linker) Status(ctx context.Context, userID int64) (Status, error) {
	// What comes through becomes a link: who looks for that first may find neither.
	attempt, none := l.Store.Attempt(ctx, userID)
	if none != nil && !errors.Is(none, core.ErrNotFound) {
		return Status{}, none
	}
	linked, err := l.Store.Link(ctx, userID)
	switch {
	case err != nil && !errors.Is(err, core.ErrNotFound):
		return Status{}, err
	case err == nil && linked.State != core.LinkRevoked:
		return Status{State: stateOfLink(linked), Link: linked}, nil
	case none == nil:
		return l.statusOf(attempt)
	case err == nil:
		return Status{State: StateRevoked, Problem: linked.Why, Link: linked}, nil
	}
	return Status{State: StateNotLinked}, nil
}

func stateOfLink(l core.Link) State {
	switch {
	case l.State == core.LinkLeaving:
		return StateLeaving
	case l.WaitsUntil != nil && l.WaitsUntil.After(time.Now()):
		return StateWaiting
	}
	return StateLinked
}

func (l Linker) statusOf(a core.LinkAttempt) (Status, error) {
	s := Status{State: stateOf[a.Step], Problem: a.Problem, ExpiresAt: a.ExpiresAt, Given: a.Given}
	var p Progress
	if err := errors.Join(l.open(a.Scan, a.UserID, purposeScan, &s.Scan), l.open(a.Progress, a.UserID, purposeNext, &p)); err != nil {
		return Status{}, err
	}
	s.SentBy, s.Hint = p.SentBy, p.Hint
	return s, nil
}

// Wanted returns the step at which the user's attempt is, or "" without one. At
// those that ask for a login code or a password, what looks like one in the chat
// is one.
func (l Linker) Wanted(ctx context.Context, userID int64) (core.LinkStep, error) {
	a, err := l.Store.Attempt(ctx, userID)
	if errors.Is(err, core.ErrNotFound) {
		return "", nil
	}
	return a.Step, err
}
