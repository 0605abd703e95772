package link

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/store"
)

// daysAtOnce is how many days of chats are noted in one transaction.
const daysAtOnce = 20

// NoteDays brings the notes of some days of the user's chats that are due into
// line with what was said on them, and reports whether there may be more.
func NoteDays(ctx context.Context, db *store.Store, userID int64) (more bool, err error) {
	err = db.InTx(ctx, func(tx *store.Store) error {
		days, err := tx.TakeDueDays(ctx, userID, daysAtOnce)
		more = len(days) == daysAtOnce
		if err != nil {
			return err
		}
		for _, d := range days {
			if err := noteDay(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}

// noteDay waits while it is not known with whom a chat is: the days of that
// chat are due again once it is.
func noteDay(ctx context.Context, tx *store.Store, d store.ChatDay) error {
	chat, err := tx.ReadChat(ctx, d.UserID, d.ChatID)
	if err != nil || chat.ContactID == 0 {
		return err
	}
	if err := tx.MeetOnDay(ctx, d, chat.ContactID); err != nil {
		return err
	}
	messages, err := tx.WordsOf(ctx, d)
	if err != nil {
		return err
	}
	notes, err := tx.ChatNotes(ctx, d)
	if err != nil {
		return err
	}
	if len(notes) > 0 {
		chat.FullName = notes[0].Author // whatever they are called by now
	}
	ours, next, messages := without(notes, messages)
	said := layOut(messages, chat.FullName)
	for i, p := range said {
		n := store.ChatNote{Part: next + i, MessageIDs: p.ids, Starts: p.starts}
		if i < len(ours) {
			n.Part, n.NoteID = ours[i].Part, ours[i].NoteID
			err = rewrite(ctx, tx, d.UserID, n.NoteID, p.text.String())
		} else {
			n.NoteID, err = write(ctx, tx, d, chat, p)
		}
		if err != nil {
			return err
		}
		if err := tx.KeepChatNote(ctx, d, n); err != nil {
			return err
		}
	}
	return dropRest(ctx, tx, d, len(said), ours)
}

// without leaves out the notes that the user has edited, which stay as they are,
// and the messages in them. The next part is the one after all of them.
func without(notes []store.ChatNote, messages []core.ChatMessage) (ours []store.ChatNote, next int, rest []core.ChatMessage) {
	theirs := map[int64]bool{}
	for _, n := range notes {
		next = n.Part + 1
		if !n.Edited {
			ours = append(ours, n)
			continue
		}
		for _, id := range n.MessageIDs {
			theirs[id] = true
		}
	}
	rest = slices.DeleteFunc(messages, func(m core.ChatMessage) bool { return theirs[m.MessageID] })
	return ours, next, rest
}

// A part is what of a day fits into one note.
type part struct {
	text   strings.Builder
	length int // in characters
	first  core.ChatMessage
	ids    []int64
	starts []int
}

// layOut writes down what was said on a day, a paragraph for each message with
// who said it, in as many parts as it takes.
func layOut(messages []core.ChatMessage, name string) []*part {
	var parts []*part
	for _, m := range messages {
		who := name
		if m.Out {
			who = core.ChatUser
		}
		text := core.ChatLine(who, m.Text)
		length := utf8.RuneCountInString(text)
		if len(parts) == 0 || parts[len(parts)-1].length+length > core.MaxNoteLen {
			parts = append(parts, &part{first: m})
		}
		p := parts[len(parts)-1]
		p.ids, p.starts = append(p.ids, m.MessageID), append(p.starts, p.text.Len())
		p.text.WriteString(text)
		p.length += length
	}
	return parts
}

// write adds the note of a part of a day, about whom the chat is with.
func write(ctx context.Context, tx *store.Store, d store.ChatDay, chat store.ReadChat, p *part) (int64, error) {
	note, err := capture.TakeChat(ctx, tx, capture.Chat{
		UserID: d.UserID, ContactID: chat.ContactID, FullName: chat.FullName, Text: p.text.String(), SaidAt: p.first.At,
	})
	return note.ID, err
}

// rewrite gives a note other words, if they are others. One that the user has
// deleted stays so.
func rewrite(ctx context.Context, tx *store.Store, userID, noteID int64, text string) error {
	note, err := tx.LockNote(ctx, userID, noteID)
	if err != nil || note.DeletedAt != nil || note.Text == text {
		return err
	}
	return capture.ReviseChat(ctx, tx, note, text)
}

// dropRest drops the notes of a day from one part on.
func dropRest(ctx context.Context, tx *store.Store, d store.ChatDay, from int, notes []store.ChatNote) error {
	for i := from; i < len(notes); i++ {
		if err := drop(ctx, tx, d.UserID, notes[i].NoteID); err != nil {
			return err
		}
	}
	return nil
}

// drop erases a note of which no words are left. Of what the user has confirmed
// the evidence stays: it is theirs by now.
func drop(ctx context.Context, tx *store.Store, userID, noteID int64) error {
	quotes, err := tx.ConfirmedQuotes(ctx, userID, noteID)
	if err != nil {
		return err
	}
	if len(quotes) == 0 {
		return tx.DropNote(ctx, userID, noteID)
	}
	note, err := tx.LockNote(ctx, userID, noteID)
	if err != nil || note.DeletedAt != nil {
		return err
	}
	text := strings.Join(quotes, "\n")
	if note.Text == text {
		return nil
	}
	return capture.ReviseChat(ctx, tx, note, text)
}
