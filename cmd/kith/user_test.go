package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestUserCommands(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	db, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	environment := []string{"DATABASE_URL=" + url}
	var ids []string
	for _, u := range []core.User{{Username: "root", Role: core.RoleAdmin}, {TelegramID: 42, Name: "Sam Reed", Role: core.RoleUser}} {
		u.Timezone = "UTC"
		added, err := db.AddUser(context.WithoutCancel(t.Context()), u)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strconv.FormatInt(added.ID, 10))
	}
	root, sam := ids[0], ids[1]
	for _, step := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"list"}, exitOK, []string{"USERNAME", "root", "Sam Reed", "42", "enabled"}},
		{[]string{"disable", sam}, exitOK, []string{"is disabled"}},
		{[]string{"list"}, exitOK, []string{"disabled"}},
		{[]string{"sign-in", sam}, exitFailed, []string{"no user " + sam}},
		{[]string{"disable", "--undo", sam}, exitOK, []string{"is enabled"}},
		{[]string{"sign-in", sam}, exitOK, []string{"http://127.0.0.1:5000/sign-in#", "signs Sam Reed in"}},
		{[]string{"disable", root}, exitFailed, []string{"last admin"}},
		{[]string{"delete", root, "--yes"}, exitFailed, []string{"last admin"}},
		{[]string{"delete", sam}, exitFailed, []string{"Sam Reed", "--yes", "signs a linked Telegram account out"}},
		{[]string{"role", sam, "admin"}, exitOK, []string{"is admin now"}},
		{[]string{"delete", root, "--yes"}, exitOK, []string{"is deleted"}},
		{[]string{"delete", root, "--yes"}, exitFailed, []string{"no user " + root}},
		{[]string{"role", root, "user"}, exitFailed, []string{"no user " + root}},
	} {
		out, stderr, code := kith(t, environment, append([]string{"user"}, step.args...)...)
		for _, words := range step.says {
			if !strings.Contains(out+stderr, words) {
				t.Errorf("kith user %v: printed %q, want %q in it", step.args, out+stderr, words)
			}
		}
		if code != step.code {
			t.Errorf("kith user %v: exit code %d, want %d", step.args, code, step.code)
		}
	}
}

// TestUserIsDeletedWhileNoKithRuns has a linked account whose session nobody can
// end.
func TestUserIsDeletedWhileNoKithRuns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.people(2)
	id := value[int64](r, `SELECT min(id) FROM users`)
	r.exec(`INSERT INTO links (user_id, telegram_id, session, state) VALUES ($1, 4242, 'sealed', 'linked')`, id)
	out, stderr, code := kith(t, r.environment(), "user", "delete", fmt.Sprint(id), "--yes", "--wait", "10ms")
	if code != exitOK || !strings.Contains(out, "stays signed in until its owner ends") || !strings.Contains(out, "is deleted") {
		t.Errorf("exit code %d, printed %s%s", code, out, stderr)
	}
	if n := value[int](r, `SELECT count(*) FROM links`) + value[int](r, `SELECT count(*) FROM users WHERE id = $1`, id); n != 0 {
		t.Errorf("%d rows of the user are left", n)
	}
}
