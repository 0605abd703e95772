package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestWhatWatchesKith holds the alerts and the dashboard to the metrics there
// are, which another test holds to what a process shows.
func TestWhatWatchesKith(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"../../deploy/alerts.yml", "../../deploy/grafana/kith.json"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		used := regexp.MustCompile(`\bkith_[a-z_]+`).FindAllString(string(text), -1)
		if len(used) < 10 {
			t.Errorf("%s uses only %q", path, used)
		}
		for _, name := range used {
			whole := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
			if !slices.Contains(metricNames, whole) {
				t.Errorf("%s uses %s, which there is not", path, name)
			}
		}
		for _, m := range regexp.MustCompile(`(kith_[a-z_]+)\{([a-z]+)=\\?"([a-z_]+)\\?"`).FindAllStringSubmatch(string(text), -1) {
			if !known(m[1], m[2], m[3]) {
				t.Errorf("%s asks for %s=%q of %s, which it never has", path, m[2], m[3], m[1])
			}
		}
	}
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/grafana/kith.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			ID      int
			Type    string
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range dashboard.Panels {
		if p.Title == "" || seen[p.ID] || p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %d %q has no title, no number of its own, or nothing to show", p.ID, p.Title)
		}
		seen[p.ID] = true
	}
	for _, name := range metricNames {
		if !strings.Contains(string(text), name) {
			t.Errorf("%s is on no panel", name)
		}
	}
}
