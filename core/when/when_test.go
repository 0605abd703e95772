package when_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/when"
)

// sunday is when everything in these tests is said.
var sunday = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

func TestFind(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"she moves to Porto in March":          "in March = 2027-03-01",
		"send it by Friday":                    "by Friday = 2026-11-27",
		"call Mike at 5":                       "at 5 = 2026-11-22 17:00",
		"call Mike tomorrow at 5":              "tomorrow at 5 = 2026-11-23 17:00",
		"breakfast tomorrow at 8":              "tomorrow at 8 = 2026-11-23 08:00",
		"Fri 3pm":                              "Fri 3pm = 2026-11-27 15:00",
		"the day after tomorrow at noon":       "the day after tomorrow at noon = 2026-11-24 12:00",
		"in half an hour":                      "in half an hour = 2026-11-22 12:30",
		"in an hour and a half":                "in an hour and a half = 2026-11-22 13:30",
		"in 2 hours":                           "in 2 hours = 2026-11-22 14:00",
		"in 3 weeks":                           "in 3 weeks = 2026-12-13",
		"in a couple of days":                  "in a couple of days = 2026-11-24",
		"on the 15th":                          "on the 15th = 2026-12-15",
		"on the 31st":                          "on the 31st = 2026-12-31",
		"Friday the 13th":                      "Friday the 13th = 2027-08-13",
		"3 May":                                "3 May = 2027-05-03",
		"May 3rd, 1990":                        "May 3rd, 1990 = 1990-05-03",
		"the third of May":                     "the third of May = 2027-05-03",
		"29 February":                          "29 February = 2028-02-29",
		"end of March":                         "end of March = 2027-03-31",
		"by the end of the month":              "by the end of the month = 2026-11-30",
		"by end of next week":                  "by end of next week = 2026-11-27",
		"mid-December":                         "mid-December = 2026-12-15",
		"next weekend":                         "next weekend = 2026-11-28",
		"this evening at 7":                    "this evening at 7 = 2026-11-22 19:00",
		"tomorrow morning":                     "tomorrow morning = 2026-11-23 09:00",
		"half past three tomorrow":             "half past three tomorrow = 2026-11-23 15:30",
		"quarter to five tomorrow":             "quarter to five tomorrow = 2026-11-23 16:45",
		"at 11am":                              "at 11am = 2026-11-23 11:00",
		"at 19:30":                             "at 19:30 = 2026-11-22 19:30",
		"2026-12-01 15:00":                     "2026-12-01 15:00 = 2026-12-01 15:00",
		"2026-12-01T15:00":                     "2026-12-01T15:00 = 2026-12-01 15:00",
		"3.5.2027":                             "3.5.2027 = 2027-05-03",
		"on 3/5/2027":                          "on 3/5/2027 = 2027-05-03",
		"by Christmas":                         "by Christmas = 2026-12-25",
		"two weeks before Christmas":           "two weeks before Christmas = 2026-12-11",
		"in 2027":                              "in 2027 = 2027-01-01",
		"next Monday":                          "next Monday = 2026-11-23",
		"on sat":                               "on sat = 2026-11-28",
		"Monday or Tuesday":                    "Monday = 2026-11-23; Tuesday = 2026-11-24",
		"met yesterday, again tomorrow":        "yesterday = 2026-11-21; tomorrow = 2026-11-23",
		"3 days ago":                           "3 days ago = 2026-11-19",
		"the 1st of next month":                "the 1st of next month = 2026-12-01",
		"8 o'clock tomorrow":                   "8 o'clock tomorrow = 2026-11-23 08:00",
		"24 hours from now":                    "24 hours from now = 2026-11-23 12:00",
		"twenty second of june at nine thirty": "twenty second of june at nine thirty = 2027-06-22 09:30",
		"she may come":                         "",
		"this may take long":                   "",
		"march on, April called":               "",
		"room 14, floor 3":                     "",
		"on the 2nd floor":                     "",
		"version 1.2.3":                        "",
		"costs 3.50 or €5.20":                  "",
		"+351 912 345 678":                     "",
		"912 345 678":                          "",
		"age 14, 1.80 m":                       "",
		"3/4 cup, 24/7":                        "",
		"he sat on the sun deck":               "",
		"loves Christmas":                      "",
		"won 3:2":                              "",
		"iPhone 15":                            "",
		"10 Downing Street":                    "",
		"for 3 days":                           "",
		"5 min walk":                           "",
		"2nd time, first prize":                "",
		"saw it May 3 times":                   "",
		"192.168.2.2026":                       "",
	}
	for text, want := range tests {
		if got := all(text, when.Find(text, sunday)); got != want {
			t.Errorf("Find(%q) = %q, want %q", text, got, want)
		}
	}
}

func all(text string, found []when.Found) string {
	var said []string
	for _, f := range found {
		said = append(said, text[f.Start:f.End]+" = "+say(f, true))
	}
	return strings.Join(said, "; ")
}

func TestFindPast(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"met her on Friday":       "on Friday = 2026-11-20",
		"met her on Sunday":       "on Sunday = 2026-11-15",
		"met her in May":          "in May = 2026-05-01",
		"met her on 3 December":   "on 3 December = 2025-12-03",
		"met her on the 25th":     "on the 25th = 2026-10-25",
		"met her last weekend":    "last weekend = 2026-11-14",
		"met her last night":      "last night = 2026-11-21 21:00",
		"called at 3pm":           "at 3pm = 2026-11-21 15:00",
		"started piano at 5":      "",
		"born on 29 February":     "on 29 February = 2024-02-29",
		"last Friday":             "last Friday = 2026-11-20",
		"last March":              "last March = 2026-03-01",
		"this Friday":             "this Friday = 2026-11-20",
		"will meet tomorrow":      "tomorrow = 2026-11-23",
		"two weeks ago on Monday": "two weeks ago on Monday = 2026-11-02",
	}
	for text, want := range tests {
		if got := all(text, when.FindPast(text, sunday)); got != want {
			t.Errorf("FindPast(%q) = %q, want %q", text, got, want)
		}
	}
	if f, ok := when.FirstPast("nothing here", sunday); ok {
		t.Errorf("FirstPast found %v", f)
	}
}

func TestPrecision(t *testing.T) {
	t.Parallel()
	tests := map[string]when.Precision{
		"tomorrow at 3pm": when.Minute, "in half an hour": when.Minute, "on Friday": when.Day, "next week": when.Week,
		"in March": when.Month, "next month": when.Month, "next year": when.Year, "in 2027": when.Year, "end of March": when.Day,
	}
	for text, want := range tests {
		if f, ok := when.First(text, sunday); !ok || f.Precision != want {
			t.Errorf("First(%q) has precision %d, want %d", text, f.Precision, want)
		}
	}
	for text, want := range map[string]bool{"3 May": false, "3 May 1990": true, "1990-05-03": true, "on Friday": false} {
		if f, _ := when.First(text, sunday); f.HasYear != want {
			t.Errorf("First(%q) has a year: %t, want %t", text, f.HasYear, want)
		}
	}
}

// The clocks in Berlin skip 02:00 to 03:00 on 28 March 2027, and show it
// twice on 31 October 2027.
func TestClocksChange(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2027, time.March, 27, 22, 0, 0, 0, berlin)
	tests := map[string]string{
		"28 March 2027 at 02:30":   "2027-03-28T03:30:00+02:00",
		"31 October 2027 at 02:30": "2027-10-31T02:30:00+02:00",
		"in 6 hours":               "2027-03-28T05:00:00+02:00",
		"tomorrow":                 "2027-03-28T00:00:00+01:00",
		"tomorrow at 9am":          "2027-03-28T09:00:00+02:00",
	}
	for text, want := range tests {
		if f, _ := when.First(text, now); f.At.Format(time.RFC3339) != want {
			t.Errorf("First(%q) = %s, want %s", text, f.At.Format(time.RFC3339), want)
		}
	}
}

func TestNumericDatesFollowThePlace(t *testing.T) {
	t.Parallel()
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for loc, want := range map[*time.Location]string{time.UTC: "2027-05-03", newYork: "2027-03-05"} {
		if got := say(when.First("on 3/5/2027", sunday.In(loc))); got != want {
			t.Errorf("in %v: %s, want %s", loc, got, want)
		}
	}
	if got := say(when.First("on 30/5/2027", sunday.In(newYork))); got != "2027-05-30" {
		t.Errorf("a month 30: %s", got)
	}
}
