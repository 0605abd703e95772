package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
)

// TestNginxFollows has containers come back at other addresses, one after the
// other, as after a reboot: nginx asks those that there are, untold.
func TestNginxFollows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, second := r.says("first"), r.says("second")
	n := r.nginx([]string{first, first})
	found := filepath.Join(n.dir, "found")
	asks := func(addrs ...string) {
		t.Helper()
		n.copyFile("backends.conf", "kith/backends.conf", "127.0.0.1:5001", addrs[0], "127.0.0.1:5002", addrs[len(addrs)-1])
		r.must(os.WriteFile(found, []byte("Address: "+strings.Join(addrs, "\nAddress: ")+"\n"), 0o644))
	}
	asks(first)
	r.follow(n, "cat "+found)
	n.wantAnswers("first")
	asks(first, second)
	n.wantAnswers("first", "second")
	asks(second)
	n.wantAnswers("second")
}

// says returns the address of a server that answers with a word.
func (r *rig) says(word string) (addr string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, word) }))
	r.t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// follow starts what the image of nginx starts beside it, with a command that
// looks names up, and no patience.
func (r *rig) follow(n *nginx, lookup string) {
	r.t.Helper()
	mount := slices.IndexFunc(project(r.t, "../../docker-compose.yml").Services["nginx"].Volumes, func(v types.ServiceVolumeConfig) bool {
		return filepath.Dir(v.Target) == "/docker-entrypoint.d" && filepath.Base(v.Source) == "follow.sh"
	})
	if mount < 0 {
		r.t.Error("the image of nginx is not given follow.sh")
	}
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx" // not on everybody's PATH
	}
	bin := filepath.Join(n.dir, "bin")
	r.must(os.Mkdir(bin, 0o755))
	for name, command := range map[string]string{
		"nslookup": lookup, "sleep": "exec /bin/sleep 0.05",
		"nginx": program + " -p " + n.dir + " -c " + n.dir + `/nginx.conf "$@"`,
	} {
		r.must(os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+command+"\n"), 0o755))
	}
	cmd := exec.CommandContext(r.ctx, "../../deploy/nginx/follow.sh")
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r.must(cmd.Run())
	r.t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
}

// wantAnswers waits until nginx's answers are these words and no others.
func (n *nginx) wantAnswers(want ...string) {
	n.r.t.Helper()
	client := n.client("127.0.0.1")
	var got []string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) { // within nginx's limits
		got = nil
		client.CloseIdleConnections() // one that was made before is answered as before
		for range 6 {
			got = append(got, string(n.asks(client, http.MethodGet, n.at("localhost", "/"), "").body))
		}
		slices.Sort(got)
		if got = slices.Compact(got); slices.Equal(got, want) {
			return
		}
	}
	n.r.t.Errorf("nginx answers %q, want %q", got, want)
}
