package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

const anExport = `{"name": "Ana Torres", "type": "personal_chat", "id": 7, "messages": [
	{"id": 1, "type": "message", "date_unixtime": "1772445600", "from_id": "user7", "text": "I live in Porto"}]}`

func TestImport(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	environment := []string{"KITH_ENV=testing", "DATABASE_URL=" + url}
	file := filepath.Join(t.TempDir(), "result.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(anExport)
	if _, stderr, code := kith(t, environment, "import", file); code != exitFailed || !strings.Contains(stderr, "--user") {
		t.Errorf("without an account: %q, exit code %d; want that it asks for one", stderr, code)
	}
	db, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	storetest.User(t, db)
	stdout, stderr, code := kith(t, environment, "import", file)
	if want := "Read 1 message of 1 chat. A running Kith makes notes of them.\n"; stdout != want || code != exitOK || !strings.Contains(stderr, "100 % of result.json") {
		t.Errorf("printed %q and %q, exit code %d; want %q and how far it is", stdout, stderr, code, want)
	}
	write("<html>")
	if _, stderr, code := kith(t, environment, "import", file); code != exitFailed || !strings.Contains(stderr, "an export as web pages") {
		t.Errorf("of web pages it says %q, exit code %d", stderr, code)
	}
	if _, stderr, code := kith(t, environment, "import", file+"x"); code != exitFailed || !strings.Contains(stderr, "no such file") {
		t.Errorf("of no file it says %q, exit code %d", stderr, code)
	}
}
