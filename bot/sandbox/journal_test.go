package sandbox

import (
	"strings"
	"testing"

	"github.com/go-telegram/bot/models"
)

func TestRunEndsWhenNothingCanBeKept(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	// A closed file fails as a full disk does.
	if err := s.world.journal.file.Close(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(t.Context()) }()
	if _, err := s.Client().Add(t.Context(), models.User{FirstName: "Ana"}); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "write sandbox journal") {
		t.Errorf("run: %v", err)
	}
}

func TestNoJournalWithoutFolder(t *testing.T) {
	t.Parallel()
	j, kept, err := openJournal("")
	if j != nil || kept != nil || err != nil {
		t.Fatalf("got %v, %v, %v", j, kept, err)
	}
	j.put("key", "value")
	j.drop("key")
	if j.broken() != nil || j.close() != nil {
		t.Error("a journal that keeps nothing fails")
	}
}
