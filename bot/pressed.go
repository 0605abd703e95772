package bot

import (
	"context"
	"errors"
	"time"

	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/outbox"
	"github.com/kith-platform/kith/core/people"
)

// The faces of a note's message beside its first.
const (
	viewChoose = "choose" // who is it? subject: the mention
	viewEdit   = "edit"   // the note's words
	viewFact   = "fact"   // one fact; subject: the fact
	viewSource = "source" // the note as it was written
	viewFacts  = "facts"  // of a card: all of them
	viewNotes  = "notes"  // of a card: the notes
	viewDone   = "done"   // of a list of what is to be done: which of them is
	viewUnsure = "unsure" // of a card: what nobody has confirmed
)

// pressed does what a button says. A button may be of a message that is gone,
// of an older Kith, or pressed twice: each is harmless, and answered.
func (b *Bot) pressed(ctx context.Context, t *turn, q *models.CallbackQuery) error {
	p, ok := parsePress(q.Data)
	if !ok {
		return errOldButton
	}
	topic, err := outbox.TopicOf(ctx, t.tx, t.user.ID, p.message)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return errOldButton
	case err != nil:
		return err
	}
	t.about = &topic
	do, ok := presses[p.action]
	if !ok {
		return errOldButton
	}
	return do(b, ctx, t, p)
}

var errOldButton = core.Tell(core.ErrNotFound, "That button is from an older message and does nothing any more.")

// presses says what each action does. The topic is the message with the button.
var presses = map[string]func(b *Bot, ctx context.Context, t *turn, p press) error{
	"undo":    (*Bot).pressUndo,
	"retry":   (*Bot).pressRetry,
	"edit":    turnTo(viewEdit),
	"else":    turnTo(viewChoose),
	"fact":    turnTo(viewFact),
	"facts":   turnTo(viewFacts),
	"notes":   turnTo(viewNotes),
	"unsure":  turnTo(viewUnsure),
	"back":    turnTo(""),
	"pick":    (*Bot).pressPick,
	"new":     (*Bot).pressNew,
	"none":    (*Bot).pressNone,
	"yes":     decide(core.FactKept, "Kept."),
	"no":      decide(core.FactDiscarded, "Left out."),
	"page":    (*Bot).pressPage,
	"part":    (*Bot).pressPart,
	"card":    (*Bot).pressCard,
	"source":  (*Bot).pressSource,
	"example": (*Bot).pressExample,
	"ask":     (*Bot).pressAsk,
	"same":    (*Bot).pressSame,
	"other":   (*Bot).pressOther,
	"leave":   (*Bot).pressLeave,
	"later":   (*Bot).pressLater,
	"stop":    (*Bot).pressStop,
	"sync":    (*Bot).pressSync,
	"finish":  turnTo(viewDone),
	"did":     (*Bot).pressDid,
	"done":    did(true, "Done."),
	"undone":  did(false, "Not done."),
	"hour":    putOff(func(now time.Time) time.Time { return now.Add(time.Hour) }),
	"morrow":  putOff(core.Tomorrow),
}

// turnTo shows another face of the message, of the subject that is named.
func turnTo(view string) func(b *Bot, ctx context.Context, t *turn, p press) error {
	return func(_ *Bot, ctx context.Context, t *turn, p press) error {
		if t.about.Kind == core.MessageNote {
			if _, err := capture.Live(ctx, t.tx, t.user.ID, t.about.NoteID); err != nil {
				return err
			}
		}
		args := t.about.Args
		args.View, args.Subject, args.Page, args.Part = view, p.id(0), 0, 0
		return t.about.Turn(ctx, t.tx, args)
	}
}

func (b *Bot) pressUndo(ctx context.Context, t *turn, _ press) error {
	undone, err := capture.Undo(ctx, t.tx, t.user.ID, t.about.NoteID)
	t.toast = "Taken back."
	if !undone {
		t.toast = "That was taken back before."
	}
	return err
}

func (b *Bot) pressRetry(ctx context.Context, t *turn, _ press) error {
	note, err := capture.Live(ctx, t.tx, t.user.ID, t.about.NoteID)
	if err != nil {
		return err
	}
	if note.State != core.NoteFailed {
		t.toast = "I'm at it."
		return nil
	}
	task, err := capture.Retry(ctx, t.tx, note)
	t.tasks = append(t.tasks, task)
	return err
}

func (b *Bot) pressPick(ctx context.Context, t *turn, p press) error {
	return capture.Assign(ctx, t.tx, t.user.ID, p.id(0), p.id(1))
}

func (b *Bot) pressNew(ctx context.Context, t *turn, p press) error {
	return capture.AssignNew(ctx, t.tx, t.user.ID, p.id(0))
}

func (b *Bot) pressNone(ctx context.Context, t *turn, p press) error {
	return capture.Assign(ctx, t.tx, t.user.ID, p.id(0), 0)
}

// nameMention takes a reply as the name of whom the open question is about.
func (b *Bot) nameMention(ctx context.Context, t *turn) error {
	return capture.AssignNamed(ctx, t.tx, t.user.ID, t.about.Args.Subject, t.text)
}

// decide keeps or discards a fact.
func decide(state core.FactState, toast string) func(b *Bot, ctx context.Context, t *turn, p press) error {
	return func(_ *Bot, ctx context.Context, t *turn, p press) error {
		t.toast = toast
		if err := capture.DecideFact(ctx, t.tx, t.user.ID, p.id(0), state); err != nil || t.about.Kind != core.MessageCard {
			return err
		}
		return t.about.Turn(ctx, t.tx, t.about.Args)
	}
}

func (b *Bot) pressPage(ctx context.Context, t *turn, p press) error {
	args := t.about.Args
	args.Page = p.id(0)
	return t.about.Turn(ctx, t.tx, args)
}

func (b *Bot) pressPart(ctx context.Context, t *turn, p press) error {
	args := t.about.Args
	args.Part = int(min(p.id(0), 1000))
	return t.about.Turn(ctx, t.tx, args)
}

func (b *Bot) pressCard(ctx context.Context, t *turn, p press) error {
	switch _, err := people.Card(ctx, t.tx, t.user.ID, p.id(0)); {
	case errors.Is(err, core.ErrNotFound):
		return errOldButton
	case err != nil:
		return err
	}
	return t.owe(ctx, core.Message{Kind: core.MessageCard, ContactID: p.id(0)})
}

// pressSource opens the note that a line of an answer comes from.
func (b *Bot) pressSource(ctx context.Context, t *turn, p press) error {
	if _, err := capture.Live(ctx, t.tx, t.user.ID, p.id(0)); err != nil {
		return err
	}
	return t.owe(ctx, core.Message{Kind: core.MessageNote, NoteID: p.id(0), Args: core.MessageArgs{View: viewSource}})
}

// pressExample does as if the user had written one of the examples.
func (b *Bot) pressExample(ctx context.Context, t *turn, p press) error {
	if p.id(0) >= int64(len(examples)) {
		return errOldButton
	}
	t.text, t.about = examples[p.id(0)], nil
	return b.message(ctx, t, &models.Message{})
}
