package main

import (
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store"
)

// TestReadsFromAReplica has a real streaming replica answer searches; stops it
// from following, and kills it: what was just written is found all the same.
func TestReadsFromAReplica(t *testing.T) {
	t.Parallel()
	primary := newPostgres(t)
	replica := primary.follower()
	r := newRigOn(t, primary.server.URL(), cachetest.Redis(t), "DATABASE_REPLICA_URL", replica.server.URL())
	r.must(store.Migrate(r.ctx, primary.server.URL()))
	base := r.listens()
	stop := r.open()
	r.becomes(base, "it runs", func(status int, _ api.Detailed) bool { return status == 200 })
	p := r.program(base, r.people(1)[0], core.ScopeWrite)
	var ana struct {
		ID int64 `json:"contact_id"`
	}
	p.must("POST", "/api/contacts", map[string]any{"full_name": "Ana Torres"}, &ana)
	note := func(text string) {
		p.must("POST", "/api/notes/process", map[string]any{"contact_id": ana.ID, "content": text}, nil)
	}
	note("Ana keeps bees on her roof.")
	r.readThere(p, replica, "bees")
	if out, _, _ := kith(t, r.environment(), "doctor"); !strings.Contains(out, "ok   Replica") {
		t.Errorf("the doctor printed %s", out)
	}

	r.there(replica, `SELECT pg_wal_replay_pause()`)
	note("Ana plays the theremin in a band.")
	r.wantFound(p, "theremin")
	r.wantReadOnly(replica)
	r.there(replica, `SELECT pg_wal_replay_resume()`)
	r.readThere(p, replica, "theremin")

	replica.end()
	note("Ana repairs old globes by hand.")
	r.wantFound(p, "globes")
	r.wantReplica(base, "unhealthy")
	replica.start()
	r.readThere(p, replica, "globes")
	r.wantReplica(base, "healthy")
	stop()
}

// follower starts a streaming replica of a server.
func (p *postgres) follower() *postgres {
	p.t.Helper()
	dir, err := privateserver.Scratch("replica")
	if err != nil {
		p.t.Fatal(err)
	}
	f := &postgres{t: p.t, dir: dir}
	p.t.Cleanup(func() {
		f.stop()
		if err := os.RemoveAll(dir); err != nil {
			p.t.Error(err)
		}
	})
	programs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_basebackup")
	if len(programs) == 0 {
		p.t.Fatal("pg_basebackup is not installed")
	}
	copying := exec.CommandContext(p.t.Context(), programs[len(programs)-1], "-D", filepath.Join(dir, "data"), "-R", "-c", "fast", "-d", p.server.URL())
	if out, err := copying.CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %s", err, out)
	}
	p.copyOwned(dir)
	f.start()
	return f
}

// copyOwned has a copy of the server's home have the server's password, and
// the data in it belong to the server's account.
func (p *postgres) copyOwned(dir string) {
	p.t.Helper()
	password, err := os.ReadFile(filepath.Join(p.dir, "password"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "password"), password, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	like := func(path, as string) error {
		info, err := os.Stat(filepath.Join(p.dir, as))
		if err != nil {
			return err
		}
		owner := info.Sys().(*syscall.Stat_t)
		return os.Lchown(path, int(owner.Uid), int(owner.Gid))
	}
	if err := like(filepath.Join(dir, "password"), "password"); err != nil {
		p.t.Fatal(err)
	}
	err = filepath.WalkDir(filepath.Join(dir, "data"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return like(path, "data")
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// end kills the server.
func (p *postgres) end() {
	p.t.Helper()
	pid, err := os.ReadFile(filepath.Join(p.dir, "data", "postmaster.pid"))
	if err != nil {
		p.t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(pid), "\n")
	if out, err := exec.CommandContext(p.t.Context(), "kill", "-QUIT", first).CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %s", err, out)
	}
	<-p.server.Done()
	p.stop()
}

// there runs a statement on the replica.
func (r *rig) there(p *postgres, sql string) {
	r.t.Helper()
	pool, err := pgxpool.New(r.ctx, p.server.URL())
	r.must(err)
	defer pool.Close()
	_, err = pool.Exec(r.ctx, sql)
	r.must(err)
}

// readThere searches until the replica has answered.
func (r *rig) readThere(p *program, server *postgres, word string) {
	r.t.Helper()
	pool, err := pgxpool.New(r.ctx, server.server.URL())
	r.must(err)
	defer pool.Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		r.wantFound(p, word)
		var asked bool
		r.must(pool.QueryRow(r.ctx, `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE query LIKE '-- search notes%' AND query_start > now() - interval '1 second')`).Scan(&asked))
		if asked {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("the replica was never asked for %q", word)
		}
	}
}

// wantFound searches for a word of a note.
func (r *rig) wantFound(p *program, word string) {
	r.t.Helper()
	var found struct {
		Results []struct{ Kind, Snippet string }
	}
	p.must("GET", "/api/search?q="+url.QueryEscape(word), nil, &found)
	for _, hit := range found.Results {
		if hit.Kind == "note" && strings.Contains(hit.Snippet, word) {
			return
		}
	}
	r.t.Errorf("searching %q found %+v, want the note that was just written", word, found.Results)
}

// wantReadOnly has the replica refuse a write.
func (r *rig) wantReadOnly(p *postgres) {
	r.t.Helper()
	pool, err := pgxpool.New(r.ctx, p.server.URL())
	r.must(err)
	defer pool.Close()
	if _, err := pool.Exec(r.ctx, `DELETE FROM notes`); err == nil || !strings.Contains(err.Error(), "read-only") {
		r.t.Errorf("a write on the replica: %v, want that it is refused", err)
	}
}

// wantReplica waits until the health of the replica is that.
func (r *rig) wantReplica(base, want string) {
	r.t.Helper()
	r.becomes(base, "the replica is "+want, func(_ int, d api.Detailed) bool {
		return d.Checks.Database.Replica != nil && d.Checks.Database.Replica.Status == want
	})
}
