package recall

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Reply is the answer to a question, with the notes that say so.
type Reply struct {
	Text    string
	Sources []Source
	Engine  string // which model answered; "rules" for none
	Trouble error  // why no model did; nil when one did, or there was nothing to ask one
}

// A Source is a note, and its words that an answer comes from.
type Source struct {
	NoteID int64
	Quote  string
}

// Reply answers a question of the user's, in plain text: by the first model that
// can, or else with what memory has. It never makes anything up.
func (a *Answerer) Reply(ctx context.Context, db *store.Store, user core.User, question string) (Reply, error) {
	now := time.Now().In(user.Location())
	found, err := Find(ctx, db, user.ID, question, now)
	if err != nil {
		return Reply{}, err
	}
	out := found.reply(now)
	if err := quoteWhole(ctx, db, user.ID, out.Sources); err != nil {
		return Reply{}, err
	}
	if len(a.Models) == 0 {
		return out, nil
	}
	answer, err := a.fromMemory(ctx, db, user, question, found)
	switch {
	case err != nil:
		out.Trouble = err
	case answer != nil:
		out.Text, out.Engine = answer.Text, answer.Engine
		out.Sources = slices.DeleteFunc(out.Sources, func(s Source) bool { return !slices.Contains(answer.Sources, s.NoteID) })
	}
	return out, nil
}

// reply puts a finding into sentences.
func (f Finding) reply(now time.Time) Reply {
	out := Reply{Engine: "rules", Text: f.Nothing(Style{})}
	var sentences []string
	for _, l := range f.Lines {
		sentences = append(sentences, sentence(f.Say(l, now, Style{})))
		if l.NoteID != 0 && !slices.ContainsFunc(out.Sources, func(s Source) bool { return s.NoteID == l.NoteID && s.Quote == l.Quote }) {
			out.Sources = append(out.Sources, Source{l.NoteID, l.Quote})
		}
	}
	if len(sentences) > 0 {
		out.Text = strings.Join(sentences, "\n")
	}
	return out
}

// quoteWhole quotes notes as a whole, as far as they fit a line, of which no words
// are quoted.
func quoteWhole(ctx context.Context, db *store.Store, userID int64, sources []Source) error {
	for i := range sources {
		if sources[i].Quote != "" {
			continue
		}
		note, err := db.Note(ctx, userID, sources[i].NoteID)
		if err != nil {
			return err
		}
		sources[i].Quote = excerpt(note.Text, nil).text
	}
	return nil
}

// sentence returns text with a full stop at its end, unless it ends already.
func sentence(text string) string {
	if strings.HasSuffix(text, "…") || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
