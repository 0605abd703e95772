package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
)

// undecidedScreen asks whether somebody at Telegram is one of the user's people.
func (s *Sender) undecidedScreen(ctx context.Context, m core.Message) (screen, error) {
	list, err := link.Undecided(ctx, s.store, m.UserID, m.Args.Subject, 2)
	if err != nil {
		return screen{}, err
	}
	if len(list) == 0 && m.Args.Subject != 0 {
		if list, err = link.Undecided(ctx, s.store, m.UserID, 0, 1); err != nil || len(list) > 0 {
			return screen{text: "That's all for today. /people has the rest."}, err
		}
	}
	if len(list) == 0 {
		return screen{text: "Everybody from Telegram is decided about."}, nil
	}
	q, id := list[0], list[0].Person.ID
	out := screen{text: "Telegram has " + bold(q.Person.Name()) + alsoAt(q.Person) + ". " + maybe(q)}
	if q.Candidate.ID != 0 {
		out.row(button("Yes, "+q.Candidate.FullName, "same", id, q.Candidate.ID))
	}
	out.row(button("Somebody new", "other", id), button("Leave out", "leave", id))
	out.row(button("Later", "later", id))
	return out, nil
}

// maybe asks who somebody at Telegram may be.
func maybe(q link.Question) string {
	switch {
	case q.Candidate.ID == 0:
		return "Is that somebody new?"
	case q.Trashed:
		return "Is that " + bold(q.Candidate.FullName) + ", whom you deleted? Yes brings them back."
	}
	return "Is that the " + bold(q.Candidate.FullName) + " you know?"
}

// alsoAt returns " (@ana_t, +351912345678)", as far as it is known.
func alsoAt(p core.TelegramPerson) string {
	var ways []string
	if p.Username != "" {
		ways = append(ways, "@"+p.Username)
	}
	if p.Phone != "" {
		ways = append(ways, "+"+strings.TrimPrefix(p.Phone, "+"))
	}
	if len(ways) == 0 {
		return ""
	}
	return esc(fmt.Sprintf(" (%s)", strings.Join(ways, ", ")))
}

func (b *Bot) pressAsk(ctx context.Context, t *turn, _ press) error {
	return t.owe(ctx, core.Message{Kind: core.MessagePeople, Args: core.MessageArgs{View: core.ViewUndecided}})
}

func (b *Bot) pressSame(ctx context.Context, t *turn, p press) error {
	return t.decided(ctx, p, link.DecideContact(ctx, t.tx, t.user.ID, p.id(0), p.id(1)))
}

func (b *Bot) pressOther(ctx context.Context, t *turn, p press) error {
	return t.decided(ctx, p, link.DecideNew(ctx, t.tx, t.user.ID, p.id(0)))
}

func (b *Bot) pressLeave(ctx context.Context, t *turn, p press) error {
	return t.decided(ctx, p, link.LeaveOut(ctx, t.tx, t.user.ID, p.id(0)))
}

func (b *Bot) pressLater(ctx context.Context, t *turn, p press) error { return t.decided(ctx, p, nil) }

// decided goes on to the next question, unless deciding this one went wrong.
func (t *turn) decided(ctx context.Context, p press, err error) error {
	if err != nil {
		return err
	}
	return t.about.Turn(ctx, t.tx, core.MessageArgs{View: core.ViewUndecided, Subject: p.id(0)})
}
