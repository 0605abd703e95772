package main

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestEnvExample holds .env.example to what Kith reads and to its defaults.
func TestEnvExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	local := map[string]bool{"KITH_DATA_DIR": true, "KITH_TIMEZONE": true} // depend on the machine
	var names, shown []string
	for _, line := range regexp.MustCompile(`(?m)^#([A-Z_]+)=(.*)$`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, line[1])
		if !local[line[1]] {
			shown = append(shown, line[0][1:])
		}
	}
	for _, s := range mustRead(t).settings() {
		if !slices.Contains(names, s.name) {
			t.Errorf(".env.example does not name %s", s.name)
		}
		if s.from == "default" && !local[s.name] && !slices.Contains(shown, s.name+"="+s.value) {
			t.Errorf(".env.example does not show that %s is %s by default", s.name, s.value)
		}
	}
	if extra := len(names) - len(mustRead(t).settings()); extra != 0 {
		t.Errorf(".env.example names %d settings too many: %v", extra, names)
	}
}
