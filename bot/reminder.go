package bot

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
	"github.com/kith-platform/kith/core/recall"
	"github.com/kith-platform/kith/core/remind"
	"github.com/kith-platform/kith/core/when"
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

// changeReminder changes the reminder that a press is for. The messages that show
// it follow.
func (t *turn) changeReminder(ctx context.Context, p press, c remind.Change) error {
	if _, err := remind.Apply(ctx, t.tx, t.user.ID, p.id(0), c); err != nil || t.about.Args.Phrase == core.PhraseReminder {
		return err
	}
	return t.about.Turn(ctx, t.tx, t.about.Args)
}

// toDo reports whether a finding lists what is to be done.
func toDo(f recall.Finding) bool {
	return f.Question.Kind == recall.KindToDo || f.Question.Kind == recall.KindToday
}

// whichDone has a button for each thing to do, in place of those of a list.
func whichDone(list screen, f recall.Finding) screen {
	out := screen{text: list.text + "\n\nWhat is done?"}
	for _, l := range f.Lines {
		if l.FactID+l.Reminder != 0 {
			out.row(button(l.Text, "did", l.FactID, l.Reminder))
		}
	}
	out.row(button("Back", "back"))
	return out
}

// withDone shows with a list what the user has just said is done.
func (s *Sender) withDone(ctx context.Context, m core.Message, out screen) (screen, error) {
	r, err := remind.Get(ctx, s.store, m.UserID, m.Args.Subject)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return out, nil
	case err != nil || r.State != core.ReminderDone:
		return out, err
	}
	out.text += "\n\nDone · " + esc(r.Text)
	out.row(button("Not done", "undone", r.ID))
	return out, nil
}

// pressDid says that something on a list is done, and shows the list without it.
func (b *Bot) pressDid(ctx context.Context, t *turn, p press) (err error) {
	id := p.id(1)
	if p.id(0) != 0 {
		if id, err = remind.Did(ctx, t.tx, t.user.ID, p.id(0)); err != nil {
			return err
		}
	} else if _, err := remind.Apply(ctx, t.tx, t.user.ID, id, remind.Change{Done: &yes}); err != nil {
		return err
	}
	t.toast = "Done."
	args := t.about.Args
	args.View, args.Subject = "", id
	return t.about.Turn(ctx, t.tx, args)
}

var yes = true

// answerReminder takes a reply to a reminder as what becomes of it: "done", "in
// two hours". It reports false for one that says something else.
func (b *Bot) answerReminder(ctx context.Context, t *turn) (answered bool, err error) {
	id := t.about.Args.Subject
	c, ok := reminderReply(t.text, t.saidAt.In(t.user.Location()))
	if !ok {
		return false, nil
	}
	if soon := time.Now().Add(time.Minute); !c.DueAt.IsZero() && c.DueAt.Before(soon) {
		c.DueAt = soon // the reply has waited
	}
	if _, err := remind.Apply(ctx, t.tx, t.user.ID, id, c); err != nil {
		return false, err
	}
	return true, t.owe(ctx, core.Message{Kind: core.MessagePhrase, ContactID: t.about.ContactID, Args: core.MessageArgs{Phrase: core.PhraseReminder, Subject: id}})
}

var (
	saidDone = regexp.MustCompile(`(?i)^(?:yes,? ?)?(?:it is |it's |that's |all |is )?(?:done|did it|did|i did(?: it| that)?|finished|yes)(?: now| already|,? thanks?| thank you)*[.! ]*$`)
	again    = regexp.MustCompile(`(?i)^(?:(?:please|not now|later|snooze|(?:remind|ask|tell) me|say it|do it|put (?:it|this) off|again|until|till|to|for)[,:]? +)*`)
)

// reminderReply reads a reply to a reminder, written at a time, and reports false
// when it is no answer to that.
func reminderReply(text string, at time.Time) (remind.Change, bool) {
	text = strings.TrimSpace(text)
	if saidDone.MatchString(text) {
		return remind.Change{Done: &yes}, true
	}
	later := strings.TrimRight(text[len(again.FindString(text)):], ".! ")
	for _, words := range []string{later, "in " + later} {
		if found, ok := when.First(words, at); ok && found.Start == 0 && found.End == len(words) && found.Due(at).After(at) {
			return remind.Change{DueAt: found.Due(at)}, true
		}
	}
	return remind.Change{}, false
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
