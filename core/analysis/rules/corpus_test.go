package rules

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

var update = flag.Bool("update", false, "write what the rules read now into testdata/notes.txt")

// A sample is one note of testdata/notes.txt with what must be read in it.
type sample struct {
	note  string
	known []string
	want  []string
}

const corpusPath = "testdata/notes.txt"

func corpus(t testing.TB) []sample {
	t.Helper()
	data, err := os.ReadFile(corpusPath)
	if err != nil {
		t.Fatal(err)
	}
	var all []sample
	for _, line := range strings.Split(string(data), "\n") {
		switch {
		case strings.HasPrefix(line, "> "):
			note, known, _ := strings.Cut(line[2:], " // knows ")
			s := sample{note: strings.ReplaceAll(note, `\n`, "\n")}
			if known != "" {
				s.known = strings.Split(known, "; ")
			}
			all = append(all, s)
		case strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#"):
			all[len(all)-1].want = append(all[len(all)-1].want, line)
		}
	}
	return all
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	samples := corpus(t)
	if len(samples) < 150 {
		t.Errorf("%d notes, want at least 150", len(samples))
	}
	if *update {
		rewrite(t)
		return
	}
	for _, s := range samples {
		if got := lines(s); !slices.Equal(got, s.want) {
			t.Errorf("%s\n got:\n  %s\n want:\n  %s", s.note, strings.Join(got, "\n  "), strings.Join(s.want, "\n  "))
		}
	}
}

// lines writes what is read in a note as the corpus does.
func lines(s sample) []string {
	reading := Read(s.note, said, Mentions(s.note, s.known))
	var all []string
	for _, d := range reading.Drafts {
		all = append(all, draftLine(d))
	}
	for _, m := range reading.Meetings {
		all = append(all, fmt.Sprintf("%s | met | %s", who(m.About), m.On.Format("2006-01-02")))
	}
	return all
}

func draftLine(d core.Draft) string {
	line := fmt.Sprintf("%s | %s | %s", who(d.About), d.Category, d.Text)
	if d.Slot != core.SlotNone {
		line += fmt.Sprintf(" | %s=%s", d.Slot, d.Value)
	}
	if d.Due != nil {
		line += " | due " + d.Due.Due(time.Time{}).Format("2006-01-02 15:04")
	}
	if d.Confidence < core.KeepAt {
		line += " | ask"
	}
	return line
}

func who(about string) string {
	if about == "" {
		return "-"
	}
	return about
}

// rewrite keeps the notes and comments, and puts down what is read now.
func rewrite(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(corpusPath)
	if err != nil {
		t.Fatal(err)
	}
	samples, n := corpus(t), 0
	var out []string
	for _, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "> "):
			out = append(append(out, line), lines(samples[n])...)
			n++
		case strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "":
			out = append(out, line)
		}
	}
	if err := os.WriteFile(corpusPath, []byte(strings.Join(out, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}
