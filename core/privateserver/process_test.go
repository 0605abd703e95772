package privateserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// ownerVar holds the home of a server that the test program shall own until it
// is killed.
const ownerVar = "KITH_TEST_OWN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerVar); dir != "" {
		own(dir)
	}
	goleak.VerifyTestMain(m)
}

func own(dir string) {
	h, err := Open(dir, "nobody")
	if err != nil {
		panic(err)
	}
	p, err := h.Start(syscall.SIGTERM, "/bin/sh", "-c", "echo up; exec sleep 1000")
	if err != nil {
		panic(err)
	}
	fmt.Println(p.process.Pid)
	<-p.Done()
}

// shell starts a shell's script as the server of a home, and returns when it
// printed "up".
func shell(t *testing.T, h *Home, script string) *Process {
	t.Helper()
	p, err := h.Start(syscall.SIGKILL, "/bin/sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, p, syscall.SIGKILL) })
	eventually(t, func() bool { return strings.Contains(logTail(p.log), "up") })
	return p
}

func stop(t *testing.T, p *Process, s syscall.Signal) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	if err := p.Stop(ctx, s, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}

func eventually(t *testing.T, true func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !true(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to be in a minute")
		}
	}
}

func running(t *testing.T, dir string) bool {
	t.Helper()
	r, err := Running(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestServerLivesUntilStopped(t *testing.T) {
	t.Parallel()
	h := open(t, scratch(t))
	if running(t, h.dir) {
		t.Error("a server runs before it is started")
	}
	p := shell(t, h, "id -u; echo up; exec sleep 1000")
	if !running(t, h.dir) {
		t.Error("no server runs after it was started")
	}
	if err := p.Err(); err != nil {
		t.Errorf("a running server's error is %v, want none", err)
	}
	if uid, _, _ := strings.Cut(logTail(p.log), ";"); uid != strconv.Itoa(h.account.uid) || uid == "0" {
		t.Errorf("the server runs as user %s, want %d", uid, h.account.uid)
	}
	for range 2 { // the second time there is nothing to stop
		stop(t, p, syscall.SIGTERM)
	}
	if err := p.Err(); err != nil {
		t.Errorf("a stopped server's error is %v, want none", err)
	}
	if running(t, h.dir) {
		t.Error("a server runs after it was stopped")
	}
}

func TestServerKnowsNoSecrets(t *testing.T) {
	t.Setenv("KITH_SECRET_KEY", "planted")
	p := shell(t, open(t, scratch(t)), "env; echo up; exec sleep 1000")
	log, err := os.ReadFile(p.log)
	if err != nil || strings.Contains(string(log), "planted") {
		t.Errorf("the server was told %s (%v)", log, err)
	}
}

func TestServerThatDiesSaysWhy(t *testing.T) {
	t.Parallel()
	p := shell(t, open(t, scratch(t)), "echo up; echo disk is full >&2; exit 3")
	<-p.Done()
	if err := p.Err(); err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("got %v, want the exit status and what it printed", err)
	}
}

func TestStubbornServerIsKilled(t *testing.T) {
	t.Parallel()
	p := shell(t, open(t, scratch(t)), `trap "" TERM; echo up; exec sleep 1000`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := p.Stop(ctx, syscall.SIGTERM, syscall.SIGKILL)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "killed") {
		t.Errorf("got %v, want an error that says it was killed", err)
	}
	<-p.Done()
}

func TestNothingStartsBesideAnOrphan(t *testing.T) {
	t.Parallel()
	h := open(t, scratch(t))
	p := shell(t, h, "sleep 1000 & echo $!; echo up")
	<-p.Done()
	number, _, _ := strings.Cut(logTail(p.log), ";")
	orphan, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Start(syscall.SIGKILL, "/bin/sh", "-c", "echo up"); !errors.Is(err, ErrInUse) {
		t.Errorf("started beside an orphan: %v, want ErrInUse", err)
	}
	if err := syscall.Kill(orphan, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return !running(t, h.dir) })
	shell(t, h, "echo up")
}

func TestAdoptedServerIsStopped(t *testing.T) {
	t.Parallel()
	h := open(t, scratch(t))
	started := shell(t, h, "echo up; exec sleep 1000")
	adopted, err := h.Adopt(started.process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, adopted, syscall.SIGTERM)
	<-started.Done()
	if err := adopted.Err(); err != nil {
		t.Errorf("a stopped server's error is %v, want none", err)
	}
}

func TestAdoptedServerThatDiesIsNoticed(t *testing.T) {
	t.Parallel()
	h := open(t, scratch(t))
	started := shell(t, h, "echo up; exec sleep 1000")
	adopted, err := h.Adopt(started.process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, started, syscall.SIGKILL)
	<-adopted.Done()
	if err := adopted.Err(); err == nil {
		t.Error("got no error, want one: nobody stopped the adopted server")
	}
}

func TestNothingToAdopt(t *testing.T) {
	t.Parallel()
	if _, err := open(t, scratch(t)).Adopt(os.Getpid()); err == nil {
		t.Error("adopted a process in a home where no server ever ran")
	}
}

func TestOwnerIsKilled(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerVar+"="+dir)
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	server, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	owner.Wait() // its error is the kill

	h := open(t, dir)
	if runtime.GOOS != "linux" {
		p, err := h.Adopt(server)
		if err != nil {
			t.Fatal(err)
		}
		stop(t, p, syscall.SIGTERM)
	}
	eventually(t, func() bool { return !running(t, dir) })
}

func TestProgramsThatEnd(t *testing.T) {
	t.Parallel()
	h := open(t, scratch(t))
	if err := h.Run(t.Context(), "/bin/sh", "-c", "exit 0"); err != nil {
		t.Error(err)
	}
	err := h.Run(t.Context(), "/bin/sh", "-c", "echo no space; exit 2")
	if err == nil || !strings.Contains(err.Error(), "sh: exit status 2: no space") {
		t.Errorf("got %v, want the program, its status and what it printed", err)
	}
	if p, err := h.Start(syscall.SIGKILL, filepath.Join(h.dir, "missing")); p != nil || err == nil {
		t.Errorf("a missing program started as %v", p)
	}
}

func TestOneEarlierLogStays(t *testing.T) {
	t.Parallel()
	h := open(t, scratch(t))
	for _, word := range []string{"first up", "second up", "third up"} {
		<-shell(t, h, "echo "+word).Done()
		eventually(t, func() bool { return !running(t, h.dir) })
	}
	if got := logTail(h.path(serverLog)) + ", " + logTail(h.path(serverLog)+".old"); got != "third up, second up" {
		t.Errorf("logs hold %q, want the last two", got)
	}
	if got := logTail(h.path("none")); got == "" {
		t.Error("a log that cannot be read says nothing")
	}
}
