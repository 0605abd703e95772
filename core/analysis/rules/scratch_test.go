package rules

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func TestScratch(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b, _ := os.ReadFile("/tmp/notes.txt")
	for _, s := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		known := []string{}
		if a, k, ok := strings.Cut(s, " ## "); ok {
			s = a
			known = strings.Split(k, "; ")
		}
		ms := Mentions(s, known)
		names := []string{}
		for _, m := range ms {
			names = append(names, m.Name)
		}
		rd := Read(s, at, ms)
		fmt.Printf("> %s   %q\n", s, names)
		for _, d := range rd.Drafts {
			q := ""
			if d.Confidence < 0.6 {
				q = "? "
			}
			due := ""
			if d.Due != nil {
				due = " due=" + d.Due.Due().Format("2006-01-02 15:04")
			}
			fmt.Printf("    %s%s | %s | %s | %s=%s%s\n", q, d.About, d.Category, d.Text, d.Slot, d.Value, due)
		}
		for _, m := range rd.Meetings {
			fmt.Printf("    MET %s %s\n", m.About, m.On.Format("2006-01-02 15:04"))
		}
	}
}
