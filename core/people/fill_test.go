package people_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
)

func TestReach(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind          core.ReachKind
		written, kept string // "" where it is refused
	}{
		{core.ReachEmail, " ana@example.org ", "ana@example.org"},
		{core.ReachEmail, "Ana <ana@example.org>", ""},
		{core.ReachEmail, "ana@", ""},
		{core.ReachEmail, "ana", ""},
		{core.ReachPhone, "+351 912 345 678", "+351912345678"},
		{core.ReachPhone, "00351 912-345-678", "+351912345678"},
		{core.ReachPhone, "912 345 678", "912 345 678"}, // of which country?
		{core.ReachPhone, "(020) 7946 0018", "(020) 7946 0018"},
		{core.ReachPhone, "+1", ""},
		{core.ReachPhone, "12", ""},
		{core.ReachPhone, "call me", ""},
		{core.ReachPhone, "+351 912 345 678 ext. 5", ""},
		{core.ReachURL, "example.org/ana", "example.org/ana"},
		{core.ReachURL, "https://example.org", "https://example.org"},
		{core.ReachURL, "javascript:alert(1)", ""},
		{core.ReachURL, "ftp://example.org", ""},
		{core.ReachURL, "https://ana:secret@example.org", ""},
		{core.ReachURL, "localhost", ""},
		{core.ReachURL, "two words.org", ""},
		{core.ReachAddress, "Rua das Flores 3, Porto", "Rua das Flores 3, Porto"},
		{core.ReachAddress, " \u200b ", ""},
	} {
		kept, err := people.Reach(test.kind, test.written)
		if kept != test.kept || (err == nil) != (test.kept != "") {
			t.Errorf("%s %q is kept as %q (%v), want %q", test.kind, test.written, kept, err, test.kept)
		}
	}
}

func FuzzReach(f *testing.F) {
	for _, seed := range []string{"ana@example.org", "+351 912 345 678", "00351912345678", "example.org/ana", "https://[::1]/", "+\x00", "\"a b\"@c", "１２３"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		for _, kind := range []core.ReachKind{core.ReachEmail, core.ReachPhone, core.ReachURL, core.ReachAddress} {
			kept, err := people.Reach(kind, written)
			if err != nil {
				if sentence, told := core.Sentence(err); !errors.Is(err, core.ErrInvalid) || !told || sentence == "" {
					t.Errorf("%s %q: %v, want what a person can use", kind, written, err)
				}
				continue
			}
			if kept == "" || !utf8.ValidString(kept) || utf8.RuneCountInString(kept) > people.MaxReachLen {
				t.Errorf("%s %q is kept as %q", kind, written, kept)
			}
			if again, err := people.Reach(kind, kept); again != kept || err != nil {
				t.Errorf("%s %q is kept as %q, and that as %q (%v)", kind, written, kept, again, err)
			}
		}
	})
}
