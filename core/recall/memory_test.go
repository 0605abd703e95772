package recall

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/llm/llmtest"
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

func TestParse(t *testing.T) {
	t.Parallel()
	places, work := []core.Slot{core.SlotHome, core.SlotPlace}, []core.Slot{core.SlotEmployer}
	for text, want := range map[string]Question{
		"When did I last talk to Mike?":               {Kind: KindLastTalk, Name: "Mike"},
		"when have I last seen Ana Torres":            {Kind: KindLastTalk, Name: "Ana Torres"},
		"Hey, when did we last have coffee with Ana?": {Kind: KindLastTalk, Name: "Ana"},
		"Last time I spoke with Ana?":                 {Kind: KindLastTalk, Name: "Ana"},
		"How long has it been since I met Ana?":       {Kind: KindLastTalk, Name: "Ana"},
		"Whose birthday is next?":                     {Kind: KindNextBirthday},
		"Who has a birthday soon?":                    {Kind: KindNextBirthday},
		"next birthdays":                              {Kind: KindNextBirthday},
		"birthdays this week?":                        {Kind: KindNextBirthday, Period: "this week"},
		"Who has a birthday in may?":                  {Kind: KindNextBirthday, Period: "in May"},
		"Whose birthday is today?":                    {Kind: KindNextBirthday, Period: "today"},
		"Are there any birthdays next month?":         {Kind: KindNextBirthday, Period: "next month"},
		"Which people live in Berlin?":                {Kind: KindWhoHas, Slots: places, Value: "Berlin"},
		"show everyone in Berlin":                     {Kind: KindWhoHas, Slots: places, Value: "Berlin"},
		"List all my friends who work at Stripe":      {Kind: KindWhoHas, Slots: work, Value: "Stripe"},
		"When is Ana's birthday?":                     {Kind: KindBirthday, Name: "Ana"},
		"when’s Ana’s birthday":                       {Kind: KindWords},
		"birthday of Ana":                             {Kind: KindBirthday, Name: "Ana"},
		"How old is Ana?":                             {Kind: KindAge, Name: "Ana"},
		"What did I promise Ana?":                     {Kind: KindPromised, Name: "Ana"},
		"What do I owe Mike?":                         {Kind: KindPromised, Name: "Mike"},
		"Who do I know in Lisbon?":                    {Kind: KindWhoHas, Slots: places, Value: "Lisbon"},
		"who lives in the Netherlands?":               {Kind: KindWhoHas, Slots: places, Value: "Netherlands"},
		"Do I know anyone in Porto?":                  {Kind: KindWhoHas, Slots: places, Value: "Porto"},
		"Who is moving to Porto?":                     {Kind: KindWhoHas, Slots: []core.Slot{core.SlotPlace, core.SlotHome}, Value: "Porto"},
		"Who works at Stripe?":                        {Kind: KindWhoHas, Slots: work, Value: "Stripe"},
		"anybody at Stripe?":                          {Kind: KindWhoHas, Slots: work, Value: "Stripe"},
		"Who likes tea?":                              {Kind: KindWhoHas, Slots: []core.Slot{core.SlotLike}, Value: "tea"},
		"Who hates rain?":                             {Kind: KindWhoHas, Slots: []core.Slot{core.SlotDislike}, Value: "rain"},
		"Who is allergic to nuts?":                    {Kind: KindWhoHas, Slots: []core.Slot{core.SlotAllergy}, Value: "nuts"},
		"Where does Ana live?":                        {Kind: KindWhatOf, Slots: places, Name: "Ana"},
		"Where does Ana work now?":                    {Kind: KindWhatOf, Slots: work, Name: "Ana"},
		"What is Mike allergic to?":                   {Kind: KindWhatOf, Slots: []core.Slot{core.SlotAllergy}, Name: "Mike"},
		"Is Mike allergic to nuts?":                   {Kind: KindWhatOf, Slots: []core.Slot{core.SlotAllergy}, Name: "Mike"},
		"what's Ana's email?":                         {Kind: KindWhatOf, Slots: []core.Slot{core.SlotEmail}, Name: "Ana"},
		"Show me Ana's phone number":                  {Kind: KindWhatOf, Slots: []core.Slot{core.SlotPhone}, Name: "Ana"},
		"Who are Ana's kids?":                         {Kind: KindWhatOf, Slots: []core.Slot{core.SlotKin}, Name: "Ana"},
		"What do I have to do this week?":             {Kind: KindToDo, Period: "this week"},
		"what's to do?":                               {Kind: KindToDo},
		"What is there still to do today":             {Kind: KindToDo, Period: "today"},
		"what should I do tomorrow?":                  {Kind: KindToDo, Period: "tomorrow"},
		"what's due next week?":                       {Kind: KindToDo, Period: "next week"},
		"my to-dos":                                   {Kind: KindToDo},
		"Show me my open to-dos for this week":        {Kind: KindToDo, Period: "this week"},
		"show my reminders":                           {Kind: KindToDo},
		"What are my reminders?":                      {Kind: KindToDo},
		"my reminders for tomorrow":                   {Kind: KindToDo, Period: "tomorrow"},
		"Reminders":                                   {Kind: KindToDo},
		"my agenda":                                   {Kind: KindToDo},
		"What is on my agenda today?":                 {Kind: KindToDo, Period: "today"},
		"what's next?":                                {Kind: KindToDo},
		"What did I promise?":                         {Kind: KindToDo},
		"what do I have to do on Friday?":             {Kind: KindToDo, Period: "on Friday"},
		"anything to do on sunday?":                   {Kind: KindToDo, Period: "on Sunday"},
		"what's on tomorrow?":                         {Kind: KindToDo, Period: "tomorrow"},
		"anything to do?":                             {Kind: KindToDo},
		"Anything for today?":                         {Kind: KindToday},
		"anything to do today?":                       {Kind: KindToday},
		"Do I have anything planned for today?":       {Kind: KindToday},
		"What do I have today?":                       {Kind: KindToday},
		"What is on today?":                           {Kind: KindToday},
		"Anything new from Ana?":                      {Kind: KindWords},
		"What is next to the bakery?":                 {Kind: KindWords},
		"What is on the menu tomorrow?":               {Kind: KindWords},
		"What do I have to do for Ana?":               {Kind: KindPromised, Name: "Ana"},
		"What is there to do in Lisbon?":              {Kind: KindWords},
		"What does Ana do?":                           {Kind: KindWords},
		"What should I do about the leak?":            {Kind: KindWords},
		"Who did I talk to today?":                    {Kind: KindTalked, Period: "today"},
		"who have I met this week":                    {Kind: KindTalked, Period: "this week"},
		"Whom did I speak with yesterday?":            {Kind: KindTalked, Period: "yesterday"},
		"Who did I have lunch with last week?":        {Kind: KindTalked, Period: "last week"},
		"Who did Ana talk to today?":                  {Kind: KindWords},
		"Who did I talk to about sailing this week?":  {Kind: KindWords},
		"Who should I talk to today?":                 {Kind: KindWords},
		"Who is Ana?":                                 {Kind: KindAbout, Name: "Ana"},
		"Tell me about Ana Torres":                    {Kind: KindAbout, Name: "Ana Torres"},
		"  what\n about   Ana ?!":                     {Kind: KindAbout, Name: "Ana"},
		"Did it rain in May?":                         {Kind: KindWords},
		"":                                            {Kind: KindWords},
		"???":                                         {Kind: KindWords},
	} {
		got := Parse(text)
		if got.Kind != want.Kind || got.Name != want.Name || got.Value != want.Value || got.Period != want.Period || !slices.Equal(got.Slots, want.Slots) {
			t.Errorf("%q asks for %+v, want %+v", text, got, want)
		}
	}
}

func TestDaysOfAPeriod(t *testing.T) {
	t.Parallel()
	sunday := time.Date(2026, 11, 29, 18, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		period   string
		now      time.Time
		from, to string
	}{
		{"today", sunday, "2026-11-29", "2026-11-30"},
		{"tomorrow", sunday, "2026-11-30", "2026-12-01"},
		{"this week", sunday, "2026-11-29", "2026-11-30"},
		{"this week", sunday.AddDate(0, 0, 1), "2026-11-30", "2026-12-07"},
		{"next week", sunday, "2026-11-30", "2026-12-07"},
		{"this month", sunday, "2026-11-29", "2026-12-01"},
		{"next month", sunday.AddDate(0, 1, 0), "2027-01-01", "2027-02-01"},
		{"in November", sunday, "2026-11-29", "2026-12-01"},
		{"in December", sunday, "2026-12-01", "2027-01-01"},
		{"in May", sunday, "2027-05-01", "2027-06-01"},
		{"on Friday", sunday, "2026-12-04", "2026-12-05"},
		{"on Sunday", sunday, "2026-11-29", "2026-11-30"},
		{"on Saturday", sunday.AddDate(0, 0, -2), "2026-11-28", "2026-11-29"},
	} {
		from, to := days(test.period, test.now)
		if from.Format(time.DateOnly) != test.from || to.Format(time.DateOnly) != test.to {
			t.Errorf("%s on %v is from %v until %v, want from %s until %s", test.period, test.now, from, to, test.from, test.to)
		}
	}
}

func TestDaysOfAPeriodThatHasBegun(t *testing.T) {
	t.Parallel()
	sunday := time.Date(2026, 11, 29, 18, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		period   string
		now      time.Time
		from, to string
	}{
		{"today", sunday, "2026-11-29", "2026-11-30"},
		{"yesterday", sunday.AddDate(0, 0, 2), "2026-11-30", "2026-12-01"},
		{"this week", sunday, "2026-11-23", "2026-11-30"},
		{"this week", sunday.AddDate(0, 0, 1), "2026-11-30", "2026-12-01"},
		{"last week", sunday.AddDate(0, 0, 1), "2026-11-23", "2026-11-30"},
		{"this month", sunday, "2026-11-01", "2026-11-30"},
		{"last month", sunday.AddDate(0, 2, 0), "2026-12-01", "2027-01-01"},
	} {
		from, to := lately(test.period, test.now)
		if from.Format(time.DateOnly) != test.from || to.Format(time.DateOnly) != test.to {
			t.Errorf("%s on %v is from %v until %v, want from %s until %s", test.period, test.now, from, to, test.from, test.to)
		}
	}
}

func TestWordsThatMatter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"What did Ana say about the architect's number?": "ana the architect number",
		"Who is it?":           "it",
		"(Porto), \"Lisbon\"!": "porto lisbon",
		"who what when":        "",
	} {
		if got := Parse(text).Words; got != want {
			t.Errorf("of %q the words %q matter, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"When did I last talk to Mike?", "Who lives in the ?", "who is", "", "\xff?", "what does 's like"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := Parse(text)
		for _, part := range []string{q.Name, q.Value} {
			if utf8.RuneCountInString(part) > 80 || utf8.ValidString(text) && !strings.Contains(strings.Join(strings.Fields(text), " "), part) {
				t.Errorf("%q asks for %q, which it does not say", text, part)
			}
		}
		switch q.Kind {
		case KindWhoHas:
			if len(q.Slots) == 0 {
				t.Errorf("%q asks who has nothing: %+v", text, q)
			}
		case KindLastTalk, KindBirthday, KindPromised, KindAbout:
			if q.Name == "" {
				t.Errorf("%q asks about nobody: %+v", text, q)
			}
		}
	})
}

// now is when the questions are asked.
var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// seed makes a small memory.
func seed(t *testing.T) (*store.Store, core.User) {
	t.Helper()
	db := storetest.New(t)
	user := storetest.User(t, db)
	ana, mike, zoe := storetest.Contact(t, db, user.ID, "Ana Torres"), storetest.Contact(t, db, user.ID, "Mike Chen"), storetest.Contact(t, db, user.ID, "Zoë")
	storetest.Contact(t, db, user.ID, "Mike Stone")
	note := func(daysAgo int, text string, about ...core.Contact) core.Note {
		return storetest.NoteAt(t, db, user.ID, now.AddDate(0, 0, -daysAgo), text, about...)
	}
	met := func(n core.Note, daysAgo int) {
		mentions, err := db.Mentions(t.Context(), user.ID, n.ID)
		check(t, err)
		check(t, db.AddMeeting(t.Context(), mentions[0], now.AddDate(0, 0, -daysAgo)))
	}
	coffee := note(30, "Coffee with Ana. She lives in Porto and likes tea. Send her the architect's number.", ana)
	storetest.Fact(t, db, coffee, "Lives in Porto", storetest.Slot(core.SlotHome, "Porto"))
	storetest.Fact(t, db, coffee, "Likes tea", storetest.Slot(core.SlotLike, "tea"))
	storetest.Fact(t, db, coffee, "Send her the architect's number", func(f *core.Fact) { f.Category = core.Actionable })
	met(coffee, 30)
	work := note(20, "Mike works at Stripe, he was born on 24 November 1990", mike)
	storetest.Fact(t, db, work, "Works at Stripe", storetest.Slot(core.SlotEmployer, "Stripe"))
	storetest.Fact(t, db, work, "Born on 24 November 1990", storetest.Slot(core.SlotBirthday, "1990-11-24"))
	moving := note(10, "Zoë may move to Porto", zoe)
	storetest.Fact(t, db, moving, "May move to Porto", storetest.Slot(core.SlotPlace, "Porto"))
	note(5, "Ana and Mike talked about sailing round the Azores", ana, mike)
	stranger := storetest.User(t, db)
	theirs := storetest.Contact(t, db, stranger.ID, "Ana Other")
	storetest.Fact(t, db, storetest.Note(t, db, stranger.ID, "Ana Other lives in Porto, sails", theirs), "Lives in Porto", storetest.Slot(core.SlotHome, "Porto"))
	return db, user
}

// told puts a finding into words.
func told(f Finding) []string {
	var list []string
	for _, l := range f.Lines {
		text := l.Text
		switch {
		case l.Birthday.Known():
			text = l.Birthday.String() + " on " + l.At.Format(time.DateOnly)
		case text == "":
			text = l.At.Format(time.DateOnly)
		}
		list = append(list, l.Name+": "+text)
	}
	return list
}

func TestFind(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	sailing := "Ana Torres, Mike Chen: Ana and Mike talked about sailing round the Azores"
	for _, test := range []struct {
		question string
		want     []string
		unknown  string
		about    string
	}{
		{"When did I last talk to Ana?", []string{"Ana Torres: 2026-10-23"}, "", "Ana Torres"},
		{"Whose birthday is next?", []string{"Mike Chen: 1990-11-24 on 2026-11-24"}, "", ""},
		{"When is Mike Chen's birthday?", []string{"Mike Chen: 1990-11-24 on 2026-11-24"}, "", "Mike Chen"},
		{"When is Mike's birthday?", []string{"Mike Chen: 1990-11-24 on 2026-11-24"}, "", ""},
		{"What did I promise Ana?", []string{"Ana Torres: Send her the architect's number"}, "", "Ana Torres"},
		{"Who do I know in porto?", []string{"Ana Torres: Lives in Porto", "Zoë: May move to Porto"}, "", ""},
		{"Who works at Stripe?", []string{"Mike Chen: Works at Stripe"}, "", ""},
		{"Where does Ana live?", []string{"Ana Torres: Lives in Porto"}, "", "Ana Torres"},
		{"Where does zoe live?", []string{"Zoë: May move to Porto"}, "", "Zoë"},
		{"Who is Mike Chen?", []string{"Mike Chen: Works at Stripe", "Mike Chen: Born on 24 November 1990"}, "", "Mike Chen"},
		{"Who talked about sailing?", []string{sailing}, "", ""},
		{"What did Ana say about sailing and the moon?", []string{sailing}, "", "Ana Torres"},
		{"Who is Zarathustra?", nil, "Zarathustra", ""},
		{"Did it rain in May?", nil, "", ""},
		{"Who lives in Lisbon?", nil, "", ""},
		{"who?", nil, "", ""},
	} {
		f, err := Find(t.Context(), db, user.ID, test.question, now)
		check(t, err)
		got := told(f)
		if test.question == "Who is Mike Chen?" {
			slices.Sort(got)
			slices.Sort(test.want)
		}
		if !slices.Equal(got, test.want) || f.Unknown != test.unknown {
			t.Errorf("%s %q, unknown %q; want %q, %q", test.question, got, f.Unknown, test.want, test.unknown)
		}
		name := ""
		if f.About != 0 {
			c, err := db.Contact(t.Context(), user.ID, f.About)
			check(t, err)
			name = c.FullName
		}
		if name != test.about {
			t.Errorf("%s is about %q, want %q", test.question, name, test.about)
		}
		for _, l := range f.Lines {
			if l.NoteID == 0 && !l.Birthday.Known() {
				t.Errorf("%s %q has no source", test.question, l.Text)
			}
		}
	}
}

// Today has whose birthday it is, then what is due today or at no time.
func TestToday(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	user := storetest.User(t, db)
	today := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	ask := func(want ...string) {
		t.Helper()
		for _, question := range []string{"What is on today?", "what's up today"} {
			f, err := Find(t.Context(), db, user.ID, question, today)
			check(t, err)
			if got := told(f); !slices.Equal(got, want) {
				t.Errorf("%s %q, want %q", question, got, want)
			}
		}
	}
	ask()
	ana, ben := storetest.Contact(t, db, user.ID, "Ana"), storetest.Contact(t, db, user.ID, "Ben")
	note := storetest.Note(t, db, user.ID, "About Ana", ana)
	for text, at := range map[string]time.Time{"Call": today.Add(2 * time.Hour), "Visit": today.AddDate(0, 0, 1)} {
		storetest.Fact(t, db, note, text, func(f *core.Fact) { f.Category, f.DueAt = core.Actionable, &at })
	}
	born := storetest.Note(t, db, user.ID, "About Ben", ben)
	storetest.Fact(t, db, born, "Born on 24 November 1990", storetest.Slot(core.SlotBirthday, "1990-11-24"))
	ask("Ben: 1990-11-24 on 2026-11-24", "Ana: Call")
}

// What is to be done comes in the order in which it is due; what is due at no
// time may be done at any.
func TestToDo(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	user, stranger := storetest.User(t, db), storetest.User(t, db)
	ana, gone := storetest.Contact(t, db, user.ID, "Ana"), storetest.Contact(t, db, user.ID, "Gone")
	todo := func(note core.Note, text string, days int) {
		storetest.Fact(t, db, note, text, func(f *core.Fact) {
			f.Category = core.Actionable
			if at := now.AddDate(0, 0, days); days != 0 {
				f.DueAt = &at
			}
		})
	}
	note := storetest.Note(t, db, user.ID, "About Ana", ana)
	todo(note, "Pay", -3)
	todo(note, "Write", 0)
	todo(note, "Visit", 6)
	todo(note, "Call", 1)
	storetest.Fact(t, db, note, "Likes tea")
	todo(storetest.Note(t, db, user.ID, "About somebody in the trash", gone), "Forget", 1)
	_, err := db.DeleteContacts(t.Context(), user.ID, []int64{gone.ID})
	check(t, err)
	todo(storetest.Note(t, db, stranger.ID, "Theirs", storetest.Contact(t, db, stranger.ID, "Ana")), "Steal", 1)
	_, err = db.AddReminder(t.Context(), core.Reminder{UserID: user.ID, Text: "Water", DueAt: now.AddDate(0, 0, 2)}) // no note says so
	check(t, err)
	for question, want := range map[string][]string{
		"my to-dos":                         {"Ana: Call", ": Water", "Ana: Visit", "Ana: Write", "Ana: Pay"},
		"What do I have to do next week?":   {"Ana: Call", ": Water", "Ana: Visit", "Ana: Write"},
		"What do I have to do tomorrow?":    {"Ana: Call", "Ana: Write"},
		"What do I have to do this week?":   {"Ana: Write"},
		"What do I have to do in december?": {"Ana: Write"},
	} {
		f, err := Find(t.Context(), db, user.ID, question, now)
		check(t, err)
		if got := told(f); !slices.Equal(got, want) || f.More {
			t.Errorf("%s %q, want %q and no more (%v)", question, got, want, f.More)
		}
	}
	for i := range 5 {
		todo(note, fmt.Sprint("Read book ", i), 0)
	}
	f, err := Find(t.Context(), db, user.ID, "my to-dos", now)
	check(t, err)
	if len(f.Lines) != mostLines || !f.More {
		t.Errorf("%d of 10 are listed, want %d, and that there are more (%v)", len(f.Lines), mostLines, f.More)
	}
}

func TestWhomTheUserTalkedTo(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	user, stranger := storetest.User(t, db), storetest.User(t, db)
	met := func(user core.User, name string, daysAgo ...int) core.Note {
		c := storetest.Contact(t, db, user.ID, name)
		var note core.Note
		for _, days := range daysAgo {
			note = storetest.NoteAt(t, db, user.ID, now, fmt.Sprintf("Met %s %d days ago", name, days), c)
			mentions, err := db.Mentions(t.Context(), user.ID, note.ID)
			check(t, err)
			check(t, db.AddMeeting(t.Context(), mentions[0], now.AddDate(0, 0, -days)))
		}
		return note
	}
	met(user, "Ana", 8, 1, 0)
	met(user, "Mike", 1)
	met(user, "Zoe", 40)
	taken := met(user, "Bob", 0)
	_, err := db.TrashNote(t.Context(), user.ID, taken.ID)
	check(t, err)
	storetest.Note(t, db, user.ID, "Kim lives in Rome", storetest.Contact(t, db, user.ID, "Kim"))
	met(stranger, "Theirs", 0)
	for question, want := range map[string][]string{
		"Who did I talk to today?":      {"Ana: 2026-11-22"},
		"Who did I talk to yesterday?":  {"Ana: 2026-11-21", "Mike: 2026-11-21"},
		"Who did I talk to this week?":  {"Ana: 2026-11-22", "Mike: 2026-11-21"},
		"Who did I talk to last week?":  {"Ana: 2026-11-14"},
		"Who did I talk to last month?": {"Zoe: 2026-10-13"},
	} {
		f, err := Find(t.Context(), db, user.ID, question, now)
		check(t, err)
		if got := told(f); !slices.Equal(got, want) {
			t.Errorf("%s %q, want %q", question, got, want)
		}
	}
}

func TestFindAnswersInAFewLines(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	user := storetest.User(t, db)
	ana := storetest.Contact(t, db, user.ID, "Ana")
	for i := range 20 {
		note := storetest.Note(t, db, user.ID, fmt.Sprintf("Ana likes tea number %d", i), ana)
		storetest.Fact(t, db, note, fmt.Sprintf("Likes tea number %d", i), storetest.Slot(core.SlotLike, "tea"))
		storetest.Fact(t, db, note, fmt.Sprintf("Likes tea number %d", i), storetest.Slot(core.SlotLike, "tea"))
	}
	for _, question := range []string{"Who is Ana?", "Who likes tea?", "tea"} {
		f, err := Find(t.Context(), db, user.ID, question, now)
		check(t, err)
		seen := map[string]bool{}
		for _, line := range told(f) {
			if seen[line] {
				t.Errorf("%s says %q twice", question, line)
			}
			seen[line] = true
		}
		if len(f.Lines) != mostLines {
			t.Errorf("%s has %d lines, want %d", question, len(f.Lines), mostLines)
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	for words, want := range map[string]struct{ people, lines string }{
		"porto":   {"", "Zoë: May move to Porto; Ana Torres: Lives in Porto"},
		"mike":    {"Mike Chen, Mike Stone", "Mike Chen: Mike works at Stripe, he was born on 24 November 1990; Ana Torres, Mike Chen: Ana and Mike talked about sailing round the Azores"},
		"sailing": {"", "Ana Torres, Mike Chen: Ana and Mike talked about sailing round the Azores"},
		"saili":   {"", ""}, // longer than the stem that is kept
		"archi":   {"", "Ana Torres: Send her the architect's number"},
		"the arc": {"", "Ana Torres: Send her the architect's number"},
		"azor":    {"", "Ana Torres, Mike Chen: Ana and Mike talked about sailing round the Azores"},
		"tea -az": {"", "Ana Torres: Likes tea"},
		"xyzzy":   {"", ""},
		"%":       {"", ""},
	} {
		f, err := Search(t.Context(), db, user.ID, words, now)
		check(t, err)
		var people []string
		for _, p := range f.People {
			people = append(people, p.FullName)
		}
		slices.Sort(people)
		got, lines := told(f), strings.Split(want.lines, "; ")
		slices.Sort(got)
		slices.Sort(lines)
		if strings.Join(people, ", ") != want.people || strings.Join(got, "; ") != strings.Join(lines, "; ") {
			t.Errorf("%q finds people %q and lines %q; want %s and %q", words, people, got, want.people, lines)
		}
	}
}

// What has the word itself comes before what has a word that begins so, which
// is not looked for when there is enough.
func TestSearchByStart(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	user := storetest.User(t, db)
	ana := storetest.Contact(t, db, user.ID, "Ana")
	storetest.Note(t, db, user.ID, "She owns a sail", ana)
	for n := range little - 1 {
		storetest.Note(t, db, user.ID, fmt.Sprintf("sailor %d", n), ana)
	}
	f, err := Search(t.Context(), db, user.ID, "sail", now)
	check(t, err)
	if got := told(f); len(got) != little || got[0] != "Ana: She owns a sail" {
		t.Errorf("found %q, want the sail first and then the sailors", got)
	}
	for n := range little {
		storetest.Note(t, db, user.ID, fmt.Sprintf("sails %d", n), ana)
	}
	f, err = Search(t.Context(), db, user.ID, "sail", now)
	check(t, err)
	if got := told(f); slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, "sailor") }) {
		t.Errorf("found %q, want no sailors among so many sails", got)
	}
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	for words, want := range map[string][2]string{
		"archi":                             {"", "archi"},
		"the archi":                         {"the ", "archi"},
		" moved  to Лис,":                   {"moved  to ", "Лис"},
		"ana@ex":                            {"", "ana@ex"},
		"(porto)":                           {"", "porto"},
		"red\u00a0win":                      {"red\u00a0", "win"},
		"red\u2003wine":                     {"red\u2003", "wine"},
		"to":                                {},
		"":                                  {},
		"   ":                               {},
		`"red wi`:                           {},
		`"red wine"`:                        {},
		"tea -wine":                         {},
		"tea or wine":                       {},
		"tea OR wine":                       {},
		"or wine":                           {},
		"***":                               {},
		"for":                               {"", "for"},
		strings.Repeat("a", longestStart+1): {},
	} {
		before, start, ok := unfinished(words)
		if before != want[0] || start != want[1] || ok != (want[1] != "") {
			t.Errorf("%q is %q and the beginning %q, %v; want %q", words, before, start, ok, want)
		}
	}
}

func TestAbout(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	for question, want := range map[string]string{
		"Where does Ana live?":    "Ana Torres",
		"Where does Mike live?":   "",
		"Did Ana like the boat?":  "Ana Torres",
		"Did Ana and Mike go?":    "",
		"Did it rain?":            "",
		"Who is Zarathustra?":     "",
		"When is Zoe's birthday?": "Zoë",
		"Who is my Zoe?":          "Zoë",
		"Who is my Zarathustra?":  "",
	} {
		id, err := About(t.Context(), db, user.ID, question)
		check(t, err)
		name := ""
		if id != 0 {
			c, err := db.Contact(t.Context(), user.ID, id)
			check(t, err)
			name = c.FullName
		}
		if name != want {
			t.Errorf("%s is about %q, want %q", question, name, want)
		}
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 100) + "NEEDLE in é " + strings.Repeat("hay ", 100)
	for _, test := range []struct {
		name, text string
		words      []string
		has        string
		cut        [2]bool // at its beginning and end
	}{
		{"short", "Ana  likes\ntea", nil, "Ana likes tea", [2]bool{}},
		{"long", long, nil, "word word", [2]bool{false, true}},
		{"around a word", long, []string{"needle"}, "NEEDLE in é", [2]bool{true, true}},
		{"a word it has not", long, []string{"Ana"}, "word word", [2]bool{false, true}},
		{"a word at the end", long + "Ana", []string{"ana"}, "Ana", [2]bool{true, false}},
		{"letters that grow in lower case", strings.Repeat("İ", 200) + " needle", []string{"needle"}, "needle", [2]bool{true, false}},
		{"no spaces", strings.Repeat("😀", 500), []string{""}, "😀", [2]bool{false, true}},
	} {
		got := Snippet(test.text, test.words)
		cut := [2]bool{strings.HasPrefix(got, "…"), strings.HasSuffix(got, "…")}
		if !strings.Contains(got, test.has) || cut != test.cut || utf8.RuneCountInString(got) > snippetLen+2 {
			t.Errorf("%s: %q, cut %v; want %q in it, cut %v, a line's length", test.name, got, cut, test.has, test.cut)
		}
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("Ana likes tea", "tea")
	f.Add(strings.Repeat("İ", 300), "i")
	f.Add(strings.Repeat("ẞ ", 300)+"\xff", "\xff")
	f.Fuzz(func(t *testing.T, text, word string) {
		got := Snippet(text, []string{word})
		if n := utf8.RuneCountInString(got); n > snippetLen+2 {
			t.Errorf("the snippet has %d characters", n)
		}
		if strings.Contains(got, "\n") {
			t.Errorf("the snippet %q is more than a line", got)
		}
	})
}

func TestAskAndImprove(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	ask := func(question string) core.Task {
		task, err := Ask(t.Context(), db, core.Message{UserID: user.ID, ChatID: 7, Kind: core.MessageAnswer, Args: core.MessageArgs{Query: question}})
		check(t, err)
		return task
	}
	task := ask("Where does Ana live?")
	if task.Kind != core.TaskAnswerQuestion || task.State != core.TaskQueued {
		t.Errorf("the task is %+v, want a queued question", task)
	}
	s, a := endpoint(t, llmtest.Text(`{"unknown":false,"answer":"Ana lives in Porto.","sources":[1]}`))
	answer, err := a.Improve(t.Context(), db, user.ID, task.MessageID)
	check(t, err)
	if answer == nil || answer.Text != "Ana lives in Porto." || len(answer.Sources) != 1 || answer.Engine != "openai" {
		t.Fatalf("answered %+v, want a sentence with its source", answer)
	}
	if asked := s.Calls()[0].Prompt; !strings.Contains(asked, "Coffee with Ana. She lives in Porto") || strings.Contains(asked, "Ana Other") {
		t.Errorf("the model was given %s, want the user's own note as a whole", asked)
	}
	check(t, Keep(t.Context(), db, user.ID, task.MessageID, *answer))
	m, err := db.Message(t.Context(), user.ID, task.MessageID)
	check(t, err)
	if m.Wanted != 2 || m.Args.Answer == nil || m.Args.Answer.Text != answer.Text || m.Args.Query != "Where does Ana live?" {
		t.Errorf("the message is %+v, want the answer owed, and the question kept", m)
	}
	birthday, err := a.Improve(t.Context(), db, user.ID, ask("When is Mike Chen's birthday?").MessageID)
	if err == nil && birthday != nil {
		t.Errorf("an answer that no note says is kept: %+v", birthday)
	}
}

func TestNothingToImprove(t *testing.T) {
	t.Parallel()
	db, user := seed(t)
	never := llmtest.Behavior(func(http.ResponseWriter, *http.Request, llmtest.Call) { t.Error("a model was asked about nothing") })
	_, silent := endpoint(t, never)
	ask := func(question string) core.Task {
		task, err := Ask(t.Context(), db, core.Message{UserID: user.ID, ChatID: 7, Kind: core.MessageAnswer, Args: core.MessageArgs{Query: question}})
		check(t, err)
		return task
	}
	if answer, err := silent.Improve(t.Context(), db, user.ID, ask("Who is Zarathustra?").MessageID); answer != nil || err != nil {
		t.Errorf("memory has nothing, and the answer is %v, %v", answer, err)
	}
	unknown, a := endpoint(t, llmtest.Text(`{"unknown":true,"answer":"","sources":[]}`))
	task := ask("Where does Ana live?")
	if answer, err := a.Improve(t.Context(), db, user.ID, task.MessageID); answer != nil || err != nil {
		t.Errorf("answered %v, %v; want nothing, when the model does not know", answer, err)
	}
	if n := len(unknown.Calls()); n != 1 {
		t.Errorf("the model was asked %d times, want once", n)
	}
	if _, err := a.Improve(t.Context(), db, user.ID, task.MessageID+1); err == nil {
		t.Error("a question that is not there is answered")
	}
}
