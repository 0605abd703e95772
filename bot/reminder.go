package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
)

// reminderScreen shows a reminder, and asks whether it is done.
func (s *Sender) reminderScreen(ctx context.Context, m core.Message) (screen, error) {
	r, err := s.store.Reminder(ctx, m.UserID, m.Args.Subject)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return screen{text: "This was taken back."}, nil
	case err != nil:
		return screen{}, err
	}
	user, err := s.store.User(ctx, m.UserID)
	if err != nil {
		return screen{}, err
	}
	out := screen{text: esc(r.Text)}
	if r.FullName != "" {
		out.text = bold(r.FullName) + ": " + out.text
	}
	switch r.State {
	case core.ReminderDone:
		out.text = "Done · " + out.text
		out.row(button("Not done", "undone", r.ID))
	case core.ReminderOpen:
		out.text = "Later, " + due(r.DueAt, user.Location()) + " · " + out.text
		out.row(button("Done", "done", r.ID))
	default:
		out.text = "Reminder · " + out.text + "\n" + italic("due "+due(r.DueAt, user.Location()))
		out.row(button("Done", "done", r.ID), button("In an hour", "hour", r.ID), button("Tomorrow", "morrow", r.ID))
	}
	return out, nil
}

// became says what a press makes of a reminder.
func became(state core.ReminderState, toast string) func(b *Bot, ctx context.Context, t *turn, p press) error {
	return func(_ *Bot, ctx context.Context, t *turn, p press) error {
		if err := t.reminded(ctx, p); err != nil {
			return err
		}
		t.toast = toast
		return t.tx.SetReminderState(ctx, t.user.ID, p.id(0), state)
	}
}

// putOff has a reminder come again, at a time that the press tells.
func putOff(until func(now time.Time) time.Time) func(b *Bot, ctx context.Context, t *turn, p press) error {
	return func(_ *Bot, ctx context.Context, t *turn, p press) error {
		if err := t.reminded(ctx, p); err != nil {
			return err
		}
		at := until(time.Now().In(t.user.Location()))
		t.toast = "I'll say it again " + due(at, t.user.Location()) + "."
		return t.tx.PutOff(ctx, t.user.ID, p.id(0), at)
	}
}

// reminded looks whether the reminder of a press is there, and has the message
// show what becomes of it.
func (t *turn) reminded(ctx context.Context, p press) error {
	if t.about.Args.Phrase != core.PhraseReminder || t.about.Args.Subject != p.id(0) {
		return errOldButton
	}
	switch _, err := t.tx.Reminder(ctx, t.user.ID, p.id(0)); {
	case errors.Is(err, core.ErrNotFound):
		return core.Tell(core.ErrNotFound, "This was taken back.")
	case err != nil:
		return err
	}
	return t.about.Turn(ctx, t.tx, t.about.Args)
}

// remind keeps what follows /remind as something to be done.
func (b *Bot) remind(ctx context.Context, t *turn, args string) error {
	if !core.HasWords(args) {
		return t.say(ctx, phraseRemindUsage)
	}
	t.text = "Remind me to " + strings.TrimPrefix(strings.TrimPrefix(args, "me "), "to ")
	return b.note(ctx, t)
}

// today answers what is on today.
func (b *Bot) today(ctx context.Context, t *turn, _ string) error {
	return b.question(ctx, t, "What is on today?")
}
