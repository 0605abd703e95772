package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
)

// An Import says what came out of an export.
type Import struct {
	Chats    int
	Messages int
	Skipped  int // chats with more than one person, or with none
}

// String says it to people.
func (i Import) String() string {
	text := fmt.Sprintf("%s of %s", count(i.Messages, "message"), count(i.Chats, "chat"))
	if i.Skipped > 0 {
		text += fmt.Sprintf("; %s with more than one person, or none, skipped", count(i.Skipped, "chat"))
	}
	return text
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// ImportTelegram reads an export of Telegram Desktop into what Kith knows of the
// user's chats. The same messages again, by whatever way they come, change nothing. An error of kind
// core.ErrInvalid says what is wrong with the file, and what of it was kept.
func ImportTelegram(ctx context.Context, db *store.Store, userID int64, r io.Reader) (done Import, err error) {
	user, err := db.User(ctx, userID)
	if err != nil {
		return done, err
	}
	in := importing{db: db, userID: userID, done: &done}
	done.Skipped, err = readTelegram(r, user.Location(), func(c Chat, messages []core.ChatMessage) error { return in.take(ctx, c, messages) })
	if in.failed == nil {
		err = errors.Join(err, in.keep(ctx))
	}
	return done, done.told(err)
}

// atOnce is how many messages are kept at a time, and maxAtOnce how many bytes
// of text, or somewhat more: with whom some chats are is found together.
const (
	atOnce    = 5 * page
	maxAtOnce = maxValue
)

// An importing is an export while it is kept.
type importing struct {
	db      *store.Store
	userID  int64
	done    *Import
	last    int64 // chat that was taken
	waiting []waiting
	count   int // of messages that wait
	size    int // of their texts
	failed  error
}

// waiting are messages of a chat that wait to be kept with others.
type waiting struct {
	chat     Chat
	messages []core.ChatMessage
}

// take keeps messages of a chat soon.
func (in *importing) take(ctx context.Context, c Chat, messages []core.ChatMessage) error {
	if c.ID != in.last {
		in.last = c.ID
		in.done.Chats++
	}
	in.done.Messages += len(messages)
	in.waiting = append(in.waiting, waiting{c, slices.Clone(messages)})
	in.count += len(messages)
	for _, m := range messages {
		in.size += len(m.Text)
	}
	if in.count < atOnce && in.size < maxAtOnce {
		return nil
	}
	return in.keep(ctx)
}

// keep keeps what waits, and makes known with whom the chats are.
func (in *importing) keep(ctx context.Context) error {
	var persons []core.TelegramPerson
	for _, w := range in.waiting {
		if !core.Blank(w.chat.Name) { // the account is not deleted
			persons = append(persons, core.TelegramPerson{ID: w.chat.ID, FirstName: w.chat.Name})
		}
	}
	if in.failed = link.Meet(ctx, in.db, in.userID, persons...); in.failed != nil {
		return in.failed
	}
	for _, w := range in.waiting {
		if in.failed = link.AddGiven(ctx, in.db, in.userID, w.chat.ID, w.chat.Name, w.messages); in.failed != nil {
			return in.failed
		}
	}
	in.waiting, in.count, in.size = nil, 0, 0
	return nil
}

// told says what of a file that is not in order was kept.
func (i Import) told(err error) error {
	sentence, told := core.Sentence(err)
	switch {
	case errors.Is(err, errCutOff) && i.Messages > 0:
		return core.Tell(core.ErrInvalid, "The file is cut off in the middle. I kept what comes before that: %s. Export again and send it again for the rest; nothing will be there twice.", i)
	case errors.Is(err, errCutOff):
		return core.Tell(core.ErrInvalid, "The file is cut off before the first message. Please export again.")
	case told && i.Messages > 0:
		return core.Tell(core.ErrInvalid, "%s I kept what comes before that: %s.", sentence, i)
	}
	return err
}
