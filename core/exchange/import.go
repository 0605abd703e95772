package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"

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
	last := int64(0)
	done.Skipped, err = readTelegram(r, user.Location(), func(c Chat, messages []core.ChatMessage) error {
		if c.ID != last {
			if err := meet(ctx, db, userID, c); err != nil {
				return err
			}
			done.Chats++
			last = c.ID
		}
		done.Messages += len(messages)
		return link.AddGiven(ctx, db, userID, c.ID, c.Name, messages)
	})
	return done, done.told(err)
}

// meet makes known with whom a chat is.
func meet(ctx context.Context, db *store.Store, userID int64, c Chat) error {
	if core.Blank(c.Name) { // the account is deleted
		return nil
	}
	return link.Meet(ctx, db, userID, core.TelegramPerson{ID: c.ID, FirstName: c.Name})
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
