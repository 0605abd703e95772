package analysis

import (
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm"
)

// slot takes back a slot whose value does not fit it. The fact stays as words.
func (g *grounding) slot(d *core.Draft) {
	if d.Slot == core.SlotBirthday && g.born(d.Birthday) {
		d.Value = d.Birthday.String()
		return
	}
	d.Birthday = core.Birthday{}
	d.Value = llm.Line(d.Value)
	if !d.Slot.Valid() || d.Slot == core.SlotBirthday || tooLong(d.Value) || !g.valued(d) {
		d.Slot, d.Value = core.SlotNone, ""
	}
}

// born reports whether b is a birthday that somebody can have by now.
func (g *grounding) born(b core.Birthday) bool {
	_, err := core.ParseBirthday(b.String())
	return err == nil && b.Known() && b.Year <= g.note.At.Year()
}

// valued reports whether a value is one of its slot. Ways to reach somebody must
// stand in the note: a wrong digit reaches a stranger.
func (g *grounding) valued(d *core.Draft) bool {
	switch d.Slot {
	case core.SlotNone:
		return d.Value == ""
	case core.SlotHome, core.SlotEmployer:
		return true
	case core.SlotEmail:
		return strings.Contains(d.Value, "@") && g.stands(d.Value)
	case core.SlotURL:
		_, address, ok := strings.Cut(d.Value, "://")
		if !ok {
			address = d.Value
		}
		return g.stands(strings.TrimSuffix(address, "/"))
	case core.SlotPhone:
		return g.stands(d.Value) || samePhone(digits(d.Quote), digits(d.Value))
	}
	return !core.Blank(d.Value)
}

func (g *grounding) stands(words string) bool {
	_, found, _ := g.page.quote(words)
	return found
}

// samePhone reports whether two numbers differ at most in the codes of country
// and area before them.
func samePhone(a, b string) bool {
	const local = 7
	return len(a) >= local && len(b) >= local && a[len(a)-local:] == b[len(b)-local:]
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}
