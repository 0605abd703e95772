package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/recall"
)

// Most facts on the first face of a card.
const mostOnCard = 12

// cardScreen shows a person.
func (s *Sender) cardScreen(ctx context.Context, m core.Message) (screen, error) {
	card, err := people.Card(ctx, s.store, m.UserID, m.ContactID)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return screen{text: "That person is in the trash."}, nil
	case err != nil:
		return screen{}, err
	}
	switch m.Args.View {
	case viewFacts:
		return factsScreen(card), nil
	case viewNotes:
		return notesScreen(card), nil
	case viewUnsure:
		return unsureScreen(card), nil
	}
	out := screen{text: cardHead(card) + byCategory(card, mostOnCard)}
	if len(card.Facts) > mostOnCard {
		out.text += fmt.Sprintf("\n… and %d more", len(card.Facts)-mostOnCard)
	}
	if len(card.Facts)+len(card.Notes) > 0 {
		out.row(button("All facts", "facts"), button("Notes", "notes"))
	}
	if len(card.Asked) > 0 {
		out.row(button(fmt.Sprintf("Not confirmed · %d", len(card.Asked)), "unsure"))
	}
	chat, err := s.store.LinkedChat(ctx, m.UserID, m.ContactID)
	switch {
	case errors.Is(err, core.ErrNotFound), err == nil && chat.Chosen:
		return out, nil
	case err == nil:
		out.row(button("Sync chat with "+card.Contact.FullName, "sync"))
	}
	return out, err
}

// cardHead says who it is, and when the user last met them.
func cardHead(c people.CardOf) string {
	var b strings.Builder
	b.WriteString(bold(c.Contact.FullName) + "\n")
	if c.Contact.TelegramUsername != "" {
		b.WriteString("@" + esc(c.Contact.TelegramUsername) + "\n")
	}
	if c.Contact.Tier != core.TierRegular {
		b.WriteString("Tier: " + c.Contact.Tier.Name() + "\n")
	}
	if c.LastMet != nil {
		b.WriteString("Last contact: " + recall.Ago(c.LastMet.In(c.User.Location()), c.Now) + "\n")
	}
	if birthday := c.Contact.Birthday; birthday.Known() {
		b.WriteString("Birthday: " + recall.BirthdayText(birthday) + "\n")
	}
	for _, reach := range c.Reaches {
		b.WriteString(esc(reach.Value) + "\n")
	}
	return b.String()
}

// byCategory lists up to limit facts under the names of their categories.
func byCategory(c people.CardOf, limit int) string {
	var b strings.Builder
	for _, category := range core.Categories() {
		head := "\n" + italic(category.Name()) + "\n"
		for _, f := range c.Facts {
			if f.Category != category || limit == 0 {
				continue
			}
			limit--
			b.WriteString(head + "• " + esc(f.Text))
			head = ""
			if f.DueAt != nil {
				b.WriteString(" · " + due(*f.DueAt, c.User.Location()))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func factsScreen(c people.CardOf) screen {
	out := screen{text: bold(c.Contact.FullName) + "\n" + byCategory(c, len(c.Facts))}
	if len(c.Facts) == 0 {
		out.text += "\nNo facts yet."
	}
	out.row(button("Back", "back"))
	return out
}

// mostUnsure is how many facts are asked about at a time.
const mostUnsure = 6

// unsureScreen asks about what was said of a person, or by them, that the user
// has not confirmed.
func unsureScreen(c people.CardOf) screen {
	out := screen{text: "Not confirmed about " + bold(c.Contact.FullName) + "\n"}
	for _, f := range c.Asked[:min(len(c.Asked), mostUnsure)] {
		said := f.SaidAt.In(c.User.Location()).Format("2 Jan 2006")
		if f.Author != "" {
			said = esc(f.Author) + ", " + said
		}
		out.text += "\n• " + esc(f.Text) + " · " + italic(f.Category.Name()) + "\n" + said + ":\n<blockquote>" + esc(f.Quote) + "</blockquote>"
		out.row(button("Yes: "+f.Text, "yes", f.ID), button("No", "no", f.ID))
	}
	if more := len(c.Asked) - mostUnsure; more > 0 {
		out.text += fmt.Sprintf("\n… and %d more", more)
	}
	if len(c.Asked) == 0 {
		out.text += "\nNothing is left."
	}
	out.row(button("Back", "back"))
	return out
}

func notesScreen(c people.CardOf) screen {
	out := screen{text: "Notes about " + bold(c.Contact.FullName) + "\n"}
	for _, n := range c.Notes {
		out.text += "\n" + n.SaidAt.In(c.User.Location()).Format("2 Jan 2006") + "\n" + esc(recall.Snippet(n.Text, nil)) + "\n"
		out.row(button(n.SaidAt.In(c.User.Location()).Format("2 Jan")+" · "+n.Text, "source", n.ID))
	}
	if len(c.Notes) == 0 {
		out.text += "\nNo notes yet."
	}
	out.row(button("Back", "back"))
	return out
}

// onPage is how many people a page of the list has.
const onPage = 8

// peopleScreen lists everybody, or those a name may mean.
func (s *Sender) peopleScreen(ctx context.Context, m core.Message) (screen, error) {
	switch {
	case m.Args.View == core.ViewUndecided:
		return s.undecidedScreen(ctx, m)
	case m.Args.Query != "":
		return s.whichScreen(ctx, m)
	}
	list, total, err := people.Page(ctx, s.store, m.UserID, int(m.Args.Page)*onPage, onPage)
	if err != nil {
		return screen{}, err
	}
	if total == 0 {
		return screen{text: "You haven't told me about anybody yet. Try: <i>Coffee with Ana Torres, she moves to Porto in March</i>"}, nil
	}
	out := screen{text: "<b>Your people</b> · " + fmt.Sprint(total)}
	for _, c := range list {
		out.row(button(c.FullName, "card", c.ID))
	}
	if pages := (total + onPage - 1) / onPage; pages > 1 {
		out.row(pager("page", int(m.Args.Page), pages)...)
	}
	undecided, err := s.store.CountUndecided(ctx, m.UserID)
	if undecided > 0 {
		out.row(button(fmt.Sprintf("From Telegram, to decide about · %d", undecided), "ask"))
	}
	return out, err
}

// whichScreen asks which of several people is meant.
func (s *Sender) whichScreen(ctx context.Context, m core.Message) (screen, error) {
	which, err := people.Find(ctx, s.store, m.UserID, m.Args.Query, nil)
	if err != nil {
		return screen{}, err
	}
	out := screen{text: "Which " + bold(m.Args.Query) + "?"}
	if len(which.Fits) == 0 {
		out.text = "I don't know a " + bold(m.Args.Query) + ". Do you mean one of these?"
	}
	for _, p := range slices.Concat(which.Fits, which.Near)[:min(len(which.Fits)+len(which.Near), onPage)] {
		out.row(button(p.FullName, "card", p.ContactID))
	}
	return out, nil
}
