package bot

import (
	"context"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/recall"
)

// marks number the sources of an answer.
var marks = []rune("①②③④⑤⑥⑦⑧⑨⑩")

// answerScreen answers a question, or shows what a search found. Each line
// ends with a mark, and the button with the same mark opens its note.
func (s *Sender) answerScreen(ctx context.Context, m core.Message) (screen, error) {
	user, err := s.store.User(ctx, m.UserID)
	if err != nil {
		return screen{}, err
	}
	now := time.Now().In(user.Location())
	if a := m.Args.Answer; a != nil {
		out := screen{text: esc(a.Text)}
		for _, id := range a.Sources {
			out.text += " " + mark(&out, id, "")
		}
		return out, nil
	}
	find := recall.Find
	if m.Kind == core.MessageFound {
		find = recall.Search
	}
	found, err := find(ctx, s.store, m.UserID, m.Args.Query, now)
	if err != nil {
		return screen{}, err
	}
	out := findingScreen(found, now)
	if !toDo(found) {
		return out, nil
	}
	if m.Args.View == viewDone {
		return whichDone(out, found), nil
	}
	if len(found.Lines) > 0 {
		out.row(button("Done…", "finish"))
	}
	if m.Args.Subject != 0 {
		return s.withDone(ctx, m, out)
	}
	return out, nil
}

// findingScreen puts a finding into words.
func findingScreen(f recall.Finding, now time.Time) screen {
	if len(f.Lines) == 0 && len(f.People) == 0 {
		return screen{text: f.Nothing(inHTML)}
	}
	out := screen{text: intro(f)}
	for _, l := range f.Lines {
		out.text += "\n• " + f.Say(l, now, inHTML)
		if l.NoteID != 0 {
			out.text += " " + mark(&out, l.NoteID, l.At.In(now.Location()).Format("2 Jan"))
		}
	}
	if f.More {
		out.text += "\n… and more"
	}
	for _, p := range f.People {
		out.row(button(p.FullName, "card", p.ContactID))
	}
	if f.About != 0 && f.Question.Kind == recall.KindAbout {
		out.row(button("Card", "card", f.About))
	}
	return out
}

// mark returns the mark of a source, and adds the button that opens it if it is
// new. The date tells what the button is for.
func mark(out *screen, noteID int64, date string) string {
	n := 0
	for _, row := range out.buttons {
		for _, b := range row {
			if b.ids[0] == noteID {
				return string(marks[n])
			}
			n++
		}
	}
	if n == len(marks) {
		return ""
	}
	source := button(strings.TrimSpace(string(marks[n])+" "+date), "source", noteID)
	if n%sourcesInRow == 0 {
		out.row(source)
	} else {
		last := len(out.buttons) - 1
		out.buttons[last] = append(out.buttons[last], source)
	}
	return string(marks[n])
}

// sourcesInRow keeps the buttons wide enough for a thumb.
const sourcesInRow = 4

// intro is the line above the others.
func intro(f recall.Finding) string {
	switch f.Question.Kind {
	case recall.KindNextBirthday:
		if f.Question.Period != "" {
			return bold("Birthdays " + f.Question.Period)
		}
		return "<b>Next birthdays</b>"
	case recall.KindLastTalk:
		return "<b>Last contact</b>"
	case recall.KindToday:
		return "<b>Today</b>"
	case recall.KindTalked:
		return bold("In touch " + f.Question.Period)
	case recall.KindPromised, recall.KindToDo:
		return "<b>To do</b>"
	case recall.KindWhoHas:
		return bold(f.Question.Value)
	case recall.KindSearch:
		if len(f.Lines) == 0 {
			return "People like " + bold(f.Question.Words) + ":"
		}
		return "Found for " + bold(f.Question.Words) + ":"
	}
	return "What I have on that:"
}

// inHTML has words that come from outside escaped.
var inHTML = recall.Style{Plain: esc, Strong: bold, Example: italic}
