// Package faultproxy puts a network that a test can break between Kith and one
// of its servers.
package faultproxy

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"
)

// A Proxy passes what it receives on a loopback port on to a server, and back.
// It starts healthy. Its methods may be called at any time.
type Proxy struct {
	network, target string
	listener        net.Listener
	work            sync.WaitGroup

	mu      sync.Mutex
	state   state
	changed chan struct{} // closed when state changes
	conns   map[net.Conn]struct{}
}

// A state is what the network does to bytes.
type state struct {
	cut        bool
	blackholed bool
	delay      time.Duration
}

// New starts a proxy before the server that listens at target: network is "tcp"
// with host:port, or "unix" with the path of a socket. It ends with the test.
func New(t testing.TB, network, target string) *Proxy {
	t.Helper()
	return on(t, loopback(t), network, target)
}

func loopback(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func on(t testing.TB, listener net.Listener, network, target string) *Proxy {
	t.Helper()
	p := &Proxy{
		network: network, target: target, listener: listener,
		changed: make(chan struct{}), conns: make(map[net.Conn]struct{}),
	}
	p.work.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// Addr returns the host:port at which the proxy listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Cut breaks all connections, and each new one as soon as it is made.
func (p *Proxy) Cut() {
	p.change(func(s *state) { s.cut = true })
	p.breakAll()
}

// Blackhole keeps connections open, and accepts new ones, but passes nothing
// until Heal.
func (p *Proxy) Blackhole() { p.change(func(s *state) { s.blackholed = true }) }

// Delay holds everything up by d, in each direction.
func (p *Proxy) Delay(d time.Duration) { p.change(func(s *state) { s.delay = d }) }

// Heal undoes Cut, Blackhole and Delay. What a black hole held is passed on, as
// after a network's outage.
func (p *Proxy) Heal() { p.change(func(s *state) { *s = state{} }) }

func (p *Proxy) change(f func(*state)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.state)
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Proxy) close() {
	p.listener.Close()
	p.change(func(s *state) { *s = state{cut: true} })
	p.breakAll()
	p.work.Wait()
}

// breakAll resets all connections, as a network does and no server would.
func (p *Proxy) breakAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		reset(conn)
	}
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // fails only if it is closed already
	}
	conn.Close()
}

func (p *Proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			p.work.Go(func() { p.serve(conn) })
		}
	}
}
