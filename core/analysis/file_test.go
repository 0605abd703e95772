package analysis

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// A desk is a database with a user in Lisbon, on which notes are filed.
type desk struct {
	t    *testing.T
	db   *store.Store
	user core.User
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := storetest.New(t)
	user, err := db.AddUser(t.Context(), core.User{TelegramID: 1, Role: core.RoleUser, Timezone: "Europe/Lisbon"})
	check(t, err)
	return &desk{t: t, db: db, user: user}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) contact(name string) core.Contact {
	return storetest.Contact(d.t, d.db, d.user.ID, name)
}

func (d *desk) note(text string, about ...core.Contact) core.Note {
	return storetest.NoteAt(d.t, d.db, d.user.ID, time.Date(2026, 7, 14, 17, 5, 0, 0, time.UTC), text, about...)
}

// file files drafts and meetings as the reading of a note.
func (d *desk) file(n core.Note, r core.Reading) {
	d.t.Helper()
	check(d.t, d.db.InTx(d.t.Context(), func(tx *store.Store) error {
		return File(d.t.Context(), tx, n.UserID, n.ID, n.Revision, Result{Reading: r, Engine: "scripted"})
	}))
}

// filed says what became of a note: "Ana Torres: Likes tea (kept)", sorted.
func (d *desk) filed(n core.Note) string {
	d.t.Helper()
	shown, err := d.db.ShownNote(d.t.Context(), n.UserID, n.ID)
	check(d.t, err)
	var list []string
	for _, f := range shown.Facts {
		i := slices.IndexFunc(shown.Mentions, func(m store.NamedMention) bool { return m.ID == f.MentionID })
		m := shown.Mentions[i]
		who := m.FullName
		if who == "" {
			who = m.Name + "?"
		}
		if f.ContactID != m.ContactID {
			d.t.Errorf("%q is filed under contact %d, its mention under %d", f.Text, f.ContactID, m.ContactID)
		}
		list = append(list, fmt.Sprintf("%s: %s (%s)", who, f.Text, f.State))
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

// says is a draft whose quote is its text.
func says(about, text string, change ...func(*core.Draft)) core.Draft {
	d := core.Draft{About: about, Category: core.Others, Text: text, Quote: text, Confidence: 1}
	for _, c := range change {
		c(&d)
	}
	return d
}

func drafts(list ...core.Draft) core.Reading { return core.Reading{Drafts: list} }

func TestLoad(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.contact("Ana Torres")
	d.contact("Bob Hall")
	note := d.note("Ana likes tea")
	got, open, err := Load(t.Context(), d.db, d.user.ID, note.ID, 1)
	check(t, err)
	if !open || got.Text != note.Text || !slices.Equal(got.Known, []string{"Ana Torres"}) || got.Author != "" {
		t.Errorf("loaded %+v, %v; want the note, and whom it may name", got, open)
	}
	if want := "2026-07-14 18:05"; got.At.Format("2006-01-02 15:04") != want {
		t.Errorf("it was said at %v, want %s in Lisbon", got.At, want)
	}
	for name, change := range map[string]func(n core.Note) error{
		"edited": func(n core.Note) error {
			_, err := d.db.ReviseNote(t.Context(), n.UserID, n.ID, "Ana likes coffee", "english")
			return err
		},
		"read": func(n core.Note) error {
			_, _, err := d.db.FinishNote(t.Context(), n.UserID, n.ID, 1, core.NoteDone, "rules")
			return err
		},
		"taken back": func(n core.Note) error {
			_, err := d.db.TrashNote(t.Context(), n.UserID, n.ID)
			return err
		},
	} {
		note := d.note("Ana likes tea")
		check(t, change(note))
		if _, open, err := Load(t.Context(), d.db, d.user.ID, note.ID, 1); open || err != nil {
			t.Errorf("a note that was %s is to be read: %v, %v", name, open, err)
		}
	}
	if _, _, err := Load(t.Context(), d.db, d.user.ID+1, note.ID, 1); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("somebody else's note: %v, want not found", err)
	}
}

func TestEachFactGoesToItsOwnPerson(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		about      []string // whom the note mentions already
		drafts     []core.Draft
		want       string
		mentions   int
	}{
		{"by name", "Ana likes tea", []string{"Ana Torres"}, []core.Draft{says("Ana Torres", "likes tea")}, "Ana Torres: likes tea (kept)", 1},
		{"in another case", "ana likes tea", []string{"Ana Torres"}, []core.Draft{says("ana torres", "likes tea")}, "Ana Torres: likes tea (kept)", 1},
		{
			"by the first name of who is named in full", "Ana Torres called. Ana likes tea",
			[]string{"Ana Torres"},
			[]core.Draft{says("Ana", "likes tea"), says("Ana Torres", "called")},
			"Ana Torres: called (kept); Ana Torres: likes tea (kept)", 1,
		},
		{"whom the note is about", "likes tea", []string{"Ana Torres"}, []core.Draft{says("", "likes tea")}, "Ana Torres: likes tea (kept)", 1},
		{
			"two people", "Ana likes tea, Bob Hall likes rain",
			[]string{"Ana Torres", "Bob Hall"},
			[]core.Draft{says("Bob Hall", "likes rain"), says("Ana Torres", "likes tea")},
			"Ana Torres: likes tea (kept); Bob Hall: likes rain (kept)", 2,
		},
		{"somebody known whom nobody had found", "zed likes tea", nil, []core.Draft{says("zed", "likes tea")}, "Zed Zulu: likes tea (kept)", 1},
		{"a first name nobody has", "Maya likes tea", nil, []core.Draft{says("Maya", "likes tea")}, "Maya?: likes tea (kept)", 1},
		{"a full name nobody has", "Maya Okafor likes tea", nil, []core.Draft{says("Maya Okafor", "likes tea")}, "Maya Okafor: likes tea (kept)", 1},
		{"nobody at all", "likes tea", nil, []core.Draft{says("", "likes tea"), says("", "tea")}, "?: likes tea (kept); ?: tea (kept)", 1},
		{
			"unsure", "Ana likes tea",
			[]string{"Ana Torres"},
			[]core.Draft{says("", "likes tea", func(d *core.Draft) { d.Confidence = core.KeepAt - .01 }), says("", "tea", func(d *core.Draft) { d.Confidence = core.KeepAt })},
			"Ana Torres: likes tea (asked); Ana Torres: tea (kept)", 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.contact("Zed Zulu")
			var about []core.Contact
			for _, name := range test.about {
				about = append(about, d.contact(name))
			}
			note := d.note(test.text, about...)
			d.file(note, drafts(test.drafts...))
			if got := d.filed(note); got != test.want {
				t.Errorf("filed %s, want %s", got, test.want)
			}
			mentions, err := d.db.Mentions(t.Context(), d.user.ID, note.ID)
			check(t, err)
			if len(mentions) != test.mentions {
				t.Errorf("the note mentions %v, want %d", mentions, test.mentions)
			}
			if got, err := d.db.Note(t.Context(), d.user.ID, note.ID); err != nil || got.State != core.NoteDone || got.Engine != "scripted" {
				t.Errorf("the note is %s by %q (%v), want done by scripted", got.State, got.Engine, err)
			}
		})
	}
}

func TestWhatAFactKeeps(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ana := d.contact("Ana Torres")
	note := d.note("Ana: send her the number, born 14 March", ana)
	friday := time.Date(2026, 7, 17, 0, 0, 0, 0, d.user.Location())
	d.file(note, drafts(
		says("", "send her the number", func(f *core.Draft) { f.Category, f.Due = core.Actionable, &core.Moment{At: friday} }),
		says("", "born 14 March", func(f *core.Draft) {
			f.Slot, f.Value, f.Birthday = core.SlotBirthday, "14 March", core.Birthday{Month: time.March, Day: 14}
		}),
	))
	shown, err := d.db.ShownNote(t.Context(), d.user.ID, note.ID)
	check(t, err)
	nine := friday.Add(9 * time.Hour)
	for i, want := range []core.Fact{
		{Category: core.Actionable, Text: "send her the number", Quote: "send her the number", QuoteStart: 5, DueAt: &nine},
		{Category: core.Others, Text: "born 14 March", Quote: "born 14 March", QuoteStart: 26, Slot: core.SlotBirthday, Value: "--03-14"},
	} {
		got := shown.Facts[i]
		want.UserID, want.ID, want.NoteID, want.MentionID, want.ContactID = d.user.ID, got.ID, note.ID, got.MentionID, ana.ID
		want.Confidence, want.State, want.SaidAt = 1, core.FactKept, got.SaidAt
		if diff := cmp.Diff(want, got); diff != "" || !got.SaidAt.Equal(note.SaidAt) {
			t.Errorf("filed otherwise (-want +got):\n%s", diff)
		}
	}
	if got, err := d.db.Contact(t.Context(), d.user.ID, ana.ID); err != nil || got.Birthday.String() != "--03-14" {
		t.Errorf("Ana's birthday is %s (%v), want 14 March", got.Birthday, err)
	}
}

func TestWhatOthersWriteIsAskedAbout(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ana := d.contact("Ana Torres")
	note, err := d.db.AddNote(t.Context(), store.NewNote{UserID: d.user.ID, Text: "Bob Hall likes tea", Lang: "english", Author: "Ana Torres"})
	check(t, err)
	_, err = d.db.AddMention(t.Context(), core.Mention{
		UserID: d.user.ID, NoteID: note.ID, Name: "Ana Torres", ContactID: ana.ID, State: core.MentionResolved, Source: core.MentionNamed,
	})
	check(t, err)
	d.file(note, drafts(says("Bob Hall", "likes tea")))
	if got, want := d.filed(note), "Ana Torres: likes tea (asked)"; got != want {
		t.Errorf("filed %s, want %s: it is about who wrote it", got, want)
	}
}

func TestANewReadingReplacesTheOld(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ana := d.contact("Ana Torres")
	note := d.note("Ana likes tea, hates rain, plays chess", ana)
	met := core.Meeting{On: note.SaidAt}
	d.file(note, core.Reading{
		Drafts: []core.Draft{says("", "likes tea"), says("", "hates rain"), says("", "plays chess")}, Meetings: []core.Meeting{met, met},
	})
	if _, err := d.db.LastMeeting(t.Context(), d.user.ID, ana.ID, time.Now()); err != nil {
		t.Errorf("the meeting is not kept: %v", err)
	}
	shown, err := d.db.ShownNote(t.Context(), d.user.ID, note.ID)
	check(t, err)
	check(t, d.db.RewriteFact(t.Context(), d.user.ID, shown.Facts[0].ID, "Likes green tea", nil))
	_, err = d.db.SetFactState(t.Context(), d.user.ID, shown.Facts[1].ID, core.FactDiscarded)
	check(t, err)
	old := note
	note, err = d.db.ReviseNote(t.Context(), d.user.ID, note.ID, "Ana likes tea, hates rain, plays go", "english")
	check(t, err)

	d.file(old, drafts(says("", "plays chess"))) // comes late
	if got, want := d.filed(note), "Ana Torres: Likes green tea (kept); Ana Torres: plays chess (kept)"; got != want {
		t.Errorf("after a reading of the old words: %s, want %s", got, want)
	}
	d.file(note, drafts(says("", "likes tea"), says("", "hates rain"), says("", "plays go")))
	if got, want := d.filed(note), "Ana Torres: Likes green tea (kept); Ana Torres: plays go (kept)"; got != want {
		t.Errorf("after a reading of the new words: %s, want %s", got, want)
	}
	if got, err := d.db.LastMeeting(t.Context(), d.user.ID, ana.ID, time.Now()); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("the new words tell of a meeting: %v, %v", got, err)
	}
}

func TestAReadingThatBreaksOffKeepsNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	note := d.note("Ana likes tea", d.contact("Ana Torres"))
	for name, bad := range map[string]core.Reading{
		"no words":            drafts(says("", "likes tea"), says("", "")),
		"a made-up category":  drafts(says("", "likes tea"), says("", "tea", func(d *core.Draft) { d.Category = "gossip" })),
		"a name that is none": {Drafts: []core.Draft{says("", "likes tea"), says(strings.Repeat("a ", 300), "tea")}},
		"a meeting with one":  {Meetings: []core.Meeting{{About: strings.Repeat("a ", 300), On: time.Now()}}},
	} {
		err := d.db.InTx(t.Context(), func(tx *store.Store) error {
			return File(t.Context(), tx, note.UserID, note.ID, note.Revision, Result{Reading: bad})
		})
		if err == nil || strings.Contains(err.Error(), "likes tea") {
			t.Errorf("%s: %v, want an error without the note", name, err)
		}
		if got := d.filed(note); got != "" {
			t.Errorf("%s: filed %s, want nothing", name, got)
		}
	}
	if got, err := d.db.Note(t.Context(), d.user.ID, note.ID); err != nil || got.State != core.NotePending {
		t.Errorf("the note is %s (%v), want pending still", got.State, err)
	}
}

// What the user was reminded of is not filed again when another engine quotes more
// of the note, or less.
func TestTells(t *testing.T) {
	t.Parallel()
	do := core.Draft{Category: core.Actionable, Quote: "call Ana tomorrow"}
	for quote, want := range map[string]bool{
		"call Ana tomorrow": true, "Remind me to call Ana tomorrow": true, "call Ana": true, "send Ben the book": false,
	} {
		if got := tells(quote, do); got != want {
			t.Errorf("%q tells of %q: %v, want %v", quote, do.Quote, got, want)
		}
	}
	if tells("Ana likes tea and figs", core.Draft{Category: core.Avocation, Quote: "likes tea"}) {
		t.Error("one fact is taken for another that it has the words of")
	}
}
