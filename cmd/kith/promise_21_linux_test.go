//go:build chaos && linux

package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kith-platform/kith/api"
	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/faultproxy"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/storetest"
)

// requires ends the test where the machine does not let it break what it is to.
func requires(t *testing.T, what, program, debianPackage string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatalf("%s needs root: run `make chaos` as root, on a machine or in a virtual machine of your own", what)
	}
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s needs the program %s: apt-get install %s", what, program, debianPackage)
	}
}

// command runs a program that must succeed.
func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v: %s: this machine does not allow what the fault needs", name, strings.Join(args, " "), err, out)
	}
}

// disk puts a directory on a small disk of its own, in memory.
func disk(t *testing.T, dir string, megabytes int) {
	t.Helper()
	requires(t, "a disk that is full", "mount", "mount")
	command(t, "mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm,mode=0755", megabytes), "kith-chaos", dir)
	t.Cleanup(func() { command(t, "umount", dir) })
}

// A ballast is what somebody else keeps on a disk.
type ballast struct {
	t *testing.T
	f *os.File
}

func newBallast(t *testing.T, dir string) *ballast {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &ballast{t: t, f: f}
}

// grow fills the disk to the last block.
func (b *ballast) grow() {
	for size := 1 << 20; size >= 512; {
		if _, err := b.f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}

// drop gives the room back.
func (b *ballast) drop() {
	b.t.Helper()
	if err := b.f.Truncate(0); err != nil {
		b.t.Fatal(err)
	}
}

// TestPromise21NoRoomOnTheDisk fills the disk under Postgres to the last block
// while users and a program write. It may give up itself then; whoever runs it
// starts it again.
func TestPromise21NoRoomOnTheDisk(t *testing.T) {
	t.Parallel()
	var full *ballast
	p := newPostgres(t, func(dir string) {
		disk(t, dir, 320)
		full = newBallast(t, dir)
	})
	r := newRigOn(t, p.server.URL(), cachetest.Redis(t))
	r.must(store.Migrate(r.ctx, p.server.URL()))
	users, d, stop := r.writers(4)
	full.grow()
	r.faults++
	written := r.writing(users, 5, "when there is no room")
	d.until(2*time.Minute, http.StatusServiceUnavailable, 20, full.grow)
	r.told(users, "try again in a minute")
	full.drop()
	p.again(r)
	d.until(5*time.Second, http.StatusOK, 1)
	r.must(written())
	stop()
	r.wantAllOf(users, d, 1)
}

// writers opens a Kith in which users and a program write, and have written.
func (r *rig) writers(n int) (users []*sandbox.User, d *diary, stop func()) {
	r.t.Helper()
	base := r.listens()
	users = r.people(n)
	p := r.program(base, users[0], core.ScopeWrite)
	stopKith := r.open()
	r.becomes(base, "it can serve", func(status int, _ api.Detailed) bool { return status == http.StatusOK })
	d, stopDiary := p.diary()
	r.writeAll(users, 3, "when all is well")
	d.until(time.Minute, http.StatusOK, 5)
	r.t.Cleanup(stopKith)
	return users, d, stopDiary
}

// wantAllOf fails the test unless all that was acknowledged is there, once.
func (r *rig) wantAllOf(users []*sandbox.User, d *diary, crashes int) {
	r.t.Helper()
	r.settled(2 * time.Minute)
	r.wantConfirmedStored()
	r.wantNotes()
	r.wantReplies(users, crashes)
	d.wantKept()
	r.t.Logf("%d notes accepted, %d refused", d.count(http.StatusOK), d.count(http.StatusServiceUnavailable))
}

// again waits for the server to answer, and starts it where it gave up.
func (p *postgres) again(r *rig) {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		select {
		case <-p.server.Done():
			p.stop()
			p.start()
		default:
		}
		r.rows.Reset()
		err := r.rows.Ping(r.ctx)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("Postgres does not come back: %v", err)
		}
	}
}

// panics returns how often the server gave up since it was started.
func (p *postgres) panics() int {
	p.t.Helper()
	log, err := os.ReadFile(filepath.Join(p.dir, "server.log"))
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.Count(string(log), "PANIC:")
}

// failSyncs has the server told that nothing reaches the disk, until healed.
func (p *postgres) failSyncs() (heal func()) {
	p.t.Helper()
	requires(p.t, "an fsync that fails", "strace", "strace")
	args := []string{"-f", "-q", "-o", os.DevNull, "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO"}
	for _, pid := range append([]int{p.postmaster()}, p.children()...) {
		args = append(args, "-p", fmt.Sprint(pid))
	}
	cmd := exec.Command("strace", args...)
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	heal = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it lets go of all, if it has not ended
		cmd.Wait()
	}
	p.t.Cleanup(heal)
	return heal
}

// TestPromise02SyncsFail has the disk under Postgres fail to take what is
// synced to it: Postgres gives up rather than say that it is kept.
func TestPromise02SyncsFail(t *testing.T) {
	t.Parallel()
	p := newPostgres(t)
	r := newRigOn(t, p.server.URL(), cachetest.Redis(t))
	r.must(store.Migrate(r.ctx, p.server.URL()))
	users, d, stop := r.writers(6)
	rounds := load(1, 5)
	for round := range rounds {
		before := p.panics()
		heal := p.failSyncs()
		written := r.writing(users, 4, fmt.Sprintf("when syncs fail, in round %d", round))
		r.faults++
		for deadline := time.Now().Add(time.Minute); p.panics() <= before; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("Postgres never gave up: strace does not reach it on this machine")
			}
		}
		heal()
		p.again(r)
		r.wantConfirmedStored()
		d.until(time.Minute, http.StatusOK, 3)
		r.must(written())
	}
	stop()
	r.wantAllOf(users, d, rounds)
}

// A cable leads to a network namespace, in which a Postgres can be reached.
type cable struct {
	t                    *testing.T
	network, here, there string
	hereAddr, thereAddr  string
}

// newCable lays one. Its addresses are of those set aside for such tests.
func newCable(t *testing.T) *cable {
	t.Helper()
	requires(t, "a network that is broken", "ip", "iproute2")
	name := fmt.Sprintf("kith%d", os.Getpid())
	c := &cable{t: t, network: name, here: name + "a", there: name + "b", hereAddr: "198.18.77.1", thereAddr: "198.18.77.2"}
	command(t, "ip", "netns", "add", name)
	t.Cleanup(func() { command(t, "ip", "netns", "del", name) }) // the cable goes with it
	command(t, "ip", "link", "add", c.here, "type", "veth", "peer", "name", c.there, "netns", name)
	command(t, "ip", "addr", "add", c.hereAddr+"/30", "dev", c.here)
	command(t, "ip", "-n", name, "addr", "add", c.thereAddr+"/30", "dev", c.there)
	command(t, "ip", "link", "set", c.here, "up")
	command(t, "ip", "-n", name, "link", "set", c.there, "up")
	return c
}

// listen listens at the far end of the cable.
func (c *cable) listen() (l net.Listener) {
	c.t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := within("/run/netns/"+c.network, func() (err error) {
			l, err = net.Listen("tcp4", c.thereAddr+":0")
			return err
		})
		if err == nil {
			runtime.UnlockOSThread() // or the thread, which may be elsewhere, ends
		}
		done <- err
	}()
	if err := <-done; err != nil {
		c.t.Fatal(err)
	}
	return l
}

// within does something in a network namespace, on this thread alone.
func within(namespace string, do func() error) error {
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer home.Close()
	away, err := os.Open(namespace)
	if err != nil {
		return err
	}
	defer away.Close()
	if err := unix.Setns(int(away.Fd()), unix.CLONE_NEWNET); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return unix.Setns(int(home.Fd()), unix.CLONE_NEWNET)
}

// lose has all packets go to a card that nobody has.
func (c *cable) lose() {
	const nobody = "02:00:00:00:00:01"
	command(c.t, "ip", "neigh", "replace", c.thereAddr, "lladdr", nobody, "dev", c.here, "nud", "permanent")
	command(c.t, "ip", "-n", c.network, "neigh", "replace", c.hereAddr, "lladdr", nobody, "dev", c.there, "nud", "permanent")
}

// find undoes lose.
func (c *cable) find() {
	command(c.t, "ip", "neigh", "del", c.thereAddr, "dev", c.here)
	command(c.t, "ip", "-n", c.network, "neigh", "del", c.hereAddr, "dev", c.there)
}

func (c *cable) unplug() { command(c.t, "ip", "-n", c.network, "link", "set", c.there, "down") }
func (c *cable) plug()   { command(c.t, "ip", "-n", c.network, "link", "set", c.there, "up") }

// TestPromise21TheNetworkIsBroken has the network between Kith and Postgres
// lose every packet without a word, and then has somebody pull the cable.
func TestPromise21TheNetworkIsBroken(t *testing.T) {
	t.Parallel()
	c := newCable(t)
	databaseURL := storetest.URL(t)
	r := newRigOn(t, databaseURL, cachetest.Redis(t))
	_, through := faultproxy.BeforeOn(t, c.listen(), databaseURL)
	r.settings["DATABASE_URL"] = through
	users, d, stop := r.writers(4)
	for i, fault := range []struct{ hurt, heal func() }{{c.lose, c.find}, {c.unplug, c.plug}} {
		fault.hurt()
		r.faults++
		begun := time.Now()
		written := r.writing(users, 5, fmt.Sprintf("when the network is broken for the %dth time", i))
		d.until(time.Minute, http.StatusServiceUnavailable, 3)
		r.told(users, "try again in a minute")
		r.until(2*time.Minute, "a minute passes", `SELECT clock_timestamp() > $1::timestamptz`, begun.Add(time.Minute))
		fault.heal()
		d.until(5*time.Second, http.StatusOK, 1)
		r.must(written())
	}
	stop()
	r.wantAllOf(users, d, 2)
}
