package faultproxy

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// serve passes bytes between a client and the server until both have said all,
// or the connection breaks.
func (p *Proxy) serve(client net.Conn) {
	defer p.forget(client)
	if !p.keep(client) {
		return
	}
	server, err := net.Dial(p.network, p.target)
	if err != nil {
		reset(client)
		return
	}
	defer p.forget(server)
	if !p.keep(server) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.pass(server, client) })
	both.Go(func() { p.pass(client, server) })
	both.Wait()
}

// keep notes a connection for Cut, or resets it if that came first.
func (p *Proxy) keep(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.cut {
		reset(conn)
		return false
	}
	p.conns[conn] = struct{}{}
	return true
}

func (p *Proxy) forget(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, conn)
	conn.Close()
}

// A chunk is what one read returned.
type chunk struct {
	bytes []byte
	at    time.Time
	err   error
}

// pass writes to dst what it reads from src. Reading goes on while a chunk is
// held up, so that a delay costs latency and not throughput.
func (p *Proxy) pass(dst, src net.Conn) {
	const ahead = 64
	chunks := make(chan chunk, ahead)
	p.work.Go(func() { read(src, chunks) })
	var err error
	for c := range chunks {
		if err == nil {
			err = p.forward(dst, c)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			reset(src)
			reset(dst)
		}
	}
}

func read(src net.Conn, chunks chan<- chunk) {
	const most = 32 << 10
	defer close(chunks)
	for {
		b := make([]byte, most)
		n, err := src.Read(b)
		chunks <- chunk{bytes: b[:n], at: time.Now(), err: err}
		if err != nil {
			return
		}
	}
}

// forward writes a chunk when its time has come. It returns the error that the
// chunk ended with.
func (p *Proxy) forward(dst net.Conn, c chunk) error {
	if err := p.hold(c.at); err != nil {
		return err
	}
	if _, err := dst.Write(c.bytes); err != nil {
		return err
	}
	if half, ok := dst.(interface{ CloseWrite() error }); ok && errors.Is(c.err, io.EOF) {
		if err := half.CloseWrite(); err != nil {
			return err
		}
	}
	return c.err
}

// hold returns when what was read at that time may go on.
func (p *Proxy) hold(at time.Time) error {
	for {
		state, changed := p.now()
		var due <-chan time.Time
		switch wait := time.Until(at.Add(state.delay)); {
		case state.cut:
			return net.ErrClosed
		case state.blackholed:
		case wait <= 0:
			return nil
		default:
			due = time.After(wait)
		}
		select {
		case <-due:
		case <-changed:
		}
	}
}

func (p *Proxy) now() (state, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state, p.changed
}
