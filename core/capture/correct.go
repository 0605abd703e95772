package capture

import (
	"context"
	"slices"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis/rules"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// Correct puts somebody else in the place of whom a note is about when text says
// so ("no, that was Ben", "not Ana, Ben"), and reports whether it does. Where it
// does not say in whose place, and the note is about several, that is an error of
// kind core.ErrConflict.
func Correct(ctx context.Context, tx *store.Store, userID, noteID int64, text string) (corrected bool, err error) {
	known, err := people.InText(ctx, tx, userID, text)
	if err != nil {
		return false, err
	}
	right, wrong, ok := rules.Correction(text, people.Texts(known))
	if !ok {
		return false, nil
	}
	c, err := Confirm(ctx, tx, userID, noteID)
	if err != nil {
		return false, err
	}
	mentions := c.Mentions
	if wrong != "" {
		mentions = slices.DeleteFunc(slices.Clone(mentions), func(m core.Mention) bool { return !goesBy(wrong, m.Name) && !goesBy(wrong, c.NameOf(m)) })
	}
	switch {
	case len(mentions) == 0:
		return false, nil
	case len(mentions) > 1:
		return false, core.Tell(core.ErrConflict, "That note is about several people. Please reply with who is wrong too: “not Ana, %s”.", right)
	}
	m, note, err := open(ctx, tx, userID, mentions[0].ID)
	if err != nil {
		return false, err
	}
	id, err := called(ctx, tx, userID, right)
	if err != nil {
		return false, err
	}
	// The name was a slip, not what the user calls them: nothing is to be learnt.
	return true, assign(ctx, tx, m, note, id)
}

// goesBy reports whether written is name, or its first word.
func goesBy(written, name string) bool {
	written, name = people.Fold(written), people.Fold(name)
	return written == name || strings.HasPrefix(name, written+" ")
}
