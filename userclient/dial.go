package userclient

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram"
)

// storage keeps a session where load and keep say.
type storage struct {
	load func(context.Context) ([]byte, error)
	keep func(context.Context, []byte) error

	mu   sync.Mutex
	last []byte        // as it was kept last
	kept chan struct{} // it was kept
}

func newStorage(load func(context.Context) ([]byte, error), keep func(context.Context, []byte) error) *storage {
	return &storage{load: load, keep: keep, kept: make(chan struct{}, 1)}
}

// LoadSession returns the session, or session.ErrNotFound.
func (s *storage) LoadSession(ctx context.Context) ([]byte, error) {
	data, err := s.load(ctx)
	if err == nil && data == nil {
		return nil, session.ErrNotFound
	}
	return data, err
}

// StoreSession keeps the session.
func (s *storage) StoreSession(ctx context.Context, data []byte) error {
	err := s.keep(ctx, data)
	s.mu.Lock()
	s.last = data
	s.mu.Unlock()
	select {
	case s.kept <- struct{}{}:
	default:
	}
	return err
}

// of waits for the session with a data centre to be kept, and returns it. gotd
// goes on as soon as there is one, and keeps it right after.
func (s *storage) of(ctx context.Context, dc int) ([]byte, error) {
	for {
		s.mu.Lock()
		data := s.last
		s.mu.Unlock()
		kept := session.StorageMemory{}
		if err := kept.StoreSession(ctx, data); err != nil {
			return nil, err
		}
		if known, err := (&session.Loader{Storage: &kept}).Load(ctx); err == nil && known.DC == dc {
			return data, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.kept:
		}
	}
}

// client returns a client on the session of s. It dials when it runs.
func (a *account) client(ctx context.Context, s *storage, set func(*telegram.Options)) (*telegram.Client, error) {
	known, err := (&session.Loader{Storage: s}).Load(ctx)
	if err != nil && !errors.Is(err, session.ErrNotFound) {
		return nil, fmt.Errorf("read the session: %w", err)
	}
	o := a.c.App.options(known)
	o.SessionStorage = s
	set(&o)
	o.Middlewares = append(o.Middlewares, telegram.MiddlewareFunc(a.guard))
	return telegram.NewClient(a.c.App.ID, a.c.App.Hash, o), nil
}
