package core_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

func TestContactName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"as it is", "Ana Torres", "Ana Torres"},
		{"white space is tidied", "\n Ana \t Torres\u00a0 ", "Ana Torres"},
		{"letters of any script", "Анна Ахматова", "Анна Ахматова"},
		{"an emoji", "Ana 🎹", "Ana 🎹"},
		{"a NUL is taken out", "Ana\x00 Torres", "Ana Torres"},
		{"as long as it may be", strings.Repeat("é", 200), strings.Repeat("é", 200)},
	} {
		if got, err := core.ContactName(test.text); got != test.want || err != nil {
			t.Errorf("%s: ContactName(%q) = %q, %v; want %q", test.name, test.text, got, err, test.want)
		}
	}
	for _, text := range []string{"", " \n", "\u200b", strings.Repeat("é", 201)} {
		_, err := core.ContactName(text)
		if _, told := core.Sentence(err); !told || !errors.Is(err, core.ErrInvalid) {
			t.Errorf("ContactName(%.20q) = %v, want a sentence of kind invalid", text, err)
		}
	}
}

func TestParseBirthday(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]core.Birthday{
		"1990-03-14": {Year: 1990, Month: time.March, Day: 14},
		"--03-14":    {Month: time.March, Day: 14},
		"2000-02-29": {Year: 2000, Month: time.February, Day: 29},
		"--02-29":    {Month: time.February, Day: 29},
		"0001-01-01": {Year: 1, Month: time.January, Day: 1},
		"9999-12-31": {Year: 9999, Month: time.December, Day: 31},
	} {
		got, err := core.ParseBirthday(text)
		if got != want || err != nil {
			t.Errorf("ParseBirthday(%q) = %v, %v; want %v", text, got, err, want)
		}
		if !got.Known() || got.String() != text {
			t.Errorf("%q is written back as %q", text, got)
		}
	}
}

func TestNoBirthday(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "--", "2001-02-29", "--02-30", "--2-29", "1990-13-01", "1990-00-10", "--00-00", "0000-03-14", "90-03-14", "14.3.1990",
		"1990-03-14 ", "1990-03-14T00:00:00Z", "-1990-03-14", "---03-14", "१९९०-03-14", "12000-01-01",
	} {
		got, err := core.ParseBirthday(text)
		if _, told := core.Sentence(err); !told || !errors.Is(err, core.ErrInvalid) || got.Known() {
			t.Errorf("ParseBirthday(%q) = %v, %v; want a sentence of kind invalid", text, got, err)
		}
	}
	if got := (core.Birthday{}).String(); got != "" {
		t.Errorf("no birthday is written as %q, want nothing", got)
	}
}

func TestNextBirthday(t *testing.T) {
	t.Parallel()
	leap, pi := core.Birthday{Month: time.February, Day: 29}, core.Birthday{Year: 1990, Month: time.March, Day: 14}
	day := func(text string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", text, time.FixedZone("there", -9*3600))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, test := range []struct {
		name       string
		b          core.Birthday
		from, want string
	}{
		{"this year", pi, "2026-01-01 12:00", "2026-03-14 00:00"},
		{"today, late", pi, "2026-03-14 23:59", "2026-03-14 00:00"},
		{"tomorrow a year ago", pi, "2026-03-15 00:00", "2027-03-14 00:00"},
		{"over the turn of the year", core.Birthday{Month: time.January, Day: 1}, "2026-12-31 20:00", "2027-01-01 00:00"},
		{"29 February in a leap year", leap, "2028-02-28 10:00", "2028-02-29 00:00"},
		{"29 February in a common year", leap, "2027-02-28 10:00", "2027-03-01 00:00"},
		{"1 March of a common year", leap, "2027-03-01 10:00", "2027-03-01 00:00"},
		{"1 March of a leap year", leap, "2028-03-01 10:00", "2029-03-01 00:00"},
		{"the year before a leap year", leap, "2027-03-02 10:00", "2028-02-29 00:00"},
	} {
		if got, want := test.b.Next(day(test.from)), day(test.want); !got.Equal(want) {
			t.Errorf("%s: the next %s from %s is %v, want %v", test.name, test.b, test.from, got, want)
		}
	}
	if got := (core.Birthday{}).Next(day("2026-01-01 12:00")); !got.IsZero() {
		t.Errorf("no birthday is next on %v, want never", got)
	}
}

func TestBirthdayScans(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		src  any
		want core.Birthday
		fine bool
	}{
		{"none", nil, core.Birthday{}, true},
		{"a date", "1990-03-14", core.Birthday{Year: 1990, Month: time.March, Day: 14}, true},
		{"without a year", "--02-29", core.Birthday{Month: time.February, Day: 29}, true},
		{"no date", "tomorrow", core.Birthday{}, false},
		{"no text", 19900314, core.Birthday{}, false},
	} {
		got := core.Birthday{Year: 1, Month: 1, Day: 1}
		err := got.Scan(test.src)
		if test.fine && (got != test.want || err != nil) || !test.fine && err == nil {
			t.Errorf("%s: Scan(%v) gives %v, %v; want %v, success %v", test.name, test.src, got, err, test.want, test.fine)
		}
	}
}

func FuzzParseBirthday(f *testing.F) {
	for _, text := range []string{"1990-03-14", "--02-29", "", "0000-01-01", "--", "2001-02-29", "1990-3-14"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := core.ParseBirthday(text)
		if err != nil {
			if b.Known() {
				t.Errorf("ParseBirthday(%q) = %v with error %v", text, b, err)
			}
			return
		}
		if b.String() != text {
			t.Errorf("ParseBirthday(%q) is written back as %q", text, b)
		}
		from := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		if next := b.Next(from); next.Before(from.Add(-24*time.Hour)) || next.After(from.AddDate(1, 0, 1)) {
			t.Errorf("the next %s from %v is %v, want a day within a year", text, from, next)
		}
	})
}
