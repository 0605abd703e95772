package when_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/when"
)

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			Now, Text string
			Want      *struct {
				Date string
				Time *string
			}
		}
	}
	readJSON(t, "testdata/dates.json", &file)
	for _, c := range file.Cases {
		now, err := time.Parse("2006-01-02T15:04:05", c.Now)
		if err != nil {
			t.Fatal(err)
		}
		want := "nothing"
		if c.Want != nil {
			want = c.Want.Date
			if c.Want.Time != nil {
				want += " " + *c.Want.Time
			}
		}
		if got := say(when.First(c.Text, now)); got != want {
			t.Errorf("First(%q) = %s, want %s", c.Text, got, want)
		}
	}
}

// say writes a moment as "2025-09-18 15:00", without a time if none was said.
func say(f when.Found, ok bool) string {
	switch {
	case !ok:
		return "nothing"
	case f.HasTime:
		return f.At.Format("2006-01-02 15:04")
	}
	return f.At.Format(time.DateOnly)
}

// recognizersFloor is the share of Recognizers-Text's dates and times of day
// that must come out as one of its answers.
const recognizersFloor = 0.75

func TestRecognizersCorpus(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			Input   string
			Context struct{ ReferenceDateTime string }
			Results []struct {
				TypeName   string
				Resolution struct{ Values []struct{ Value string } }
			}
		}
	}
	readJSON(t, "testdata/recognizers_datetime.json", &file)
	newYork, err := time.LoadLocation("America/New_York") // its 7/6 is 6 July
	if err != nil {
		t.Fatal(err)
	}
	all, right, none, quiet := 0, 0, 0, 0
	for _, c := range file.Cases {
		now, err := time.ParseInLocation("2006-01-02T15:04:05", c.Context.ReferenceDateTime, newYork)
		if err != nil {
			continue
		}
		if len(c.Results) == 0 {
			none++
			if _, ok := when.First(c.Input, now); !ok {
				quiet++
			} else {
				t.Logf("found in %q", c.Input)
			}
		}
		if len(c.Results) != 1 || c.Results[0].TypeName != "datetimeV2.date" && c.Results[0].TypeName != "datetimeV2.datetime" {
			continue
		}
		all++
		var want []string
		for _, v := range c.Results[0].Resolution.Values {
			want = append(want, v.Value)
		}
		got := corpusForm(when.First(c.Input, now))
		if slices.Contains(want, got) {
			right++
			continue
		}
		t.Logf("%q (said %s) = %s, want one of %v", c.Input, c.Context.ReferenceDateTime, got, want)
	}
	t.Logf("right: %d of %d (%.0f %%); nothing found where nothing is: %d of %d",
		right, all, 100*float64(right)/float64(all), quiet, none)
	if float64(right) < recognizersFloor*float64(all) {
		t.Errorf("%d of %d right, want at least %.0f %%", right, all, 100*recognizersFloor)
	}
}

func corpusForm(f when.Found, ok bool) string {
	switch {
	case !ok:
		return "not resolved"
	case f.HasTime:
		return f.At.Format(time.DateTime)
	}
	return f.At.Format(time.DateOnly)
}
