package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/kith-platform/kith/api"
)

// listening serves handler with the limits of Kith's server, shortened, and
// returns its address and what stops it.
func listening(t *testing.T, handler http.HandlerFunc) (addr string, stop func(), stopped <-chan error) {
	t.Helper()
	server := newServer(handler, slog.New(slog.DiscardHandler))
	for _, limit := range []*time.Duration{&server.ReadHeaderTimeout, &server.ReadTimeout, &server.WriteTimeout, &server.IdleTimeout} {
		if *limit <= 0 || *limit > 2*time.Minute {
			t.Errorf("a limit of the server is %v", *limit)
		}
	}
	server.ReadHeaderTimeout, server.ReadTimeout = server.ReadHeaderTimeout/50, server.ReadTimeout/50
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(cancel)
	done := make(chan error, 1)
	go func() { done <- serve(ctx, server, l) }()
	return l.Addr().String(), cancel, done
}

// dialed sends the beginning of a request.
func dialed(t *testing.T, addr, beginning string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, beginning); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestSlowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	addr, _, _ := listening(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, "the body broke off", http.StatusBadRequest)
		}
	})
	for name, beginning := range map[string]string{
		"no request": "", "half a header": "POST / HTTP/1.1\r\nHost: ki", "half a body": "POST / HTTP/1.1\r\nHost: kith\r\nContent-Length: 10\r\n\r\nhalf",
	} {
		// It ends before the deadline of the connection does.
		if answer, err := io.ReadAll(dialed(t, addr, beginning)); err != nil {
			t.Errorf("%s: the connection stays open (%v), after %q", name, err, answer)
		}
	}
}

func TestRequestsUnderWayAreFinished(t *testing.T) {
	t.Parallel()
	addr, stop, stopped := listening(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %v", body, err)
	})
	conn := dialed(t, addr, "POST / HTTP/1.1\r\nHost: kith\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
	answers := bufio.NewReader(conn)
	// The server says this when the handler reads.
	if line, err := answers.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("the server says %q (%v)", line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	stop()
	for { // nobody else is let in
		another, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		another.Close()
	}
	if _, err := io.WriteString(conn, "figs"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "figs <nil>" {
		t.Errorf("the answer is %q (%v), want it whole", body, err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestProfilesHaveTheirOwnPort(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	base := r.listens()
	r.settings["KITH_PPROF_ADDR"] = freeAddr(r)
	stop := r.open()
	r.becomes(base, "it runs", func(status int, _ api.Detailed) bool { return status == 200 })
	if status, _ := r.fetch("http://" + r.settings["KITH_PPROF_ADDR"] + "/debug/pprof/heap"); status != 200 {
		t.Errorf("a profile: %d, want 200", status)
	}
	if status, _ := r.fetch(base + "/debug/pprof/heap"); status != 404 {
		t.Errorf("a profile for everybody: %d, want 404", status)
	}
	stop()
}
