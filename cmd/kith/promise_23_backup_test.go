package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/store/storetest"
)

// TestPromise23BackedUpUnderLoad backs up while users write, and restores
// elsewhere: each chat is there up to some message, each note with all that was
// committed with it. A Kith that is restored when nobody writes has the same
// rows, and answers.
func TestPromise23BackedUpUnderLoad(t *testing.T) {
	t.Parallel()
	r := newRig(t, "KITH_BACKUP_KEY", newSecretKey().reveal())
	users := r.people(4)
	stop := r.open()
	written := r.writing(users, 12, "while that is copied")
	r.until(time.Minute, "some is written", `SELECT count(*) >= 12 FROM notes`)
	file := r.backup()
	r.must(written())
	r.settled(2 * time.Minute)
	stop()

	moment := storetest.EmptyURL(t)
	r.restore(moment, file)
	r.wantMoment(moment)

	last, elsewhere := r.backup(), storetest.EmptyURL(t)
	r.restore(elsewhere, last)
	sums := r.sums(r.rows)
	for table, sum := range r.sums(r.pool(elsewhere)) {
		if sums[table] != sum {
			t.Errorf("the rows of %s are not what they were", table)
		}
	}
	r.settings["DATABASE_URL"], r.settings["REDIS_URL"] = elsewhere, cachetest.Redis(t)
	stop = r.open()
	_, err := users[0].Send(r.ctx, "What does Ana like?")
	r.must(err)
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	_, err = users[0].Wait(ctx, func(chat []sandbox.Message) bool {
		return strings.Contains(chat[len(chat)-1].Text, "What I have on that:\n• Ana likes figs")
	})
	r.must(err)
	stop()
}

// backup backs up the database to a new file.
func (r *rig) backup() (file string) {
	r.t.Helper()
	file = filepath.Join(r.t.TempDir(), "kith.backup")
	if out, errs, code := kith(r.t, r.environment(), "backup", file); code != exitOK {
		r.t.Fatalf("kith backup: exit code %d, printed %s%s", code, out, errs)
	}
	return file
}

// restore restores a file into the database at url.
func (r *rig) restore(url, file string) {
	r.t.Helper()
	if out, errs, code := kith(r.t, append(r.environment(), "DATABASE_URL="+url), "restore", file); code != exitOK {
		r.t.Fatalf("kith restore: exit code %d, printed %s%s", code, out, errs)
	}
}

func (r *rig) pool(url string) *pgxpool.Pool {
	r.t.Helper()
	pool, err := pgxpool.New(r.ctx, url)
	r.must(err)
	r.t.Cleanup(pool.Close)
	return pool
}

// wantMoment fails the test unless the database is as the rig's was at one
// moment: notes of the first messages of each chat, each with its task and the
// message that tells of it, and the update that brought it.
func (r *rig) wantMoment(url string) {
	r.t.Helper()
	pool := r.pool(url)
	rows, err := pool.Query(r.ctx, `SELECT chat_id, array_agg(message_id ORDER BY id) FROM notes GROUP BY chat_id`)
	r.must(err)
	notes := 0
	var chat int64
	var ids []int
	_, err = pgx.ForEachRow(rows, []any{&chat, &ids}, func() error {
		notes += len(ids)
		if want := r.sent[chat][:len(ids)]; fmt.Sprint(ids) != fmt.Sprint(want) {
			r.t.Errorf("chat %d has messages %v, want the first it sent, %v", chat, ids, want)
		}
		return nil
	})
	r.must(err)
	if notes < 12 {
		r.t.Errorf("%d notes are there, want those that were before the backup", notes)
	}
	for _, what := range []string{
		`SELECT count(*) FROM tasks WHERE kind = 'analyze_note' AND revision = 1`,
		`SELECT count(*) FROM messages WHERE kind = 'note'`,
		`SELECT count(*) FROM updates`,
		`SELECT count(*) FROM audit_events WHERE entity = 'note' AND before IS NULL`,
	} {
		var n int
		r.must(pool.QueryRow(r.ctx, what).Scan(&n))
		if n != notes {
			r.t.Errorf("%s: %d, want one for each of %d notes", what, n, notes)
		}
	}
}

// sums returns a checksum of the rows of each table.
func (r *rig) sums(pool *pgxpool.Pool) map[string]string {
	r.t.Helper()
	rows, err := pool.Query(r.ctx, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version'`)
	r.must(err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	r.must(err)
	if len(names) < 20 {
		r.t.Fatalf("there are only the tables %s", strings.Join(names, ", "))
	}
	sums := map[string]string{}
	for _, name := range names {
		var sum string
		r.must(pool.QueryRow(r.ctx, fmt.Sprintf(`SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')
			FROM %s t`, pgx.Identifier{name}.Sanitize())).Scan(&sum))
		sums[name] = sum
	}
	return sums
}
