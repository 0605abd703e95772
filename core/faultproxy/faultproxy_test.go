package faultproxy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/faultproxy"
	"github.com/kith-platform/kith/core/store/storetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := errors.Join(storetest.Stop(), goleak.Find()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// silence is how long nothing must come for a test to believe that nothing
// comes.
const silence = 50 * time.Millisecond

// echo starts a server that sends back what it receives, on a socket of the
// network, and returns its address.
func echo(t *testing.T, network string) string {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "echo")
	}
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.Copy(conn, conn)
			}()
		}
	}()
	return listener.Addr().String()
}

func dial(t *testing.T, p *faultproxy.Proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// say sends a word and returns what came back in time.
func say(t *testing.T, conn net.Conn, word string, within time.Duration) (string, error) {
	t.Helper()
	if _, err := io.WriteString(conn, word); err != nil {
		return "", err
	}
	return hear(t, conn, len(word), within)
}

func hear(t *testing.T, conn net.Conn, n int, within time.Duration) (string, error) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, n)
	read, err := io.ReadFull(conn, b)
	return string(b[:read]), err
}

func mustEcho(t *testing.T, conn net.Conn) {
	t.Helper()
	if got, err := say(t, conn, "ana", time.Minute); got != "ana" || err != nil {
		t.Fatalf("heard %q (%v), want ana", got, err)
	}
}

// wantBroken fails the test unless a new connection breaks, be it while it is
// made or on its first use.
func wantBroken(t *testing.T, p *faultproxy.Proxy) {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		return
	}
	defer conn.Close()
	if got, err := say(t, conn, "ana", time.Minute); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("heard %q (%v), want a broken connection", got, err)
	}
}

func TestHealthyProxyPassesAll(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"tcp", "unix"} {
		conn := dial(t, faultproxy.New(t, network, echo(t, network)))
		sent := bytes.Repeat([]byte("a note of some length. "), 100_000)
		go func() {
			conn.Write(sent)
			conn.(*net.TCPConn).CloseWrite()
		}()
		got, err := io.ReadAll(conn)
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%s: %d of %d bytes came back (%v)", network, len(got), len(sent), err)
		}
	}
}

func TestCutBreaksAllUntilHealed(t *testing.T) {
	t.Parallel()
	p := faultproxy.New(t, "tcp", echo(t, "tcp"))
	old := dial(t, p)
	mustEcho(t, old)

	p.Cut()
	if got, err := say(t, old, "ana", time.Minute); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the old connection: heard %q (%v), want a broken connection", got, err)
	}
	wantBroken(t, p)

	p.Heal()
	mustEcho(t, dial(t, p))
}

func TestBlackHoleKeepsWhatItSwallowed(t *testing.T) {
	t.Parallel()
	p := faultproxy.New(t, "tcp", echo(t, "tcp"))
	conn := dial(t, p)
	mustEcho(t, conn)

	p.Blackhole()
	if got, err := say(t, conn, "ana", silence); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("heard %q (%v), want silence", got, err)
	}
	p.Heal()
	if got, err := hear(t, conn, 3, time.Minute); got != "ana" || err != nil {
		t.Errorf("after healing: heard %q (%v), want ana", got, err)
	}
}

func TestCutEndsABlackHole(t *testing.T) {
	t.Parallel()
	p := faultproxy.New(t, "tcp", echo(t, "tcp"))
	conn := dial(t, p)
	p.Blackhole()
	if _, err := say(t, conn, "ana", silence); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("got %v, want silence", err)
	}
	p.Cut()
	if _, err := hear(t, conn, 3, time.Minute); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want a broken connection", err)
	}
}

func TestDelayHoldsUpBothDirections(t *testing.T) {
	t.Parallel()
	const delay = 30 * time.Millisecond
	p := faultproxy.New(t, "tcp", echo(t, "tcp"))
	conn := dial(t, p)
	p.Delay(delay)
	start := time.Now()
	mustEcho(t, conn)
	if took := time.Since(start); took < 2*delay {
		t.Errorf("there and back took %s, want %s or more", took, 2*delay)
	}
}

func TestNobodyListensBehind(t *testing.T) {
	t.Parallel()
	wantBroken(t, faultproxy.New(t, "unix", filepath.Join(t.TempDir(), "nobody")))
}

func TestBeforePostgres(t *testing.T) {
	t.Parallel()
	p, url := faultproxy.Before(t, storetest.EmptyURL(t))
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if err := conn.Ping(t.Context()); err != nil {
		t.Errorf("healthy: %v", err)
	}
	p.Cut()
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("cut: the database still answers")
	}
}

func TestBeforeRedis(t *testing.T) {
	t.Parallel()
	p, url := faultproxy.Before(t, cachetest.Redis(t))
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.MaxRetries = -1
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Errorf("healthy: %v", err)
	}
	p.Cut()
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Error("cut: Redis still answers")
	}
}

func TestBeforeLeadsThroughTheProxy(t *testing.T) {
	t.Parallel()
	for server, want := range map[string]string{
		"redis://:secret@localhost:6380/2":      "redis://:secret@PROXY/2",
		"redis://localhost/2?read_timeout=1s":   "redis://PROXY/2?read_timeout=1s",
		"unix://:secret@/run/redis.sock?db=3":   "redis://:secret@PROXY/3",
		"postgres://kith:secret@db/kith":        "postgres://kith:secret@PROXY/kith?sslmode=disable",
		"postgres://kith@/kith?host=/s&port=54": "postgres://kith@PROXY/kith?sslmode=disable",
	} {
		p, got := faultproxy.Before(t, server)
		if want := strings.Replace(want, "PROXY", p.Addr(), 1); got != want {
			t.Errorf("%s leads to %s, want %s", server, got, want)
		}
	}
}
