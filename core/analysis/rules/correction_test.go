package rules

import "testing"

func TestCorrection(t *testing.T) {
	t.Parallel()
	known := []string{"Ben Hall", "Ana Torres"}
	for text, want := range map[string][2]string{
		"no, that was Ben":            {"Ben", ""},
		"No that was Ben Hall.":       {"Ben Hall", ""},
		"no, that was ben":            {"ben", ""},
		"that’s Ben":                  {"Ben", ""},
		"it was Maya Okafor":          {"Maya Okafor", ""},
		"I meant Ben":                 {"Ben", ""},
		"sorry, I meant Ben, not Ana": {"Ben", "Ana"},
		"not Ana, Ben":                {"Ben", "Ana"},
		"Not Ana but Ben!":            {"Ben", "Ana"},
		"no, not Ana, it was Ben":     {"Ben", "Ana"},
		"Ben, not Ana":                {"Ben", "Ana"},
		"No, Ben":                     {"Ben", ""},
		"no, that was great":          {},
		"that was yesterday":          {},
		"no, that was Friday":         {},
		"I meant Porto":               {},
		"it was Christmas":            {},
		"that was Ben's idea":         {},
		"that was Ben and Maya":       {},
		"it was Ben who paid":         {},
		"not Ana, Ben likes tea":      {},
		"not Porto, Ben":              {},
		"Ben likes tea, not Ana":      {},
		"Ben called, not sure why":    {},
		"no, Ben moved to Porto":      {},
		"I meant to call Ben":         {},
		"I mean it":                   {},
		"it is hard":                  {},
		"no, thanks":                  {},
		"No, she moved":               {},
		"":                            {},
	} {
		meant, instead, ok := Correction(text, known)
		if !ok {
			meant, instead = "", ""
		}
		if got := [2]string{meant, instead}; got != want || ok != (want[0] != "") {
			t.Errorf("%q says %q, %t, want %q", text, got, ok, want)
		}
	}
}
