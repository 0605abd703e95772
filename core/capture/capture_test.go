package capture_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/analysis"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/outbox"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A diary is a database with a user who writes in it.
type diary struct {
	t    *testing.T
	db   *store.Store
	sql  *pgxpool.Pool
	user core.User
	now  time.Time
}

func newDiary(t *testing.T) *diary {
	t.Helper()
	db, sql := storetest.Open(t)
	return &diary{t: t, db: db, sql: sql, user: storetest.User(t, db), now: time.Now()}
}

// tx does something as the bot would, in one transaction.
func (d *diary) tx(do func(ctx context.Context, tx *store.Store) error) error {
	return d.db.InTx(d.t.Context(), func(tx *store.Store) error { return do(d.t.Context(), tx) })
}

// take keeps a note and owes its confirmation, as the bot does.
func (d *diary) take(text string, change ...func(*capture.Message)) core.Note {
	d.t.Helper()
	m := capture.Message{User: d.user, Text: text, SaidAt: d.now}
	for _, c := range change {
		c(&m)
	}
	var note core.Note
	check(d.t, d.tx(func(ctx context.Context, tx *store.Store) (err error) {
		if note, _, err = capture.Take(ctx, tx, m); err != nil {
			return err
		}
		_, err = outbox.Owe(ctx, tx, core.Message{UserID: d.user.ID, ChatID: 7, Kind: core.MessageNote, NoteID: note.ID})
		return err
	}))
	return note
}

// read has the rules read a note, as a worker would.
func (d *diary) read(note core.Note) {
	d.t.Helper()
	ctx := d.t.Context()
	n, err := d.db.Note(ctx, note.UserID, note.ID)
	check(d.t, err)
	loaded, open, err := analysis.Load(ctx, d.db, n.UserID, n.ID, n.Revision)
	check(d.t, err)
	if !open {
		d.t.Fatalf("note %d is not open to be read", n.ID)
	}
	result, err := (&analysis.Analyst{Engines: []analysis.Engine{analysis.ByRules{}}}).Read(ctx, loaded)
	check(d.t, err)
	check(d.t, d.tx(func(ctx context.Context, tx *store.Store) error {
		return analysis.File(ctx, tx, n.UserID, n.ID, n.Revision, result)
	}))
}

// mentions says whom a note is about: "Ana=Ana Torres (named)".
func (d *diary) mentions(note core.Note) string {
	d.t.Helper()
	c, err := capture.Confirm(d.t.Context(), d.db, note.UserID, note.ID)
	check(d.t, err)
	var list []string
	for _, m := range c.Mentions {
		switch m.State {
		case core.MentionResolved:
			list = append(list, fmt.Sprintf("%s=%s (%s)", m.Name, c.NameOf(m), m.Source))
		default:
			list = append(list, fmt.Sprintf("%s %s", m.Name, m.State))
		}
	}
	return strings.TrimSpace(strings.Join(list, ", "))
}

// facts returns what is kept about somebody, sorted.
func (d *diary) facts(contactID int64) []string {
	d.t.Helper()
	facts, err := d.db.FactsAbout(d.t.Context(), d.user.ID, contactID, "", 100)
	check(d.t, err)
	var list []string
	for _, f := range facts {
		list = append(list, f.Text)
	}
	slices.Sort(list)
	return list
}

// knows returns the names of everybody the user knows.
func (d *diary) knows() string {
	d.t.Helper()
	page, _, err := people.Page(d.t.Context(), d.db, d.user.ID, 0, 100)
	check(d.t, err)
	var list []string
	for _, c := range page {
		list = append(list, c.FullName)
	}
	return strings.Join(list, ", ")
}

func (d *diary) contact(name string) core.Contact {
	return storetest.Contact(d.t, d.db, d.user.ID, name)
}

func (d *diary) undo(note core.Note) bool {
	d.t.Helper()
	var undone bool
	check(d.t, d.tx(func(ctx context.Context, tx *store.Store) (err error) {
		undone, err = capture.Undo(ctx, tx, d.user.ID, note.ID)
		return err
	}))
	return undone
}

func (d *diary) revise(note core.Note, text string) {
	d.t.Helper()
	check(d.t, d.tx(func(ctx context.Context, tx *store.Store) error {
		_, err := capture.Revise(ctx, tx, note, text)
		return err
	}))
}

// first returns the first mention of a note.
func (d *diary) first(note core.Note) core.Mention {
	d.t.Helper()
	list, err := d.db.Mentions(d.t.Context(), note.UserID, note.ID)
	check(d.t, err)
	if len(list) == 0 {
		d.t.Fatalf("note %d mentions nobody", note.ID)
	}
	return list[0]
}

func (d *diary) assign(note core.Note, contactID int64) error {
	id := d.first(note).ID
	return d.tx(func(ctx context.Context, tx *store.Store) error {
		return capture.Assign(ctx, tx, d.user.ID, id, contactID)
	})
}

// tasks returns the states of a note's tasks, the oldest first.
func (d *diary) tasks(note core.Note) []string {
	d.t.Helper()
	var list []string
	check(d.t, d.sql.QueryRow(d.t.Context(),
		`SELECT array_agg(state || ' ' || revision ORDER BY id) FROM tasks WHERE note_id = $1`, note.ID).Scan(&list))
	return list
}

func about(c core.Contact) func(*capture.Message) {
	return func(m *capture.Message) { m.About = c.ID }
}

func by(author string) func(*capture.Message) {
	return func(m *capture.Message) { m.Author = author }
}

// gone fails the test unless err is a sentence that something is not there.
func gone(t *testing.T, what string, err error) {
	t.Helper()
	if _, told := core.Sentence(err); !told || !errors.Is(err, core.ErrNotFound) {
		t.Errorf("%s: %v, want a sentence of kind not found", what, err)
	}
}

func TestTake(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		change     func(d *diary) func(*capture.Message)
		want       string
	}{
		{"somebody known", "Ana likes tea", nil, "Ana=Ana Torres (named)"},
		{"somebody new", "Coffee with Maya Okafor", nil, "Maya Okafor=Maya Okafor (new)"},
		{"a first name nobody has", "Coffee with Maya", nil, "Maya asked"},
		{"a first name several have", "Coffee with Mike", nil, "Mike asked"},
		{"two people", "Ana and Bea Ruiz went climbing", nil, "Ana=Ana Torres (named), Bea Ruiz=Bea Ruiz (named)"},
		{"nobody", "It rained all day", nil, "asked"},
		{"nobody, in reply to something about Bea", "likes tea", func(d *diary) func(*capture.Message) {
			return about(d.contact("Bea Ruiz"))
		}, "=Bea Ruiz (reply)"},
		{"Ana, in reply to something about Bea", "Ana likes her", func(d *diary) func(*capture.Message) {
			return about(d.contact("Bea Ruiz"))
		}, "=Bea Ruiz (reply), Ana=Ana Torres (named)"},
		{"Bea by name, in reply to something about Bea", "Bea likes tea", func(d *diary) func(*capture.Message) {
			return about(d.contact("Bea Ruiz"))
		}, "Bea=Bea Ruiz (reply)"},
		{"Ana and Bea, in reply to something about Bea", "Ana and Bea went climbing", func(d *diary) func(*capture.Message) {
			return about(d.contact("Bea Ruiz"))
		}, "Bea=Bea Ruiz (reply), Ana=Ana Torres (named)"},
		{"a first name several have, said to be about one of them", "Mike likes tea", func(d *diary) func(*capture.Message) {
			return about(d.contact("Mike Stone"))
		}, "Mike=Mike Stone (reply)"},
		{"forwarded from somebody known", "I met Mike and Maya Okafor", func(*diary) func(*capture.Message) { return by("Ana Torres") }, "Ana Torres=Ana Torres (named)"},
		{"forwarded from somebody new", "I like tea", func(*diary) func(*capture.Message) { return by("Zoe Quinn") }, "Zoe Quinn asked"},
		{"forwarded from nobody in particular", "Ana likes tea", func(*diary) func(*capture.Message) { return by(" \u200b ") }, "Ana=Ana Torres (named)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDiary(t)
			for _, name := range []string{"Ana Torres", "Bea Ruiz", "Mike Chen", "Mike Stone"} {
				d.contact(name)
			}
			change := func(*capture.Message) {}
			if test.change != nil {
				change = test.change(d)
			}
			note := d.take(test.text, change)
			if got := d.mentions(note); got != test.want {
				t.Errorf("%q is about %s, want %s", test.text, got, test.want)
			}
			if note.Text != test.text || note.State != core.NotePending {
				t.Errorf("kept %q, %s; want it word for word, pending", note.Text, note.State)
			}
			if got := d.tasks(note); !slices.Equal(got, []string{"queued 1"}) {
				t.Errorf("tasks are %q, want one that is queued", got)
			}
		})
	}
}

// Notes that are taken together can be taken back one by one.
func TestNotesOfOneTransactionHaveStepsOfTheirOwn(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	var notes []core.Note
	check(t, d.tx(func(ctx context.Context, tx *store.Store) error {
		for _, text := range []string{"Ana Torres likes tea", "Bob Hall likes coffee"} {
			note, _, err := capture.Take(ctx, tx, capture.Message{User: d.user, Text: text, SaidAt: d.now})
			if err != nil {
				return err
			}
			notes = append(notes, note)
		}
		return nil
	}))
	for i, note := range notes {
		made, err := d.db.MadeBy(t.Context(), d.user.ID, note.Step)
		check(t, err)
		if len(made) != 2 || !slices.Contains(made, store.Made{Entity: "note", EntityID: note.ID}) {
			t.Errorf("the step of note %d made %v, want that note and the person in it", i+1, made)
		}
	}
}

func TestWhatIsNoNoteLeavesNothing(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	for _, text := range []string{"", " \n", strings.Repeat("a", core.MaxNoteLen+1)} {
		err := d.tx(func(ctx context.Context, tx *store.Store) error {
			_, _, err := capture.Take(ctx, tx, capture.Message{User: d.user, Text: text})
			return err
		})
		if _, told := core.Sentence(err); !told || !errors.Is(err, core.ErrInvalid) {
			t.Errorf("Take(%.5q) = %v, want a sentence of kind invalid", text, err)
		}
	}
	if _, err := d.db.LatestNote(t.Context(), d.user.ID); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("there is a note: %v", err)
	}
}

func TestThePersonFromBefore(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	d.contact("Ana Torres")
	d.take("Ana likes tea")
	d.now = d.now.Add(29 * time.Minute)
	if got, want := d.mentions(d.take("moves to Porto in March")), "=Ana Torres (before)"; got != want {
		t.Errorf("half an hour later it is about %s, want %s", got, want)
	}
	d.now = d.now.Add(2 * time.Minute)
	_, err := d.sql.Exec(t.Context(), `UPDATE messages SET created_at = created_at - interval '31 minutes'`)
	check(t, err)
	if got := d.mentions(d.take("has a cold")); got != "asked" {
		t.Errorf("later still it is about %s, want the user asked", got)
	}
}

// Whom a note is about that loses its names is whom the talk was about when it
// was said, not when it was edited.
func TestThePersonFromBeforeAnEditedNote(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	d.contact("Ana Torres")
	d.contact("Bea Ruiz")
	alone := d.take("Bea likes tea")
	d.take("Ana likes figs")
	after := d.take("Bea likes plums")
	d.take("Bea likes rain")
	d.revise(alone, "likes tea")
	if got, want := d.mentions(alone), "asked"; got != want {
		t.Errorf("the first note is about %s, want the user asked", got)
	}
	d.revise(after, "likes plums")
	if got, want := d.mentions(after), "=Ana Torres (before)"; got != want {
		t.Errorf("the note after one about Ana is about %s, want %s", got, want)
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	ana := d.contact("Ana")
	note := storetest.Note(t, d.db, d.user.ID, "Ana likes tea", ana)
	kept := storetest.Fact(t, d.db, note, "Likes tea")
	asked := storetest.Fact(t, d.db, note, "Likes rain", func(f *core.Fact) { f.State = core.FactAsked })
	storetest.Fact(t, d.db, note, "Is tea", func(f *core.Fact) { f.State = core.FactDiscarded })
	c, err := capture.Confirm(t.Context(), d.db, d.user.ID, note.ID)
	check(t, err)
	if got := c.FactsOf(kept.MentionID); len(got) != 1 || got[0].ID != kept.ID {
		t.Errorf("kept are %v, want %q", got, kept.Text)
	}
	if got := c.FactsAsked(); len(got) != 1 || got[0].ID != asked.ID {
		t.Errorf("asked about are %v, want %q", got, asked.Text)
	}
	if c.Location != d.user.Location() || c.Note.ID != note.ID || len(c.Facts) != 2 {
		t.Errorf("the confirmation is %+v", c)
	}
	_, err = capture.Confirm(t.Context(), d.db, storetest.User(t, d.db).ID, note.ID)
	if !errors.Is(err, core.ErrNotFound) {
		t.Errorf("somebody else's note is confirmed: %v", err)
	}
}

func TestRevise(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, before, after, want, knows string }{
		{"still about Ana", "Ana likes tea", "Ana likes coffee", "Ana=Ana Torres (named)", "Ana Torres, Bea Ruiz"},
		{"about Bea instead", "Ana likes tea", "Bea likes tea", "Bea=Bea Ruiz (named)", "Ana Torres, Bea Ruiz"},
		{"about both", "Ana likes tea", "Ana and Bea like tea", "Ana=Ana Torres (named), Bea=Bea Ruiz (named)", "Ana Torres, Bea Ruiz"},
		{"about nobody", "Ana likes tea", "It rained all day", "asked", "Ana Torres, Bea Ruiz"},
		{"about somebody at last", "It rained all day", "It rained on Ana", "Ana=Ana Torres (named)", "Ana Torres, Bea Ruiz"},
		{
			"a new name spelt right", "Coffee with Maya Okafr", "Coffee with Maya Okafor",
			"Maya Okafor=Maya Okafor (new)", "Ana Torres, Bea Ruiz, Maya Okafor",
		},
		{"a new name as before", "Coffee with Maya Okafor", "Tea with Maya Okafor", "Maya Okafor=Maya Okafor (new)", "Ana Torres, Bea Ruiz, Maya Okafor"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDiary(t)
			d.contact("Ana Torres")
			d.contact("Bea Ruiz")
			note := d.take(test.before)
			d.revise(note, test.after)
			if got := d.mentions(note); got != test.want {
				t.Errorf("%q is about %s, want %s", test.after, got, test.want)
			}
			if got := d.knows(); got != test.knows {
				t.Errorf("the user knows %s, want %s", got, test.knows)
			}
			if got := d.tasks(note); !slices.Equal(got, []string{"cancelled 1", "queued 2"}) {
				t.Errorf("tasks are %q, want the old one cancelled and one for the new words", got)
			}
			if !d.undo(note) {
				t.Error("the revised note could not be taken back")
			}
			if got := d.knows(); got != "Ana Torres, Bea Ruiz" {
				t.Errorf("with all taken back the user knows %s, want who was known", got)
			}
		})
	}
}

func TestReviseKeepsTheUsersWord(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	ana := d.contact("Ana Torres")
	note := d.take("Ana moved to Porto. Ana is allergic to nuts.")
	d.read(note)
	shown, err := d.db.ShownNote(t.Context(), d.user.ID, note.ID)
	check(t, err)
	facts := shown.Facts
	i := slices.IndexFunc(facts, func(f core.Fact) bool { return f.Slot == core.SlotAllergy })
	if len(facts) != 2 || i < 0 {
		t.Fatalf("the rules read %v, want a home and an allergy", facts)
	}
	check(t, d.tx(func(ctx context.Context, tx *store.Store) error {
		return capture.RewriteFact(ctx, tx, d.user.ID, facts[i].ID, "Carries an EpiPen")
	}))
	d.revise(note, "Ana moved to Lisbon. Ana is allergic to nuts.")
	d.read(note)
	got := d.facts(ana.ID)
	if len(got) != 2 || got[0] != "Carries an EpiPen" || !strings.Contains(got[1], "Lisbon") {
		t.Errorf("known of Ana: %q, want the user's own words, and Lisbon in place of Porto", got)
	}
}

func TestReviseKeepsWhomTheUserChose(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	d.contact("Mike Chen")
	stone := d.contact("Mike Stone")
	note := d.take("Mike likes tea")
	check(t, d.assign(note, stone.ID))
	d.revise(note, "Mike likes coffee")
	if got, want := d.mentions(note), "Mike=Mike Stone (chosen)"; got != want {
		t.Errorf("the note is about %s, want %s", got, want)
	}
	d.revise(note, "likes coffee")
	unnamed := d.take("It rained all day", about(stone))
	d.revise(unnamed, "It snowed all day")
	if got, want := d.mentions(unnamed), "=Mike Stone (reply)"; got != want {
		t.Errorf("the note in reply is about %s, want %s", got, want)
	}
	d.revise(unnamed, "Coffee with Mike and Maya Okafor")
	if got, want := d.mentions(unnamed), "Mike=Mike Stone (reply), Maya Okafor=Maya Okafor (new)"; got != want {
		t.Errorf("the note in reply is about %s, want %s", got, want)
	}
	d.revise(unnamed, "Ana asked for tea")
	if got, want := d.mentions(unnamed), "=Mike Stone (reply), Ana asked"; got != want {
		t.Errorf("the note in reply is about %s, want %s", got, want)
	}
	forwarded := d.take("I like tea", by("Zed"))
	d.revise(forwarded, "I like Mike")
	if got, want := d.mentions(forwarded), "Zed asked"; got != want {
		t.Errorf("the forwarded note is about %s, want %s", got, want)
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	note := d.take("Ana likes tea")
	if _, _, err := d.db.FinishNote(t.Context(), d.user.ID, note.ID, 1, core.NoteFailed, ""); err != nil {
		t.Fatal(err)
	}
	check(t, d.tx(func(ctx context.Context, tx *store.Store) error {
		_, err := capture.Retry(ctx, tx, note)
		return err
	}))
	again, err := d.db.Note(t.Context(), d.user.ID, note.ID)
	check(t, err)
	if again.State != core.NotePending || again.Revision != 2 || again.Text != note.Text {
		t.Errorf("tried again, the note is %+v, want it pending as it was", again)
	}
	if got := d.tasks(note); !slices.Equal(got, []string{"cancelled 1", "queued 2"}) {
		t.Errorf("tasks are %q", got)
	}
}

func TestWhatIsInTheTrashStaysThere(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	ana := d.contact("Ana")
	note := d.take("Ana likes tea", func(m *capture.Message) { m.ChatID, m.MessageID = 7, 8 })
	fact := storetest.Fact(t, d.db, note, "Likes tea")
	mention := d.first(note)
	if !d.undo(note) {
		t.Fatal("the note could not be taken back")
	}
	for what, do := range map[string]func(ctx context.Context, tx *store.Store) error{
		"revise": func(ctx context.Context, tx *store.Store) error {
			_, err := capture.Revise(ctx, tx, note, "Ana likes coffee")
			return err
		},
		"retry": func(ctx context.Context, tx *store.Store) error {
			_, err := capture.Retry(ctx, tx, note)
			return err
		},
		"assign": func(ctx context.Context, tx *store.Store) error {
			return capture.Assign(ctx, tx, d.user.ID, mention.ID, ana.ID)
		},
		"assign new": func(ctx context.Context, tx *store.Store) error {
			return capture.AssignNew(ctx, tx, d.user.ID, mention.ID)
		},
		"assign named": func(ctx context.Context, tx *store.Store) error {
			return capture.AssignNamed(ctx, tx, d.user.ID, mention.ID, "Bob")
		},
		"decide": func(ctx context.Context, tx *store.Store) error {
			return capture.DecideFact(ctx, tx, d.user.ID, fact.ID, core.FactDiscarded)
		},
		"rewrite": func(ctx context.Context, tx *store.Store) error {
			return capture.RewriteFact(ctx, tx, d.user.ID, fact.ID, "Likes coffee")
		},
		"live": func(ctx context.Context, tx *store.Store) error {
			_, err := capture.Live(ctx, tx, d.user.ID, note.ID)
			return err
		},
		"find by its message": func(ctx context.Context, tx *store.Store) error {
			_, err := capture.From(ctx, tx, d.user.ID, 7, 8)
			return err
		},
		"find where there is none": func(ctx context.Context, tx *store.Store) error {
			_, err := capture.Live(ctx, tx, d.user.ID, note.ID+1)
			return err
		},
		"take back what is not there": func(ctx context.Context, tx *store.Store) error {
			_, err := capture.Undo(ctx, tx, d.user.ID, note.ID+1)
			return err
		},
	} {
		gone(t, what, d.tx(do))
	}
	if got := d.knows(); got != "Ana" {
		t.Errorf("the user knows %s, want Ana", got)
	}
}

func TestFrom(t *testing.T) {
	t.Parallel()
	d := newDiary(t)
	want := d.take("Ana likes tea", func(m *capture.Message) { m.ChatID, m.MessageID = 7, 8 })
	got, err := capture.From(t.Context(), d.db, d.user.ID, 7, 8)
	if err != nil || got.ID != want.ID {
		t.Errorf("message 8 made note %d (%v), want %d", got.ID, err, want.ID)
	}
	_, err = capture.From(t.Context(), d.db, d.user.ID, 7, 9)
	if _, told := core.Sentence(err); told || !errors.Is(err, core.ErrNotFound) {
		t.Errorf("a message that made no note: %v, want not found without a sentence", err)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Ana likes tea": "english", "Анна любит чай": "russian", "Анна likes tea and coffee": "english",
		"": "english", "🎂 42": "english", "José gosta de chá": "english",
	} {
		if got := capture.Language(text); got != want {
			t.Errorf("%q is read as %s, want %s", text, got, want)
		}
	}
}
