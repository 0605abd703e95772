package link

import (
	"context"
	"errors"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// StartSync has something read from the user's linked account, and shown in
// their chat. What is being read already goes on, and is returned. An account
// that is not linked is an error of kind core.ErrNotPossible.
func (l Linker) StartSync(ctx context.Context, userID int64, kind core.TaskKind) (core.Task, error) {
	switch linked, err := l.Store.Link(ctx, userID); {
	case errors.Is(err, core.ErrNotFound), err == nil && linked.State != core.LinkLinked:
		return core.Task{}, errNotLinked
	case err != nil:
		return core.Task{}, err
	}
	task, err := l.Store.OpenSync(ctx, userID, kind)
	if !errors.Is(err, core.ErrNotFound) {
		return task, err
	}
	err = l.Store.InTx(ctx, func(tx *store.Store) error {
		task, err = addSync(ctx, tx, userID, kind)
		return err
	})
	if errors.Is(err, core.ErrConflict) {
		return l.Store.OpenSync(ctx, userID, kind) // somebody was faster
	}
	return task, err
}

// CatchUp reads what is new in the chosen chats, without a word.
func (l Linker) CatchUp(ctx context.Context, userID int64) error {
	asked, err := l.Store.AskChats(ctx, userID, nil, 0)
	if err != nil || asked == 0 {
		return err
	}
	return l.quietly(ctx, userID, core.TaskSyncMessages)
}

// Reconcile has the chosen chats brought into line with their history, without a
// word: it is for when nobody knows what was missed.
func (l Linker) Reconcile(ctx context.Context, userID int64) error {
	asked, err := l.Store.RecheckChats(ctx, userID)
	if err != nil || asked == 0 {
		return err
	}
	return l.quietly(ctx, userID, core.TaskSyncMessages)
}

// The hour of the night in which accounts are read, and how long ago that must
// have been at least.
const (
	nightHour = 4
	nightGap  = 20 * time.Hour
)

// Nightly reads the user's account without a word, once a night of theirs.
func (l Linker) Nightly(ctx context.Context, userID int64, now time.Time) error {
	user, err := l.Store.User(ctx, userID)
	if err != nil || now.In(user.Location()).Hour() != nightHour {
		return err
	}
	linked, err := l.Store.Link(ctx, userID)
	if err != nil || linked.SyncedAt != nil && now.Sub(*linked.SyncedAt) < nightGap {
		return err
	}
	return errors.Join(l.quietly(ctx, userID, core.TaskSyncContacts), l.CatchUp(ctx, userID))
}

// quietly has something read, unless it is being read already.
func (l Linker) quietly(ctx context.Context, userID int64, kind core.TaskKind) error {
	if _, err := l.Store.OpenSync(ctx, userID, kind); !errors.Is(err, core.ErrNotFound) {
		return err
	}
	_, err := l.Store.AddTask(ctx, core.Task{UserID: userID, Kind: kind})
	if errors.Is(err, core.ErrConflict) {
		return nil // somebody was faster
	}
	return err
}

func addSync(ctx context.Context, tx *store.Store, userID int64, kind core.TaskKind) (core.Task, error) {
	message, err := tx.TellUser(ctx, userID, core.MessageArgs{Phrase: core.PhraseSync, Sync: &core.Sync{}})
	if err != nil {
		return core.Task{}, err
	}
	return tx.AddTask(ctx, core.Task{UserID: userID, Kind: kind, MessageID: message})
}

// endSyncs cancels what is being read of an account that is gone.
func endSyncs(ctx context.Context, tx *store.Store, userID int64) error {
	tasks, err := tx.CancelSyncs(ctx, userID)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if err := tx.ShowSync(ctx, userID, t.MessageID, core.Sync{Percent: t.Progress, Problem: "The account is no longer linked."}); err != nil {
			return err
		}
	}
	return nil
}

// readInFull is how often the contacts are read whatever their hash is.
const readInFull = 24 * time.Hour

// ContactsHash returns what sums up the contacts that were read last, or 0 when
// they are to be read whatever they are.
func (l Linker) ContactsHash(ctx context.Context, userID int64) (int64, error) {
	return l.Store.ContactsHash(ctx, userID, time.Now().Add(-readInFull))
}

// Contacts brings the user's contacts into line with those of the account, which
// hash sums up.
func (l Linker) Contacts(ctx context.Context, userID, hash int64, people []core.TelegramPerson) (core.Synced, error) {
	r, err := SyncPeople(ctx, l.Store, userID, people)
	if err != nil {
		return core.Synced{}, err
	}
	synced := core.Synced{Contacts: len(people), New: r.New, Updated: r.Updated, Skipped: r.Skipped, Undecided: r.Undecided}
	return synced, l.Store.ContactsRead(ctx, userID, hash, len(people))
}

// Birthdays keeps the birthdays of people of the account, and counts them in with
// what else was read.
func (l Linker) Birthdays(ctx context.Context, userID int64, synced core.Synced, born []core.TelegramPerson) (core.Synced, error) {
	r, err := MeetPeople(ctx, l.Store, userID, born)
	synced.Updated += r.Updated
	synced.Unchanged = synced.Unchanged && r.Updated == 0
	return synced, err
}

// SameContacts says that the contacts of the account are those that were read
// last.
func (l Linker) SameContacts(ctx context.Context, userID int64) (core.Synced, error) {
	return core.Synced{Unchanged: true}, l.Store.ContactsSame(ctx, userID)
}
