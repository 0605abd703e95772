// Package sandbox is a local Telegram Bot API server with a chat page on it.
//
// It behaves as Telegram does towards a bot, including where Telegram refuses, so
// that Kith can be tried without a token and tested without the network. People talk
// to the bot on the page; tests talk to it through a [Client]. It listens on loopback
// only.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"
)

// shutdownGrace is how long requests in progress may take after Run was told to stop.
const shutdownGrace = time.Second

// Options says where a Server listens and what it keeps. The zero value is a server
// on a free port that keeps everything in memory.
type Options struct {
	// Addr is a loopback host and port, "127.0.0.1:0" when empty.
	Addr string
	// Dir keeps users, chats, messages, ids and unconfirmed updates over a restart.
	// Empty means memory only.
	Dir string
	// Token is the bot's token. When empty one is made, and kept in Dir.
	Token string
	// Log receives what goes wrong; it never receives tokens or the text of messages.
	Log *slog.Logger
	// OnCall is told of every call of the bot, before the call is checked: strings for
	// form fields (files as "attach://field"), decoded values for JSON bodies. Calls
	// that overlap are told of at the same time.
	OnCall func(method string, params map[string]any)
	// Now is the clock for dates and expiry, time.Now when nil.
	Now func() time.Time
}

// A Server is the Bot API server and the chat page. It accepts connections from New
// on and answers them while Run runs.
type Server struct {
	log      *slog.Logger
	onCall   func(method string, params map[string]any)
	now      func() time.Time
	listener net.Listener
	token    string
	pageKey  string

	world  *world
	queue  *queue
	hook   *webhook
	calls  *callLog
	faults *faultList
}

// New reads what Dir holds and listens. Run must be called for anything to be
// answered; it also closes what New opened.
func New(opts Options) (*Server, error) {
	listener, err := listen(opts.Addr)
	if err != nil {
		return nil, err
	}
	s := &Server{
		log:      opts.Log,
		onCall:   opts.OnCall,
		now:      opts.Now,
		listener: listener,
		calls:    &callLog{},
		faults:   &faultList{},
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.restore(opts); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return s, nil
}

func listen(addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox address %q: %w", addr, err)
	}
	if !isLoopback(host) {
		return nil, fmt.Errorf("sandbox address %q: the sandbox listens on loopback only", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return listener, nil
}

func (s *Server) restore(opts Options) error {
	j, kept, err := openJournal(opts.Dir)
	if err != nil {
		return err
	}
	keys, err := loadIdentity(j, kept, opts.Token)
	if err != nil {
		return errors.Join(err, j.close())
	}
	s.token, s.pageKey = keys.Token, keys.Page
	s.queue, err = loadQueue(j, kept, s.now)
	if err == nil {
		s.world, err = loadWorld(j, kept, keys.bot(), s.now)
	}
	if err != nil {
		return errors.Join(err, j.close())
	}
	s.hook = newWebhook(s.queue, s.log)
	return nil
}

// Run answers requests and delivers webhooks until ctx ends, and then shuts down:
// polls in progress end, calls in progress finish. It returns nil when asked to stop.
func (s *Server) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(s.listener) }()
	var delivering sync.WaitGroup
	delivering.Go(func() { s.hook.run(ctx) })

	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
	case <-s.world.journal.broken():
	}
	stop()
	err = errors.Join(err, shutdown(ctx, server))
	delivering.Wait()
	return errors.Join(err, s.world.journal.close())
}

// shutdown lets calls in progress finish. What is left after the grace are connections
// that never carried a request, for which Shutdown would wait much longer.
func shutdown(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(ctx); err == nil {
		return nil
	}
	if err := server.Close(); err != nil {
		return fmt.Errorf("shut down sandbox: %w", err)
	}
	return nil
}

// BotURL is the base address of the Bot API: what TELEGRAM_BOT_API_URL takes.
func (s *Server) BotURL() string { return "http://" + s.listener.Addr().String() }

// Token is the token under which the bot calls the Bot API.
func (s *Server) Token() string { return s.token }

// Bot is the bot's own account.
func (s *Server) Bot() models.User { return s.world.bot }

// PageURL is the address of the chat page, with the key that opens it. A start
// parameter makes the page offer a START button that sends it, as a deep link does.
func (s *Server) PageURL(start string) string {
	page := s.BotURL() + "/sandbox/" + s.pageKey + "/"
	if start == "" {
		return page
	}
	return page + "?" + url.Values{"start": {start}}.Encode()
}

// Client returns a client of this server, for tests in the same process.
func (s *Server) Client() *Client { return newClient(s.BotURL() + "/sandbox/" + s.pageKey) }
