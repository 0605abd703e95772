package main

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store/storetest"
)

// TestBehindPgBouncer has a Kith migrate an empty database and work through a
// pooler that gives each transaction any of two connections.
func TestBehindPgBouncer(t *testing.T) {
	t.Parallel()
	direct := storetest.EmptyURL(t)
	r := newRigOn(t, direct, cachetest.Redis(t))
	r.settings["DATABASE_URL"], r.settings["DATABASE_DIRECT_URL"] = r.pooler(direct), direct
	stop := r.open()
	r.until(time.Minute, "the schema is there", `SELECT to_regclass('business_connections') IS NOT NULL`)
	users := r.people(6)
	r.writeAll(users, 5, "through a pooler")
	r.settled(2 * time.Minute)
	r.wantNotes()
	r.wantReplies(users, 0)
	stop()
	if out, stderr, code := kith(t, r.environment(), "user", "list"); code != exitOK || !strings.Contains(out, "User 5") {
		t.Errorf("kith user list: exit code %d, printed %s%s", code, out, stderr)
	}
	r.wantJITNoticed()
	r.backup()
}

// wantJITNoticed has the doctor tell of statements that are compiled, and does
// what it says.
func (r *rig) wantJITNoticed() {
	r.t.Helper()
	command := regexp.MustCompile(`ok   Postgres .*: run (ALTER DATABASE \S+ SET jit = off), and RECONNECT in the pooler`)
	out, stderr, _ := kith(r.t, r.environment(), "doctor")
	said := command.FindStringSubmatch(out)
	if said == nil {
		r.t.Fatalf("kith doctor printed %s%s, want how JIT is switched off", out, stderr)
	}
	_, err := r.rows.Exec(r.ctx, said[1])
	r.must(err)
	r.settings["DATABASE_URL"] = r.pooler(r.settings["DATABASE_DIRECT_URL"]) // whose connections are new
	if out, stderr, _ := kith(r.t, r.environment(), "doctor"); !strings.Contains(out, "ok   Postgres") || strings.Contains(out, "jit") {
		r.t.Errorf("with JIT off kith doctor printed %s%s", out, stderr)
	}
}

// pooler starts a PgBouncer in transaction mode in front of the database at
// direct, and returns its URL. It ends before the rig looks for connections.
func (r *rig) pooler(direct string) string {
	r.t.Helper()
	dir, err := privateserver.Scratch("pgbouncer")
	r.must(err)
	r.t.Cleanup(func() { os.RemoveAll(dir) })
	r.must(os.Chmod(dir, 0o755)) // for the account of the server
	to, err := pgx.ParseConfig(direct)
	r.must(err)
	port := strings.TrimPrefix(freeAddr(r), "127.0.0.1:")
	users, settings := filepath.Join(dir, "users"), filepath.Join(dir, "pgbouncer.ini")
	r.must(os.WriteFile(users, fmt.Appendf(nil, "%q \"\"\n", to.User), 0o644))
	r.must(os.WriteFile(settings, fmt.Appendf(nil, `[databases]
%s = host=%s port=%d user=%s password=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = any
auth_file = %s
pool_mode = transaction
default_pool_size = 2
`, to.Database, to.Host, to.Port, to.User, to.Password, port, users), 0o644))
	cmd := exec.Command("/usr/sbin/pgbouncer", settings)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: unprivileged(r)}
	var said strings.Builder
	cmd.Stderr = &said
	r.must(cmd.Start())
	r.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait() // its error is the kill
		if r.t.Failed() {
			r.t.Log(last(said.String(), 2000))
		}
	})
	pooled := url.URL{Scheme: "postgres", User: url.User(to.User), Host: "127.0.0.1:" + port, Path: to.Database, RawQuery: "sslmode=disable"}
	r.reachable(pooled.String())
	return pooled.String()
}

// reachable waits until a database answers.
func (r *rig) reachable(url string) {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		conn, err := pgx.Connect(r.ctx, url)
		if err == nil {
			r.must(conn.Close(r.ctx))
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatal(err)
		}
	}
}

// unprivileged returns who runs a server that must not be run by root, or nil
// where the tests are not.
func unprivileged(r *rig) *syscall.Credential {
	r.t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	r.must(err)
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	r.must(err)
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	r.must(err)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
