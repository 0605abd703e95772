package core_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

func TestTell(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("take message 7: %w", core.Tell(core.ErrInvalid, "A name may have at most %d characters.", 200))
	if got, ok := core.Sentence(err); got != "A name may have at most 200 characters." || !ok {
		t.Errorf("Sentence = %q, %v; want the sentence of the wrapped error", got, ok)
	}
	if !errors.Is(err, core.ErrInvalid) || errors.Is(err, core.ErrNotFound) {
		t.Errorf("%v is of another kind than invalid", err)
	}
	if got, want := err.Error(), "take message 7: A name may have at most 200 characters."; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

func TestOtherErrorsHaveNoSentence(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, core.ErrNotFound, fmt.Errorf("note 3: %w", core.ErrConflict), errors.New("disk on fire")} {
		if got, ok := core.Sentence(err); got != "" || ok {
			t.Errorf("Sentence(%v) = %q, %v; want none", err, got, ok)
		}
	}
}

func TestCategories(t *testing.T) {
	t.Parallel()
	// The names and their order are the product's, so they are written out here.
	want := []string{
		"Actionable", "Goals", "Relationship strategy", "Social", "Wellbeing", "Avocation", "Professional background",
		"Environment and lifestyle", "Psychology and values", "Communication style", "Challenges and development",
		"Deeper insights", "Financial situation", "Admin matters", "Established patterns", "Core identity",
		"Information gaps", "Memory anchors", "Positionality", "Others",
	}
	all := core.Categories()
	if len(all) != len(want) {
		t.Fatalf("%d categories, want %d", len(all), len(want))
	}
	for i, c := range all {
		if got := c.Name(); got != want[i] {
			t.Errorf("category %d is %q, want %q", i, got, want[i])
		}
		if got, id := string(c), strings.ReplaceAll(strings.ToLower(want[i]), " ", "_"); got != id {
			t.Errorf("the id of %s is %q, want %q", want[i], got, id)
		}
		for _, name := range []string{want[i], strings.ToUpper(want[i]), string(c), " " + want[i] + "\n"} {
			if got, ok := core.CategoryNamed(name); got != c || !ok {
				t.Errorf("CategoryNamed(%q) = %q, %v; want %q", name, got, ok, c)
			}
		}
	}
}

func TestNoCategory(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "work", "actionable!", "Social\x00"} {
		if _, ok := core.CategoryNamed(name); ok || core.Category(name).Valid() {
			t.Errorf("%q passes for a category", name)
		}
	}
	if got := core.Category("").Name(); got != "" {
		t.Errorf("no category is called %q, want nothing", got)
	}
}

func TestSlots(t *testing.T) {
	t.Parallel()
	for _, s := range []core.Slot{
		core.SlotNone, core.SlotHome, core.SlotEmployer, core.SlotBirthday, core.SlotEmail, core.SlotPhone, core.SlotURL,
		core.SlotKin, core.SlotPlace, core.SlotLike, core.SlotDislike, core.SlotAllergy,
	} {
		if !s.Valid() {
			t.Errorf("%q does not pass for a slot", s)
		}
	}
	if core.Slot("shoe_size").Valid() {
		t.Error("shoe_size passes for a slot")
	}
}

func TestTierNames(t *testing.T) {
	t.Parallel()
	for tier, want := range map[core.Tier]string{core.TierClose: "close", core.TierRegular: "regular", core.TierDistant: "distant"} {
		if got := tier.Name(); got != want {
			t.Errorf("tier %d is called %q, want %q", tier, got, want)
		}
	}
}

func TestParseRole(t *testing.T) {
	t.Parallel()
	for _, want := range []core.Role{core.RoleUser, core.RoleAdmin} {
		if got, err := core.ParseRole(string(want)); got != want || err != nil {
			t.Errorf("ParseRole(%q) = %q, %v", want, got, err)
		}
	}
	for _, name := range []string{"", "Admin", "root"} {
		_, err := core.ParseRole(name)
		if _, told := core.Sentence(err); !told || !errors.Is(err, core.ErrInvalid) {
			t.Errorf("ParseRole(%q) = %v, want a sentence of kind invalid", name, err)
		}
	}
}

func TestLocation(t *testing.T) {
	t.Parallel()
	if got := (core.User{Timezone: "Europe/Lisbon"}).Location().String(); got != "Europe/Lisbon" {
		t.Errorf("somebody in Lisbon lives by %s", got)
	}
	for _, zone := range []string{"", "Mars/Olympus", "../etc/passwd"} {
		if got := (core.User{Timezone: zone}).Location(); got != time.UTC {
			t.Errorf("time zone %q is %v, want UTC", zone, got)
		}
	}
}

func TestDisabled(t *testing.T) {
	t.Parallel()
	if (core.User{}).Disabled() {
		t.Error("a new user is shut out")
	}
	if !(core.User{DisabledAt: new(time.Time)}).Disabled() {
		t.Error("a disabled user is let in")
	}
}

func TestRefNamesTheTask(t *testing.T) {
	t.Parallel()
	if got, want := (core.Task{UserID: 3, ID: 7, NoteID: 9}).Ref(), (core.TaskRef{UserID: 3, ID: 7}); got != want {
		t.Errorf("Ref() = %v, want %v", got, want)
	}
}

func TestMomentIsDue(t *testing.T) {
	t.Parallel()
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	said := time.Date(2026, 3, 16, 8, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		moment core.Moment
		want   time.Time
	}{
		{
			"a time was said",
			core.Moment{At: time.Date(2026, 3, 14, 18, 5, 0, 0, lisbon), HasTime: true},
			time.Date(2026, 3, 14, 18, 5, 0, 0, lisbon),
		},
		{
			"midnight was said",
			core.Moment{At: time.Date(2026, 3, 14, 0, 0, 0, 0, lisbon), HasTime: true},
			time.Date(2026, 3, 14, 0, 0, 0, 0, lisbon),
		},
		{"only a day was said", core.Moment{At: time.Date(2026, 3, 14, 0, 0, 0, 0, lisbon)}, time.Date(2026, 3, 14, 9, 0, 0, 0, lisbon)},
		{
			"the clocks change that night",
			core.Moment{At: time.Date(2026, 3, 29, 0, 0, 0, 0, lisbon)},
			time.Date(2026, 3, 29, 8, 0, 0, 0, time.UTC),
		},
	} {
		if got := test.moment.Due(said); !got.Equal(test.want) {
			t.Errorf("%s: due %v, want %v", test.name, got, test.want)
		}
	}
}

// What is due on the day on which it is said is due at a time to come.
func TestMomentIsDueToday(t *testing.T) {
	t.Parallel()
	tokyo := time.FixedZone("", 9*3600)
	today := core.Moment{At: time.Date(2026, 3, 14, 0, 0, 0, 0, tokyo)}
	for said, want := range map[string]string{
		"07:00": "14 09:00", "09:00": "14 18:00", "16:30": "14 18:00", "18:00": "14 19:00", "23:40": "15 00:40",
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", "2026-03-14 "+said, tokyo)
		if err != nil {
			t.Fatal(err)
		}
		if got := today.Due(at.UTC()).Format("02 15:04"); got != want {
			t.Errorf("said at %s it is due %s, want %s", said, got, want)
		}
	}
}

func TestTomorrow(t *testing.T) {
	t.Parallel()
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{
		"2026-03-14 23:59": "2026-03-15 09:00 WET",
		"2026-03-28 10:00": "2026-03-29 09:00 WEST", // the clocks go forward that night
		"2026-10-24 10:00": "2026-10-25 09:00 WET",  // and back
		"2026-12-31 00:00": "2027-01-01 09:00 WET",
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", now, lisbon)
		if err != nil {
			t.Fatal(err)
		}
		if got := core.Tomorrow(at).Format("2006-01-02 15:04 MST"); got != want {
			t.Errorf("put off at %s it is due at %s, want %s", now, got, want)
		}
	}
}

func TestHasWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Ana": true, "42": true, "Анна": true, "アナ": true, "ok!": true, "": false, "🎂👍": false, "?!…": false, "– –": false, "👍🏽": false,
	} {
		if got := core.HasWords(text); got != want {
			t.Errorf("%q has words: %v, want %v", text, got, want)
		}
	}
}
