package pglocal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core/privateserver"
)

// These variables hold the directory of a server that the test program shall
// own until it is killed, or leave behind without an owner.
const (
	ownerVar    = "KITH_TEST_OWN"
	survivorVar = "KITH_TEST_LEAVE"
)

func own(dir string) {
	s, err := Start(context.Background(), privateserver.Options{Dir: dir})
	if err != nil {
		panic(err)
	}
	fmt.Println(s.URL())
	<-s.Done()
}

// leave starts a server as systems do that cannot tell it of its owner's death.
func leave(dir string) {
	silent := program
	silent.Hard = 0
	if _, err := silent.Start(context.Background(), privateserver.Options{Dir: dir, Disposable: true}); err != nil {
		panic(err)
	}
	os.Exit(0)
}

// runOwner runs the test program as the owner of a server and returns it with
// the server's URL.
func runOwner(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerVar+"="+dir)
	owner.Stderr = os.Stderr
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return owner, strings.TrimSpace(url)
}

func kill(t *testing.T, owner *exec.Cmd) {
	t.Helper()
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	owner.Wait() // its error is the kill
}

// insert adds numbers to a table until the server goes, and returns the last
// that was committed.
func insert(ctx context.Context, conn *pgx.Conn, from int, first chan<- struct{}) int {
	for n := from; ; n++ {
		if _, err := conn.Exec(ctx, `INSERT INTO numbers VALUES ($1)`, n); err != nil {
			return n - 1
		}
		if n == from {
			close(first)
		}
	}
}

func TestOwnerIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	committed := 0
	for round := range 3 {
		owner, url := runOwner(t, dir)
		conn := dial(t, url)
		do(t, conn, `CREATE TABLE IF NOT EXISTS numbers (n int)`)
		if n := ask[int](t, conn, `SELECT count(*) FROM numbers`); n < committed {
			t.Fatalf("round %d: %d rows, want %d or more", round, n, committed)
		}
		busy, last := make(chan struct{}), make(chan int)
		from := ask[int](t, conn, `SELECT count(*) + 1 FROM numbers`)
		go func() { last <- insert(t.Context(), conn, from, busy) }()
		<-busy
		kill(t, owner)
		committed = <-last
	}
	if n := ask[int](t, dial(t, start(t, dir).URL()), `SELECT count(*) FROM numbers`); n < committed {
		t.Errorf("%d rows, want %d or more", n, committed)
	}
}

// survive leaves a server without an owner and returns its process number.
func survive(t *testing.T, dir string) int {
	t.Helper()
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), survivorVar+"="+dir)
	if out, err := helper.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return postmaster(t, dir)
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	file, err := readPidFile(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	return file.pid
}

func TestSurvivorIsAdopted(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	pid := survive(t, dir)
	s := start(t, dir)
	if now := postmaster(t, dir); now != pid {
		t.Errorf("process %d runs, want the survivor %d", now, pid)
	}
	if err := dial(t, s.URL()).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	stop(t, s)
	if _, err := os.Stat(pidFilePath(s.Home().Data())); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the survivor has not shut down (%v)", err)
	}
}

func TestSurvivorIsKilled(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	pid := survive(t, dir)
	s := start(t, dir)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	if s.Err() == nil {
		t.Error("got no error, want one: nobody stopped the server")
	}
	stop(t, s)
	start(t, dir)
}

func TestSurvivorThatRefuses(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	survive(t, dir)
	password := filepath.Join(dir, "password")
	right, err := os.ReadFile(password)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(password, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
	wantError(t, err, "password authentication failed")
	if err := os.WriteFile(password, right, 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
}

func TestServerIsKilled(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s, err := Start(t.Context(), privateserver.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, s.URL())
	do(t, conn, `CREATE TABLE numbers (n int)`)
	busy, last := make(chan struct{}), make(chan int)
	go func() { last <- insert(t.Context(), conn, 1, busy) }()
	<-busy
	if err := syscall.Kill(postmaster(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	wantError(t, s.Err(), "run postgres in "+dir, "killed")
	stop(t, s)

	s = start(t, dir)
	committed := <-last
	if n := ask[int](t, dial(t, s.URL()), `SELECT count(*) FROM numbers`); n < committed {
		t.Errorf("%d rows, want %d or more", n, committed)
	}
}

func TestEarlierServerThatNeitherAnswersNorEnds(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	home, err := privateserver.Open(dir, "nobody")
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := home.Start(syscall.SIGKILL, "/bin/sleep", "1000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { frozen.Stop(context.WithoutCancel(t.Context()), syscall.SIGKILL, syscall.SIGKILL) })
	if err := home.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*10*time.Millisecond)
	defer cancel()
	_, err = Start(ctx, privateserver.Options{Dir: dir})
	wantError(t, err, "neither answers nor ends")
}

// stranger runs a process of the same user as the server of a directory.
func stranger(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sleep", "1000")
	cmd.SysProcAttr = sameUser(t, filepath.Join(dir, "data"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Wait() })
	return cmd
}

func sameUser(t *testing.T, path string) *syscall.SysProcAttr {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		return nil
	}
	owner := info.Sys().(*syscall.Stat_t)
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
}

func TestStalePidFile(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	start(t, dir).Stop(t.Context())
	other := stranger(t, dir)
	for name, content := range map[string]string{
		"of a process that is somebody else's": fmt.Sprintf("%d\n%s/data\n1700000000\n5432\n%s/run\n\n", other.Process.Pid, dir, dir),
		"of a process that is gone":            "4194305\n" + dir + "/data\n1700000000\n5432\n" + dir + "/run\n\n",
		"cut short":                            strconv.Itoa(other.Process.Pid),
		"empty":                                "",
	} {
		if err := os.WriteFile(pidFilePath(filepath.Join(dir, "data")), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		stop(t, s)
	}
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the other process is gone: %v", err)
	}
}

func TestServerStartedByHand(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s := start(t, dir)
	stop(t, s)
	sockets, err := s.Home().MakeSocketDir(socketName)
	if err != nil {
		t.Fatal(err)
	}
	programs, err := programsFor(t.Context(), s.Home())
	if err != nil {
		t.Fatal(err)
	}
	byHand := exec.Command(programs.postgres(), arguments(s.Home(), sockets, false)...)
	byHand.SysProcAttr = sameUser(t, s.Home().Data())
	if err := byHand.Start(); err != nil {
		t.Fatal(err)
	}
	if err := waitFor(t.Context(), s.URL()); err != nil {
		t.Fatal(err)
	}

	_, err = Start(t.Context(), privateserver.Options{Dir: dir, Disposable: true})
	wantError(t, err, fmt.Sprintf("process %d, which Kith did not start", byHand.Process.Pid))
	if err := waitFor(t.Context(), s.URL()); err != nil {
		t.Errorf("the server started by hand: %v", err)
	}
	if err := byHand.Process.Signal(fast); err != nil {
		t.Fatal(err)
	}
	if err := byHand.Wait(); err != nil {
		t.Error(err)
	}
}

// waitFor returns when the server of a URL answers.
func waitFor(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := makeDatabase(ctx, url)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return err
		}
	}
}
