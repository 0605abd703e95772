package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kith-platform/kith/api"
)

// The page of curl in the README works as pasted.
func TestReadmeFromRegisteringToAsking(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "### From a program")
	_, rest, _ = strings.Cut(rest, "```sh\n")
	page, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the README has no page of curl")
	}
	r := newRig(t)
	base := r.listens()
	r.open()
	r.becomes(base, "it can serve", func(status int, _ api.Detailed) bool { return status == http.StatusOK })
	const address = "kith=http://127.0.0.1:5000\n"
	if !strings.Contains(page, address) {
		t.Fatalf("the page does not begin with %q", address)
	}
	cmd := exec.CommandContext(r.ctx, "bash", "-euo", "pipefail", "-c", strings.Replace(page, address, "kith="+base+"\n", 1))
	cmd.Dir = t.TempDir()
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, want := range []string{
		`"username":"sam","role":"admin"`, `"raw_note_id":`, `"content":"Works at Stripe"`, `"Environment and lifestyle":[`,
		`"kind":"note"`, `"sources":[{`, `"totals":{`,
	} {
		if !strings.Contains(string(said), want) {
			t.Errorf("the page never shows %s:\n%s", want, said)
		}
	}
	if strings.Contains(string(said), `"error":`) {
		t.Errorf("something on the page is refused:\n%s", said)
	}
}

// What the README tells people to run in deploy/ is there.
func TestReadmeNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range regexp.MustCompile(`deploy/[\w./@*-]*[\w*]`).FindAllString(string(readme), -1) {
		if found, err := filepath.Glob("../../" + path); err != nil || len(found) == 0 {
			t.Errorf("the README names %s, which is not there", path)
		}
	}
	help, err := newSite(t).run("", "help")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`deploy/deploy\.sh ([\w-]+)`).FindAllStringSubmatch(string(readme), -1) {
		if !strings.Contains(help, "\n  "+m[1]+" ") {
			t.Errorf("the README names deploy.sh %s, which there is not", m[1])
		}
	}
}
