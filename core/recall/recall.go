package recall

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// A Line is one thing that is known, and the note that says so.
type Line struct {
	ContactID int64  // whom it is about, first of all; 0 for nobody
	Name      string // theirs; of a note about several, the names of all
	Text      string // a fact's words, or a note's; "" when At says all
	Quote     string // the words of the note that say so, exactly; "" for the whole note
	FactID    int64  // 0 for what is no fact
	Reminder  int64  // the reminder that no fact says; 0 for anything else
	NoteID    int64  // 0 when no note says so
	At        time.Time
	Due       time.Time // of what is to be done at a time; zero for anything else
	Birthday  core.Birthday
	Score     float64 // 0..1, of what was found by its words
}

// A Finding is what memory has for a question. Without lines, nothing is known.
type Finding struct {
	Question Question
	About    int64  // the one contact the question is about; 0 for none or several
	Unknown  string // the name in the question that nobody has; "" otherwise
	Lines    []Line
	More     bool          // there are more lines than these
	People   []FoundPerson // found by their names; of a search only
}

// Most lines in a finding.
const mostLines = 8

// Find looks for what memory has for a question of the user's. Now is in the
// user's location.
func Find(ctx context.Context, db *store.Store, userID int64, text string, now time.Time) (found Finding, err error) {
	err = db.Reading(ctx, userID, func(ctx context.Context, db *store.Store) (err error) {
		found, err = find(ctx, db, userID, text, now)
		return err
	})
	return found, err
}

func find(ctx context.Context, db *store.Store, userID int64, text string, now time.Time) (Finding, error) {
	f := finder{db: db, userID: userID, now: now, most: mostLines, each: mostLines}
	f.Question = Parse(text)
	if err := f.find(ctx, text); err != nil {
		return Finding{}, err
	}
	if len(f.Lines) == 0 && !slices.Contains(final, f.Question.Kind) {
		if err := f.words(ctx, text); err != nil {
			return Finding{}, err
		}
		if f.Question.Kind == KindWhoHas && !slices.Contains(f.Question.Slots, core.SlotDislike) {
			f.Lines = slices.DeleteFunc(f.Lines, denies)
		}
	}
	return f.Finding, nil
}

// final are the kinds of question that words answer already, or no better.
var final = []Kind{KindWords, KindAbout, KindNextBirthday, KindToDo, KindToday, KindTalked}

// denial starts facts that say what is not so, or is so no more.
var denial = regexp.MustCompile(`(?i)^(?:(?:is|are|was|do|does|did|has|have|ca|wo|would|could)(?:n['’]t| not)|cannot|not|never|no longer|left) `)

// denies reports whether a line is a fact that is no answer to who is or does
// something, though it has the words.
func denies(l Line) bool { return l.FactID != 0 && denial.MatchString(l.Text) }

// Search looks for people, facts and notes by words.
func Search(ctx context.Context, db *store.Store, userID int64, words string, now time.Time) (found Finding, err error) {
	err = db.Reading(ctx, userID, func(ctx context.Context, db *store.Store) error {
		f := finder{db: db, userID: userID, now: now, most: mostLines, each: mostLines}
		err := f.search(ctx, words, mostPeople)
		found = f.Finding
		return err
	})
	return found, err
}

// Most people in what a search found.
const mostPeople = 5

type finder struct {
	Finding
	db     *store.Store
	userID int64
	now    time.Time
	most   int  // lines at most
	each   int  // facts at most, and notes
	every  bool // has notes that a line comes from already, too
}

// search looks for up to most people, facts and notes.
func (f *finder) search(ctx context.Context, words string, most int) error {
	f.Question = Question{Kind: KindSearch, Words: words}
	like, err := f.db.NamesLike(ctx, f.userID, words, most)
	if err != nil {
		return err
	}
	for _, n := range like {
		f.addPerson(n)
	}
	if err := f.words(ctx, words); err != nil || len(f.People)+len(f.Lines) > 0 {
		return err
	}
	return f.slipped(ctx, words, most)
}

func (f *finder) find(ctx context.Context, text string) error {
	switch f.Question.Kind {
	case KindNextBirthday:
		return f.nextBirthdays(ctx)
	case KindToDo:
		return f.toDo(ctx)
	case KindToday:
		return f.today(ctx)
	case KindTalked:
		return f.talked(ctx)
	case KindWhoHas:
		return f.whoHas(ctx)
	case KindWords:
		return f.words(ctx, text)
	}
	which, err := whom(ctx, f.db, f.userID, f.Question.Name)
	if err != nil {
		return err
	}
	if len(which.Fits) == 0 {
		f.Question.Kind, f.Unknown = KindWords, f.Question.Name
		if err := f.words(ctx, text); err != nil || len(f.Lines) > 0 {
			return err
		}
		f.Question.Words = content(f.Question.Name) // a note may have it, and still ask who that is
		return f.words(ctx, f.Question.Name)
	}
	if one, ok := which.One(); ok {
		f.About = one.ContactID
	}
	for _, p := range which.Fits[:min(len(which.Fits), mostLines)] {
		if err := f.ofPerson(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// ofPerson answers a question about one person.
func (f *finder) ofPerson(ctx context.Context, p people.Person) error {
	switch f.Question.Kind {
	case KindLastTalk:
		return f.lastTalk(ctx, p)
	case KindBirthday, KindAge:
		c, err := f.db.Contact(ctx, f.userID, p.ContactID)
		if err == nil && c.Birthday.Known() {
			f.add(Line{ContactID: c.ID, Name: c.FullName, Birthday: c.Birthday, At: c.Birthday.Next(f.now)})
		}
		return err
	case KindPromised:
		return f.facts(ctx, p, core.Actionable, nil)
	case KindWhatOf:
		return f.facts(ctx, p, "", f.Question.Slots)
	default:
		return f.facts(ctx, p, "", nil)
	}
}

func (f *finder) lastTalk(ctx context.Context, p people.Person) error {
	m, err := f.db.LastMeeting(ctx, f.userID, p.ContactID, f.now)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f.add(Line{ContactID: p.ContactID, Name: p.FullName, NoteID: m.NoteID, At: m.At})
	return nil
}

// facts adds what is known of a person, in a category or in slots.
func (f *finder) facts(ctx context.Context, p people.Person, category core.Category, slots []core.Slot) error {
	facts, err := f.db.FactsAbout(ctx, f.userID, p.ContactID, category, 100)
	if err != nil {
		return err
	}
	for _, fact := range facts {
		if slots == nil || slices.Contains(slots, fact.Slot) {
			f.addFact(fact, p.FullName)
		}
	}
	return nil
}

func (f *finder) nextBirthdays(ctx context.Context) error {
	from, to, most := f.now, time.Time{}, 5
	if f.Question.Period != "" {
		from, to = days(f.Question.Period, f.now)
		most = f.most
	}
	list, err := f.db.NextBirthdays(ctx, f.userID, from, most)
	for _, c := range list {
		if !to.IsZero() && !c.Birthday.Next(from).Before(to) {
			break
		}
		f.add(Line{ContactID: c.ID, Name: c.FullName, Birthday: c.Birthday, At: c.Birthday.Next(f.now)})
	}
	return err
}

// toDo adds what is to be done: what falls due in the period asked for, or else
// from today on, then what may be done at any time, and what is overdue unless a
// period is asked for.
func (f *finder) toDo(ctx context.Context) error {
	from, to := days(cmp.Or(f.Question.Period, "today"), f.now)
	if f.Question.Period == "" {
		to = time.Time{}
	}
	list, err := f.db.ToDo(ctx, f.userID, from, to, f.most+1)
	for _, d := range list[:min(len(list), f.most)] {
		l := Line{
			ContactID: d.ContactID, Name: d.FullName, Text: d.Text, Quote: d.Quote, FactID: d.FactID, Reminder: d.ReminderID, NoteID: d.NoteID, At: d.SaidAt,
		}
		if d.DueAt != nil {
			l.Due = *d.DueAt
		}
		f.add(l)
	}
	f.More = len(list) > f.most
	return err
}

// today adds whose birthday is today, and what is to be done today.
func (f *finder) today(ctx context.Context) error {
	f.Question.Period = "today"
	if err := f.nextBirthdays(ctx); err != nil {
		return err
	}
	return f.toDo(ctx)
}

// talked adds whom the user was in touch with, the latest first.
func (f *finder) talked(ctx context.Context) error {
	from, to := lately(f.Question.Period, f.now)
	list, err := f.db.MetBetween(ctx, f.userID, from, to, f.most)
	for _, m := range list {
		f.add(Line{ContactID: m.ContactID, Name: m.FullName, NoteID: m.NoteID, At: m.At})
	}
	return err
}

func (f *finder) whoHas(ctx context.Context) error {
	facts, err := f.db.FactsBySlot(ctx, f.userID, f.Question.Slots, f.Question.Value, mostLines*2)
	for _, fact := range facts {
		f.addFact(fact.Fact, fact.FullName)
	}
	return err
}

func (f *finder) addFact(fact core.Fact, name string) {
	l := Line{
		ContactID: fact.ContactID, Name: name, Text: fact.Text, Quote: fact.Quote, FactID: fact.ID, NoteID: fact.NoteID, At: fact.SaidAt,
	}
	if fact.DueAt != nil {
		l.Due = *fact.DueAt
	}
	f.add(l)
}

// words answers by full text: facts and notes that have the words that matter.
// Where a search finds little, its last word may be the beginning of one.
func (f *finder) words(ctx context.Context, text string) error {
	words := store.Words{Text: f.Question.Words, Lang: capture.Language(f.Question.Words)}
	if words.Text == "" {
		return nil
	}
	if err := f.factsWith(ctx, words, 1); err != nil {
		return err
	}
	passages, err := f.db.SearchNotes(ctx, f.userID, words, f.each)
	if err == nil && (len(passages) == 0 || f.Question.Kind != KindSearch) {
		passages, err = f.aboutNamed(ctx, text, words, passages)
	}
	f.addPassages(passages, 1)
	if err != nil || f.Question.Kind != KindSearch || len(f.Lines) >= little {
		return err
	}
	return f.begun(ctx, words)
}

// aboutNamed finds out whether the words name one contact. Where no passages
// have all of the words, it returns those about that contact, in which one of
// the other words is enough.
func (f *finder) aboutNamed(ctx context.Context, text string, words store.Words, passages []store.Passage) ([]store.Passage, error) {
	known, err := people.InText(ctx, f.db, f.userID, text)
	if err != nil {
		return nil, err
	}
	if len(known) > 0 && f.About == 0 && single(known) {
		f.About = known[0].ContactID
	}
	if len(passages) > 0 || f.About == 0 {
		return passages, nil
	}
	one := store.Words{Text: others(words.Text, known), Lang: words.Lang, Any: true}
	return f.db.SearchNotesAbout(ctx, f.userID, f.About, one, f.each)
}

// little is how few lines are too few for a search to end.
const little = 3

// begun adds facts and notes with a word that the last one of a search begins.
func (f *finder) begun(ctx context.Context, words store.Words) error {
	var ok bool
	if words.Text, words.Start, ok = unfinished(words.Text); !ok {
		return nil
	}
	if err := f.factsWith(ctx, words, scoreBegun); err != nil {
		return err
	}
	passages, err := f.db.SearchNotes(ctx, f.userID, words, f.each)
	f.addPassages(passages, scoreBegun)
	return err
}

// factsWith adds the facts that have the words.
func (f *finder) factsWith(ctx context.Context, words store.Words, worth float64) error {
	found, err := f.db.SearchFacts(ctx, f.userID, words, f.each)
	f.addFacts(found, worth)
	return err
}
