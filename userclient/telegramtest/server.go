// Package telegramtest is a small Telegram for tests: an MTProto server over TCP
// that signs people in, and answers what the user client asks, as Telegram does.
//
// It stands on gotd's transport, key exchange and cipher. The server that comes
// with gotd ends when a client hangs up too early, and reads the keys that it
// keeps without a lock.
package telegramtest

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gotd/td/crypto"
	"github.com/gotd/td/exchange"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
)

// HomeDC is the data centre that a new client asks first.
const HomeDC = 2

// A Server is two data centres, 2 and 4, with the accounts of a test.
type Server struct {
	t      testing.TB
	key    exchange.PrivateKey
	cipher crypto.Cipher
	msgID  *proto.MessageIDGen
	dcs    map[int]net.Addr
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu       sync.Mutex
	keys     map[[8]byte]*authKey
	conns    map[*conn]bool
	accounts []*Account
	tokens   map[string]*loginToken
	codes    map[string]*sentCode
	calls    []Call
	floods   map[string]*flood
	srp      map[int64]*srpTrial
	ends     bool // connections end as soon as they are made
	silent   bool // nothing is said that was not asked for
	slice    int  // how many events are told at a time; 0 for all
	most     int  // how many events are remembered; 0 for all
}

// An authKey is what a client made with the server. Who signs in with it is let
// in by it.
type authKey struct {
	crypto.AuthKey
	dc       int
	account  *Account // nil before anybody signed in
	pending  *Account // whose password is asked for
	accepted *Account // who scanned its login token
	refused  string   // the error that every call gets; "" for none
	conns    int
	most     int // connections at the same time
}

// New returns a Server that runs until the test ends.
func New(t testing.TB) *Server {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, crypto.RSAKeyBits)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{
		t: t, key: exchange.PrivateKey{RSA: key}, cipher: crypto.NewServerCipher(rand.Reader), msgID: proto.NewMessageIDGen(time.Now),
		dcs: map[int]net.Addr{}, stop: stop, keys: map[[8]byte]*authKey{}, conns: map[*conn]bool{}, tokens: map[string]*loginToken{},
		codes: map[string]*sentCode{}, floods: map[string]*flood{}, srp: map[int64]*srpTrial{},
	}
	for _, dc := range []int{HomeDC, 4} {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s.dcs[dc] = l.Addr()
		s.done.Go(func() { s.listen(ctx, l, dc) })
		context.AfterFunc(ctx, func() { l.Close() })
	}
	t.Cleanup(s.close)
	return s
}

func (s *Server) close() {
	s.stop()
	s.DropConnections()
	s.done.Wait()
}

// Addr returns where data centre 2 listens.
func (s *Server) Addr() string { return s.dcs[HomeDC].String() }

// KeyFile writes the public key of the server, as PEM, and returns its path.
func (s *Server) KeyFile() string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "telegram.pem")
	block := &pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&s.key.RSA.PublicKey)}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// config is what a client of dc is told of the data centres.
func (s *Server) config(dc int) *tg.Config {
	c := &tg.Config{ThisDC: dc, Date: int(time.Now().Unix()), Expires: int(time.Now().Add(time.Hour).Unix())}
	for id, addr := range s.dcs {
		tcp := addr.(*net.TCPAddr)
		c.DCOptions = append(c.DCOptions, tg.DCOption{ID: id, IPAddress: tcp.IP.String(), Port: tcp.Port, Static: true})
	}
	return c
}
