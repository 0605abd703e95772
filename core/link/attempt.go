package link

import (
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// Progress is what the next step of an attempt needs.
type Progress struct {
	Phone    string `json:"phone,omitempty"`
	CodeHash string `json:"code_hash,omitempty"`
	SentBy   string `json:"sent_by,omitempty"`
	Hint     string `json:"hint,omitempty"`
}

// A Next is where an attempt goes.
type Next struct {
	Step     core.LinkStep
	Scan     string // what the QR code says; "" for none
	Progress Progress
	Problem  string // a sentence on what went wrong; "" for nothing
}

// ErrAttemptOver says that an attempt was cancelled, has expired, or has given
// way to another.
var ErrAttemptOver = errors.New("the attempt is over")

// Resume returns an attempt that goes on, and what its next step needs, or
// ErrAttemptOver.
func (l Linker) Resume(ctx context.Context, userID, id int64) (a core.LinkAttempt, p Progress, err error) {
	a, err = l.Store.Attempt(ctx, userID)
	switch {
	case errors.Is(err, core.ErrNotFound), err == nil && (a.ID != id || a.Step == core.LinkFailed):
		return a, p, ErrAttemptOver
	case err != nil:
		return a, p, err
	}
	return a, p, l.open(a.Progress, userID, purposeNext, &p)
}

// Input returns what the user gave, and reports whether there is anything. It
// stays until Move. An attempt that is over is ErrAttemptOver.
func (l Linker) Input(ctx context.Context, a core.LinkAttempt) (in Input, given bool, err error) {
	sealed, err := l.Store.AttemptInput(ctx, a.UserID, a.ID)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return Input{}, false, ErrAttemptOver
	case err != nil || sealed == nil:
		return Input{}, false, err
	}
	return in, true, l.open(sealed, a.UserID, purposeInput, &in)
}

// Move writes down where an attempt stands, and wipes what the user gave. An
// attempt that is over is ErrAttemptOver.
func (l Linker) Move(ctx context.Context, a core.LinkAttempt, n Next) error {
	a.Step, a.Problem, a.Scan, a.Progress = n.Step, n.Problem, nil, nil
	if n.Scan != "" {
		a.Scan = l.sealed(a.UserID, purposeScan, n.Scan)
	}
	if n.Progress != (Progress{}) {
		a.Progress = l.sealed(a.UserID, purposeNext, n.Progress)
	}
	moved, err := l.Store.MoveAttempt(ctx, a)
	if err == nil && !moved {
		return ErrAttemptOver
	}
	return err
}

// Fail ends an attempt with a sentence for the user, and wipes all it has.
func (l Linker) Fail(ctx context.Context, a core.LinkAttempt, sentence string) error {
	return l.Move(ctx, a, Next{Step: core.LinkFailed, Problem: sentence})
}

// Linked makes a linked account of an attempt that came through, and has the
// chat told. Of two that come through at a time one is ErrAttemptOver.
func (l Linker) Linked(ctx context.Context, a core.LinkAttempt, who core.Link, session []byte) error {
	who.UserID, who.Session = a.UserID, l.Keys.Seal(session, a.UserID, PurposeSession)
	return l.Store.InTx(ctx, func(tx *store.Store) error {
		switch found, err := tx.DropAttempt(ctx, a.UserID, a.ID); {
		case err != nil:
			return err
		case !found:
			return ErrAttemptOver
		}
		if err := tx.KeepLink(ctx, who); err != nil {
			return err
		}
		if _, err := tx.TellUser(ctx, a.UserID, core.MessageArgs{Phrase: core.PhraseAccountLinked, Name: who.Name}); err != nil {
			return err
		}
		_, err := addSync(ctx, tx, a.UserID, core.TaskSyncContacts)
		return err
	})
}
