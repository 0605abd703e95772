package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/recall"
)

// render makes the screen of a message from the newest state of what it is about.
func (s *Sender) render(ctx context.Context, m core.Message) (screen, error) {
	switch m.Kind {
	case core.MessageNote:
		return s.noteScreen(ctx, m)
	case core.MessageCard:
		return s.cardScreen(ctx, m)
	case core.MessagePeople:
		return s.peopleScreen(ctx, m)
	case core.MessageFound, core.MessageAnswer:
		return s.answerScreen(ctx, m)
	}
	if m.Args.Phrase == core.PhraseReminder {
		return s.reminderScreen(ctx, m)
	}
	if p := m.Args.Phrase; p == phraseInvite || p == phraseWeb || p == phraseConnect {
		return s.linkScreen(ctx, m)
	}
	return phraseScreen(m.Args), nil
}

// noteScreen shows what became of a note.
func (s *Sender) noteScreen(ctx context.Context, m core.Message) (screen, error) {
	c, err := capture.Confirm(ctx, s.store, m.UserID, m.NoteID)
	if err != nil {
		return screen{}, err
	}
	if c.Note.DeletedAt != nil {
		return screen{text: "Taken back. The note is in the trash, with all it caused."}, nil
	}
	switch m.Args.View {
	case viewChoose:
		return s.chooseScreen(ctx, c, m.Args.Subject)
	case viewEdit:
		return editScreen(c), nil
	case viewFact:
		return factScreen(c, m.Args.Subject), nil
	case viewSource:
		return sourceScreen(c), nil
	}
	return s.filedScreen(ctx, c)
}

// filedScreen is the first face: saved, for whom, and the facts once drawn.
func (s *Sender) filedScreen(ctx context.Context, c capture.Confirmation) (screen, error) {
	out := screen{}
	parts := filed(c)
	if c.Note.State == core.NoteFailed {
		parts = append(parts, "The note is safe, but I couldn't draw facts from it just now.")
		out.row(button("Try again", "retry"))
	}
	for _, f := range c.FactsAsked() {
		out.row(button("Yes: "+f.Text, "yes", f.ID), button("No", "no", f.ID))
	}
	if asked := c.FactsAsked(); len(asked) > 0 {
		parts = append(parts, "I'm not sure about this. Keep it?\n"+bullets(c, asked))
	}
	if sentence := unreminded(c); sentence != "" {
		parts = append(parts, sentence)
	}
	question, err := s.askWho(ctx, c, &out)
	if err != nil {
		return screen{}, err
	}
	if question != "" {
		parts = append(parts, question)
	}
	out.text = strings.Join(parts, "\n\n")
	last := []keyButton{button("Undo", "undo"), button("Edit", "edit")}
	if m, ok := c.FirstKnown(); ok {
		other := "Someone else…"
		if question != "" { // which has a button of that name
			other = "Not " + c.NameOf(m) + "…"
		}
		last = append(last, button(other, "else", m.ID))
	}
	out.row(last...)
	return out, nil
}

// unreminded says why a note that asks for a reminder makes none, once it is read.
func unreminded(c capture.Confirmation) string {
	if !rules.Reminds(c.Note.Text) {
		return ""
	}
	sentence := ""
	for _, f := range c.Facts {
		switch {
		case f.DueAt != nil && f.DueAt.After(f.SaidAt):
			return ""
		case f.DueAt != nil:
			sentence = "That time is over, so I won't remind you."
		case f.Category == core.Actionable && sentence == "":
			sentence = "I found no time in that, so it is on your list, and I won't remind you. Edit your message to say when: “tomorrow at 9”."
		}
	}
	return sentence
}

// filed lists what was kept, a paragraph for each person, and who else the note
// is about, or says just that it is saved.
func filed(c capture.Confirmation) []string {
	var parts, others []string
	for _, m := range c.Mentions {
		if facts := c.FactsOf(m.ID); len(facts) > 0 {
			parts = append(parts, heading(c, m)+"\n"+bullets(c, facts))
		} else if m.State == core.MentionResolved {
			others = append(others, heading(c, m))
		}
	}
	if len(parts) == 0 {
		return []string{"Saved" + aboutWhom(c)}
	}
	if len(others) > 0 {
		parts = append(parts, strings.Join(others, "\n"))
	}
	return parts
}

// aboutWhom returns " · Ana Torres, Mike" for the people a note is about.
func aboutWhom(c capture.Confirmation) string {
	var names []string
	for _, m := range c.Mentions {
		if m.State == core.MentionResolved {
			names = append(names, heading(c, m))
		}
	}
	if len(names) == 0 {
		if len(c.Mentions) > 0 && c.Mentions[0].State == core.MentionDismissed {
			return " · about nobody"
		}
		return ""
	}
	return " · " + strings.Join(names, ", ")
}

// called is how a note names somebody who is not known: "Ana", "your sister".
func called(m core.Mention, your string) string {
	if rules.Relative(m.Name) {
		return your + " " + m.Name
	}
	return m.Name
}

// heading names who a mention is, and why when that is not plain.
func heading(c capture.Confirmation, m core.Mention) string {
	switch {
	case m.State == core.MentionDismissed && m.Name == "":
		return "Saved"
	case m.State != core.MentionResolved && m.Name == "":
		return bold("About whom?")
	case m.State == core.MentionAsked:
		return bold(called(m, "Your") + "?")
	case m.State == core.MentionDismissed:
		return bold(called(m, "Your"))
	case m.Source == core.MentionNew:
		return "New: " + bold(c.NameOf(m))
	case m.Source == core.MentionBefore:
		return bold(c.NameOf(m)) + ", from before"
	}
	return bold(c.NameOf(m))
}

// bullets lists facts: what, in which category, and when it is due.
func bullets(c capture.Confirmation, facts []core.Fact) string {
	lines := make([]string, len(facts))
	for i, f := range facts {
		lines[i] = "• " + esc(f.Text) + " · " + italic(f.Category.Name())
		if f.DueAt != nil {
			lines[i] += " · " + due(*f.DueAt, c.Location)
		}
	}
	return strings.Join(lines, "\n")
}

// due writes a time as "Fri 27 Nov 09:00", in the user's time zone.
func due(at time.Time, loc *time.Location) string { return recall.DueText(at, time.Now().In(loc)) }

// Most people offered as buttons.
const mostOffered = 5

// askWho asks about the first name that nobody, or more than one, goes by, and
// returns the question, "" when there is none.
func (s *Sender) askWho(ctx context.Context, c capture.Confirmation, out *screen) (string, error) {
	i := slices.IndexFunc(c.Mentions, func(m core.Mention) bool { return m.State == core.MentionAsked })
	if i < 0 {
		return "", nil
	}
	m := c.Mentions[i]
	if m.Name == "" {
		return "Who is it about?", s.offer(ctx, m, out)
	}
	which, err := people.Find(ctx, s.store, m.UserID, m.Name, nil)
	if err != nil {
		return "", err
	}
	list := slices.Concat(which.Fits, which.Near)
	for _, p := range list[:min(len(list), mostOffered)] {
		out.row(button(p.FullName, "pick", m.ID, p.ContactID))
	}
	if len(which.Fits) > 1 {
		out.row(button("New person", "new", m.ID), button("Someone else…", "else", m.ID), button("Nobody", "none", m.ID))
		return "Which " + esc(m.Name) + "?", nil
	}
	out.row(button("Add "+people.Capitalize(m.Name), "new", m.ID), button("Someone else…", "else", m.ID), button("Just keep it", "none", m.ID))
	return "Who is " + esc(called(m, "your")) + "?", nil
}

// offer adds buttons for the people spoken about lately.
func (s *Sender) offer(ctx context.Context, m core.Mention, out *screen) error {
	list, err := people.Offer(ctx, s.store, m.UserID, m.Name, m.ContactID, mostOffered)
	for _, p := range list {
		out.row(button(p.FullName, "pick", m.ID, p.ContactID))
	}
	out.row(button("Someone else…", "else", m.ID), button("Just keep it", "none", m.ID))
	return err
}

// chooseScreen asks who a mention is instead.
func (s *Sender) chooseScreen(ctx context.Context, c capture.Confirmation, mentionID int64) (screen, error) {
	i := slices.IndexFunc(c.Mentions, func(m core.Mention) bool { return m.ID == mentionID })
	if i < 0 {
		return s.filedScreen(ctx, c)
	}
	m := c.Mentions[i]
	out := screen{text: "Who is it about?"}
	if name := c.NameOf(m); name != "" {
		out.text = "Who is it instead of " + bold(name) + "?"
	} else if m.Name != "" {
		out.text = "Who is " + bold(called(m, "your")) + "?"
	}
	out.text += "\nPick one, or reply to this message with the name."
	list, err := people.Offer(ctx, s.store, m.UserID, m.Name, m.ContactID, mostOffered)
	if err != nil {
		return screen{}, err
	}
	for _, p := range list {
		out.row(button(p.FullName, "pick", m.ID, p.ContactID))
	}
	if m.Name != "" && m.Source != core.MentionNew {
		out.row(button("New person: "+m.Name, "new", m.ID))
	}
	for _, other := range c.Mentions {
		if other.ID != m.ID && other.State == core.MentionResolved {
			out.row(button("It's "+c.NameOf(other)+" who is wrong", "else", other.ID))
		}
	}
	out.row(button("Nobody", "none", m.ID), button("Back", "back"))
	return out, nil
}

// editScreen offers to write the note anew, or to look at one of its facts.
func editScreen(c capture.Confirmation) screen {
	out := screen{text: "Your note:\n<blockquote>" + esc(shorten(c.Note.Text, 1000)) + "</blockquote>\n" +
		"Reply to this message with the note as it should be."}
	if len(c.Facts) > 0 {
		out.text += " Or pick a fact to change:"
	}
	for _, f := range c.Facts[:min(len(c.Facts), mostFactButtons)] {
		out.row(button(f.Text, "fact", f.ID))
	}
	out.row(button("Back", "back"))
	return out
}

// mostFactButtons keeps a keyboard on the screen of a phone.
const mostFactButtons = 12

// factScreen shows a fact with its evidence.
func factScreen(c capture.Confirmation, factID int64) screen {
	i := slices.IndexFunc(c.Facts, func(f core.Fact) bool { return f.ID == factID })
	if i < 0 {
		return editScreen(c)
	}
	f := c.Facts[i]
	out := screen{text: "<b>" + esc(f.Text) + "</b>\n" + italic(f.Category.Name()) + "\n\nYou wrote:\n<blockquote>" + esc(f.Quote) +
		"</blockquote>\nReply to this message with what it should say."}
	out.row(button("Leave it out", "no", f.ID), button("Back", "edit"))
	return out
}

// sourceScreen shows the note as it was written, and who read it.
func sourceScreen(c capture.Confirmation) screen {
	said := c.Note.SaidAt.In(c.Location).Format("Mon 2 Jan 2006 15:04")
	text := said + aboutWhom(c) + "\n\n"
	if c.Note.Quote != "" {
		text += "<blockquote>" + esc(c.Note.Quote) + "</blockquote>\n"
	}
	text += esc(c.Note.Text)
	if c.Note.Engine != "" {
		text += "\n\n<i>Read by " + esc(c.Note.Engine) + "</i>"
	}
	return screen{text: text}
}
