package redislocal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

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
	silent.Gentle = 0
	if _, err := silent.Start(context.Background(), privateserver.Options{Dir: dir}); err != nil {
		panic(err)
	}
	os.Exit(0)
}

func pid(t *testing.T, url string) int {
	t.Helper()
	n, err := answer(t.Context(), nil, url)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// survive leaves a server without an owner and returns its process number.
func survive(t *testing.T, dir string) int {
	t.Helper()
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), survivorVar+"="+dir)
	if out, err := helper.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	url, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	return pid(t, url)
}

func TestOwnerIsKilled(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
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
	put(t, strings.TrimSpace(url), "figs")
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	owner.Wait() // its error is the kill

	if got := kept(t, start(t, dir).URL()); got != "figs" {
		t.Errorf("found %q, want what was put before the kill", got)
	}
}

func TestSurvivorIsAdopted(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	was := survive(t, dir)
	s := start(t, dir)
	if now := pid(t, s.URL()); now != was {
		t.Errorf("process %d runs, want the survivor %d", now, was)
	}
	stop(t, s)
	if running, err := privateserver.Running(dir); running || err != nil {
		t.Errorf("the survivor runs after it was stopped: %t (%v)", running, err)
	}
}

func TestServerIsKilled(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s := start(t, dir)
	put(t, s.URL(), "figs")
	if err := syscall.Kill(pid(t, s.URL()), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	wantError(t, s.Err(), "run redis in "+dir, "killed")
	stop(t, s)
	if got := kept(t, start(t, dir).URL()); got != "figs" {
		t.Errorf("found %q, want what was put before the kill", got)
	}
}

func TestStopInAHurry(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s, err := Start(t.Context(), privateserver.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// The server may be done before it is looked at whether there is time.
	if err := s.Stop(ctx); err != nil {
		wantError(t, err, "stop redis in "+dir, "killed")
	}
	start(t, dir)
}
