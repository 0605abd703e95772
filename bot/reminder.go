package bot

import (
	"context"
	"errors"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
	"github.com/kith-platform/kith/core/remind"
)

// reminderScreen shows a reminder, and asks whether it is done.
func (s *Sender) reminderScreen(ctx context.Context, m core.Message) (screen, error) {
	r, err := remind.Get(ctx, s.store, m.UserID, m.Args.Subject)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return screen{text: "That is no longer to be done."}, nil
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

// did says whether a reminder is done.
func did(done bool, toast string) func(b *Bot, ctx context.Context, t *turn, p press) error {
	return func(_ *Bot, ctx context.Context, t *turn, p press) error {
		t.toast = toast
		return t.changeReminder(ctx, p, remind.Change{Done: &done})
	}
}

// putOff has a reminder come again, at a time that follows from now.
func putOff(until func(now time.Time) time.Time) func(b *Bot, ctx context.Context, t *turn, p press) error {
	return func(_ *Bot, ctx context.Context, t *turn, p press) error {
		at := until(time.Now().In(t.user.Location()))
		t.toast = "I'll say it again " + due(at, t.user.Location()) + "."
		return t.changeReminder(ctx, p, remind.Change{DueAt: at})
	}
}

// changeReminder changes the reminder that a press is for, and has the message
// show that.
func (t *turn) changeReminder(ctx context.Context, p press, c remind.Change) error {
	if t.about.Args.Phrase != core.PhraseReminder || t.about.Args.Subject != p.id(0) {
		return errOldButton
	}
	if _, err := remind.Apply(ctx, t.tx, t.user.ID, p.id(0), c); err != nil {
		return err
	}
	return t.about.Turn(ctx, t.tx, t.about.Args)
}

// remind keeps what follows /remind as something to be done.
func (b *Bot) remind(ctx context.Context, t *turn, args string) error {
	t.text = rules.Request(args)
	if !core.HasWords(args) || rules.Unfinished(t.text) {
		return t.say(ctx, phraseRemindUsage)
	}
	return b.note(ctx, t)
}

// today answers what is on today.
func (b *Bot) today(ctx context.Context, t *turn, _ string) error {
	return b.question(ctx, t, "What is on today?")
}
