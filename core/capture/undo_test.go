package capture_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

func TestUndoRestoresWhatWas(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	ana := d.contact("Ana Torres")
	before := d.take("Ana lives in Lisbon")
	d.read(before)
	lisbon := d.facts(ana.ID)
	note := d.take("Ana lives in Porto, she met Maya Okafor")
	d.read(note)
	if got := d.facts(ana.ID); len(got) != 1 || slices.Equal(got, lisbon) || !strings.Contains(d.knows(), "Maya Okafor") {
		t.Fatalf("known of Ana: %q, of others: %s; want Porto, and Maya added", got, d.knows())
	}
	if !d.undo(note) {
		t.Fatal("the note could not be taken back")
	}
	if got := d.facts(ana.ID); !slices.Equal(got, lisbon) {
		t.Errorf("known of Ana: %q, want %q again", got, lisbon)
	}
	if got := d.knows(); got != "Ana Torres" {
		t.Errorf("the user knows %s, want Ana alone", got)
	}
	if got := d.tasks(note); !slices.Equal(got, []string{"cancelled 1"}) {
		t.Errorf("the note's tasks are %q, want them cancelled", got)
	}
	m, err := d.db.LatestView(t.Context(), d.user.ID)
	if !errors.Is(err, core.ErrNotFound) {
		t.Errorf("a message shows another face: %+v, %v", m, err)
	}
	if d.undo(note) {
		t.Error("it was taken back a second time")
	}
}

func TestUndoKeepsWhomAnotherNoteIsAbout(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	first := d.take("Coffee with Maya Okafor")
	second := d.take("Maya likes tea")
	d.undo(first)
	if got := d.knows(); got != "Maya Okafor" {
		t.Errorf("the user knows %q, want Maya, whom the second note is about", got)
	}
	if got, want := d.mentions(second), "Maya=Maya Okafor (named)"; got != want {
		t.Errorf("the second note is about %s, want %s", got, want)
	}
}

func TestUndoForgetsWhatTheNoteTaught(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	ana := d.contact("Ana Torres")
	note := d.take("Coffee with Nita")
	check(t, d.assign(note, ana.ID))
	if got, want := d.mentions(d.take("Nita likes tea")), "Nita=Ana Torres (named)"; got != want {
		t.Errorf("after the correction Nita is %s, want %s", got, want)
	}
	d.undo(note)
	if got, want := d.mentions(d.take("Nita likes coffee")), "Nita asked"; got != want {
		t.Errorf("with the correction taken back Nita is %s, want %s", got, want)
	}
}

// A name that two notes taught is forgotten with the last of them, whichever
// that is.
func TestUndoKeepsWhatAnotherNoteTaught(t *testing.T) {
	t.Parallel()
	for name, firstGone := range map[string]int{"the first goes first": 0, "the second goes first": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDiary(t)
			ana := d.contact("Ana Torres")
			notes := []core.Note{d.take("Coffee with Nita"), d.take("Níta likes tea")}
			for _, note := range notes {
				check(t, d.assign(note, ana.ID))
			}
			d.undo(notes[firstGone])
			if got, want := d.mentions(d.take("Nita likes figs")), "Nita=Ana Torres (named)"; got != want {
				t.Errorf("while another note teaches it, Nita is %s, want %s", got, want)
			}
			d.undo(notes[1-firstGone])
			if got, want := d.mentions(d.take("Nita likes plums")), "Nita asked"; got != want {
				t.Errorf("with both corrections taken back Nita is %s, want %s", got, want)
			}
		})
	}
}

// However somebody was added for a note, taking the note back takes them along.
func TestUndoTakesBackWhoWasAddedLater(t *testing.T) {
	t.Parallel()
	for name, add := range map[string]func(ctx context.Context, tx *store.Store, d *diary, mention int64) error{
		"by the button": func(ctx context.Context, tx *store.Store, d *diary, mention int64) error {
			return capture.AssignNew(ctx, tx, d.user.ID, mention)
		},
		"by a name in reply": func(ctx context.Context, tx *store.Store, d *diary, mention int64) error {
			return capture.AssignNamed(ctx, tx, d.user.ID, mention, "Maya Okafor")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDiary(t)
			note := d.take("Coffee with Maya")
			mention := d.first(note).ID
			check(t, d.tx(func(ctx context.Context, tx *store.Store) error { return add(ctx, tx, d, mention) }))
			if got := d.knows(); !strings.HasPrefix(got, "Maya") {
				t.Fatalf("the user knows %q, want Maya", got)
			}
			d.undo(note)
			if got := d.knows(); got != "" {
				t.Errorf("with the note taken back the user knows %s, want nobody", got)
			}
		})
	}
}

// What a note taught of somebody is forgotten where a merge took it; whom it
// added stays where the user has said who that is.
func TestUndoAfterAMerge(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	ana := d.contact("Ana Torres")
	note := d.take("Coffee with Maya Okafor and Nita")
	maya := d.contact("Maya Okafor")
	mentions, err := d.db.Mentions(t.Context(), d.user.ID, note.ID)
	check(t, err)
	nita := mentions[slices.IndexFunc(mentions, func(m core.Mention) bool { return m.Name == "Nita" })]
	check(t, d.tx(func(ctx context.Context, tx *store.Store) error {
		return capture.Assign(ctx, tx, d.user.ID, nita.ID, maya.ID)
	}))
	_, err = people.Merge(t.Context(), d.db, d.user.ID, ana.ID, maya.ID)
	check(t, err)
	if got, want := d.mentions(d.take("Nita likes tea")), "Nita=Ana Torres (named)"; got != want {
		t.Errorf("after the merge Nita is %s, want %s", got, want)
	}
	d.undo(note)
	if got, want := d.mentions(d.take("Nita likes coffee")), "Nita asked"; got != want {
		t.Errorf("with the note taken back Nita is %s, want %s", got, want)
	}
	if got, want := d.mentions(d.take("Maya Okafor likes figs")), "Maya Okafor=Ana Torres (named)"; got != want {
		t.Errorf("with the note taken back Maya Okafor is %s, want %s", got, want)
	}
	if got := d.knows(); got != "Ana Torres" {
		t.Errorf("the user knows %s, want Ana alone", got)
	}
}

func TestUndoLast(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	first, second := d.take("first"), d.take("second")
	for _, want := range []int64{second.ID, first.ID, 0} {
		var note core.Note
		var undone bool
		check(t, d.tx(func(ctx context.Context, tx *store.Store) (err error) {
			note, undone, err = capture.UndoLast(ctx, tx, d.user.ID)
			return err
		}))
		if note.ID != want || undone != (want != 0) {
			t.Errorf("taken back: note %d, %v; want %d", note.ID, undone, want)
		}
	}
}

func TestAssign(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	chen, stone := d.contact("Mike Chen"), d.contact("Mike Stone")
	note := d.take("Mike moved to Porto")
	d.read(note)
	if got := slices.Concat(d.facts(chen.ID), d.facts(stone.ID)); len(got) > 0 {
		t.Errorf("before the user says who it is, somebody has %q", got)
	}
	check(t, d.assign(note, stone.ID))
	if a, b := d.facts(chen.ID), d.facts(stone.ID); len(a) != 0 || len(b) != 1 {
		t.Errorf("Mike Chen has %q and Mike Stone %q, want it with Stone", a, b)
	}
	// A first name that others have teaches nothing.
	if got, want := d.mentions(d.take("Mike likes tea")), "Mike asked"; got != want {
		t.Errorf("the next Mike is %s, want %s", got, want)
	}
	check(t, d.assign(note, 0))
	if got, want := d.mentions(note), "Mike dismissed"; got != want || len(d.facts(stone.ID)) > 0 {
		t.Errorf("said to be nobody, Mike is %s, and Stone has %q", got, d.facts(stone.ID))
	}
}

func TestAssignSomebodyElseTakesBackWhoWasAdded(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	ana := d.contact("Ana Torres")
	note := d.take("Coffee with Maya Okafor")
	check(t, d.assign(note, ana.ID))
	if got := d.knows(); got != "Ana Torres" {
		t.Errorf("the user knows %s, want Ana alone", got)
	}
	if got, want := d.mentions(d.take("Maya Okafor likes tea")), "Maya Okafor=Ana Torres (named)"; got != want {
		t.Errorf("the next Maya Okafor is %s, want %s", got, want)
	}
}

func TestAssignSomebodyInTheTrash(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	first := d.take("Coffee with Maya Okafor")
	maya := d.contact("Maya Okafor")
	note := d.take("Coffee with Mike")
	d.undo(first)
	gone(t, "a button for somebody who is gone", d.assign(note, maya.ID))
	if got, want := d.mentions(note), "Mike asked"; got != want {
		t.Errorf("the note is about %s, want %s as before", got, want)
	}
}

func TestAssignNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, reply, want string }{
		{"somebody known", "ana", "Maya=Ana Torres (chosen)"},
		{"somebody with a slip", "Ana Tores", "Maya=Ana Torres (chosen)"},
		{"somebody new", "Zoe  Quinn", "Maya=Zoe Quinn (chosen)"},
		{"several", "Mike", ""},
		{"no name", " \n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDiary(t)
			for _, name := range []string{"Ana Torres", "Mike Chen", "Mike Stone"} {
				d.contact(name)
			}
			note := d.take("Coffee with Maya")
			mention := d.first(note).ID
			err := d.tx(func(ctx context.Context, tx *store.Store) error {
				return capture.AssignNamed(ctx, tx, d.user.ID, mention, test.reply)
			})
			if test.want == "" {
				if _, told := core.Sentence(err); !told {
					t.Errorf("%v, want a sentence", err)
				}
				test.want = "Maya asked"
			} else {
				check(t, err)
			}
			if got := d.mentions(note); got != test.want {
				t.Errorf("the note is about %s, want %s", got, test.want)
			}
		})
	}
}

func TestAssignNewNeedsAName(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	note := d.take("It rained all day")
	mention := d.first(note).ID
	err := d.tx(func(ctx context.Context, tx *store.Store) error {
		return capture.AssignNew(ctx, tx, d.user.ID, mention)
	})
	if _, told := core.Sentence(err); !told {
		t.Errorf("a person without a name: %v, want a sentence", err)
	}
}

func TestDecideFact(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	ana := d.contact("Ana Torres")
	note := d.take("Ana moved to Porto")
	d.read(note)
	shown, err := d.db.ShownNote(t.Context(), d.user.ID, note.ID)
	check(t, err)
	facts := shown.Facts
	decide := func(state core.FactState) error {
		return d.tx(func(ctx context.Context, tx *store.Store) error {
			return capture.DecideFact(ctx, tx, d.user.ID, facts[0].ID, state)
		})
	}
	check(t, decide(core.FactDiscarded))
	check(t, decide(core.FactDiscarded)) // a button pressed twice
	if got := d.facts(ana.ID); len(got) > 0 {
		t.Errorf("known of Ana: %q, want nothing", got)
	}
	check(t, decide(core.FactKept))
	if got := d.facts(ana.ID); len(got) != 1 {
		t.Errorf("known of Ana: %q, want the fact again", got)
	}
	rewrite := func(text string) error {
		return d.tx(func(ctx context.Context, tx *store.Store) error {
			return capture.RewriteFact(ctx, tx, d.user.ID, facts[0].ID, text)
		})
	}
	for _, text := range []string{"", "\u200b", strings.Repeat("é", core.MaxFactLen+1)} {
		if _, told := core.Sentence(rewrite(text)); !told {
			t.Errorf("a fact of %.5q is kept", text)
		}
	}
	longest := strings.Repeat("é", core.MaxFactLen)
	check(t, rewrite(longest+"\x00"))
	if got := d.facts(ana.ID); len(got) != 1 || got[0] != longest {
		t.Errorf("known of Ana: %.20q, want the user's words", got)
	}
	if _, err := people.Card(t.Context(), d.db, d.user.ID, ana.ID); err != nil {
		t.Error(err)
	}
}

// A button below a message outlives the note that it was about.
func TestUndoOfWhatIsErased(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	note := d.take("Ana moved to Porto")
	err := d.tx(func(ctx context.Context, tx *store.Store) error {
		_, err := capture.Undo(ctx, tx, d.user.ID, note.ID)
		return err
	})
	check(t, err)
	if purged, err := d.db.PurgeNotes(t.Context(), -time.Minute, 10); err != nil || purged != 1 {
		t.Fatalf("erased %d notes (%v), want 1", purged, err)
	}
	err = d.tx(func(ctx context.Context, tx *store.Store) error {
		_, err := capture.Undo(ctx, tx, d.user.ID, note.ID)
		return err
	})
	if got, _ := core.Sentence(err); got != "That note is gone." {
		t.Errorf("undoing it says %q, want that it is gone", got)
	}
}

// A nickname is forgotten with the note that it is from.
func TestUndoForgetsANickname(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	d.contact("Elizabeth Carter")
	note := d.take("Elizabeth (Liz) Carter likes tea")
	if got, want := d.mentions(d.take("Liz likes figs")), "Liz=Elizabeth Carter (named)"; got != want {
		t.Errorf("Liz is %s, want %s", got, want)
	}
	d.undo(note)
	if got, want := d.mentions(d.take("Liz likes plums")), "Liz asked"; got != want {
		t.Errorf("with the note taken back Liz is %s, want %s", got, want)
	}
}
