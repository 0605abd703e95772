package bot

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestPress(t *testing.T) {
	t.Parallel()
	for _, p := range []press{
		{message: 1, action: "undo"},
		{message: 7, action: "pick", ids: []int64{1, 2}},
		{message: math.MaxInt64, action: "example", ids: []int64{math.MaxInt64, math.MaxInt64}},
	} {
		data := p.String()
		got, ok := parsePress(data)
		if !ok || got.message != p.message || got.action != p.action || !slices.Equal(got.ids, p.ids) {
			t.Errorf("%v is written as %q and read as %v, %v", p, data, got, ok)
		}
		if len(data) > maxPress {
			t.Errorf("%q has %d bytes, want %d at most", data, len(data), maxPress)
		}
	}
}

func TestPressHasIDsEnough(t *testing.T) {
	t.Parallel()
	p := press{ids: []int64{7}}
	if p.id(0) != 7 || p.id(1) != 0 || p.id(2) != 0 {
		t.Errorf("the ids are %d, %d, %d; want 7, and 0 for those it has not", p.id(0), p.id(1), p.id(2))
	}
}

func TestWhatIsNoPress(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", ":", "!:undo", "1:undo:!", "1:undo:", "1:undo::", "1:undo:-1", "-1:undo", "1:undo:zzzzzzzzzzzzzzzz", "1:undo: 1", strings.Repeat("1", 65)} {
		if p, ok := parsePress(data); ok {
			t.Errorf("%q is read as %v", data, p)
		}
	}
}

// Every action fits into a button with the longest ids it may have.
func TestEveryActionFitsAButton(t *testing.T) {
	t.Parallel()
	for action := range presses {
		if n := len((press{math.MaxInt64, action, []int64{math.MaxInt64, math.MaxInt64}}).String()); n > maxPress {
			t.Errorf("%s with two ids has %d bytes, want %d at most", action, n, maxPress)
		}
	}
}

func FuzzParsePress(f *testing.F) {
	for _, data := range []string{"1:undo", "7:pick:1:2", "", ":", "1::", "-1:x", "1:undo:zz"} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		p, ok := parsePress(data)
		if !ok {
			return
		}
		if p.message < 0 || slices.ContainsFunc(p.ids, func(id int64) bool { return id < 0 }) {
			t.Errorf("%q is read as %v, with a negative id", data, p)
		}
		again, ok := parsePress(p.String())
		if len(p.String()) <= maxPress && (!ok || again.message != p.message || again.action != p.action || !slices.Equal(again.ids, p.ids)) {
			t.Errorf("%v is written as %q and read as %v, %v", p, p.String(), again, ok)
		}
	})
}
