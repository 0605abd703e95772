package userclient

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/tg"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// accounts are those that this process looks after, by user.
type accounts struct {
	mu   sync.Mutex
	byID map[int64]*account
}

func (s *accounts) all() []*account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.byID))
}

func (s *accounts) of(userID int64) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID[userID]
}

func (s *accounts) add(a *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID == nil {
		s.byID = map[int64]*account{}
	}
	s.byID[a.userID] = a
}

func (s *accounts) remove(a *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, a.userID)
}

// An account is one that this process looks after: it is being linked, it is
// linked, or it is to be signed out.
type account struct {
	c      *Client
	userID int64
	row    store.OpenLink
	since  time.Time     // when its lease was taken
	input  chan struct{} // there may be something new from the user
	stop   context.CancelFunc
	done   chan struct{}

	heldAt atomic.Pointer[time.Time] // when its lease was asked for that is held
	over   atomic.Bool               // Telegram ended the session
	api    atomic.Pointer[tg.Client] // nil while it is not connected
}

func newAccount(c *Client, row store.OpenLink, asked time.Time) *account {
	a := &account{c: c, userID: row.UserID, row: row, since: asked, input: make(chan struct{}, 1), done: make(chan struct{})}
	a.holds(asked)
	return a
}

func (a *account) holds(since time.Time) { a.heldAt.Store(&since) }

// sure reports whether nobody else can have the lease.
func (a *account) sure() bool { return time.Since(*a.heldAt.Load()) < hangUpAfter }

func (a *account) hangUp() { a.stop() }

// tell passes on what became of the row. What has become another thing is
// looked after anew.
func (a *account) tell(row store.OpenLink) {
	if row.State != a.row.State || row.Attempt != a.row.Attempt {
		a.hangUp()
		return
	}
	if row.Input {
		select {
		case a.input <- struct{}{}:
		default:
		}
	}
}

// run looks after the row until it hangs up, and gives the lease back.
func (a *account) run(ctx context.Context) {
	ctx, a.stop = context.WithCancel(ctx)
	go func() {
		defer close(a.done)
		defer a.c.held.remove(a)
		a.look(ctx)
		a.stop()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := a.c.Linker.Store.DropLease(ctx, leaseName(a.userID), a.c.Owner); err != nil {
			a.c.Log.WarnContext(ctx, "lease of a linked account will run out by itself", "user", a.userID, "err", err)
		}
	}()
}

// look does what the row asks for. After trouble of Kith's own it is done again.
func (a *account) look(ctx context.Context) {
	do := a.linked
	switch a.row.State {
	case core.LinkLeaving:
		do = a.signOut
	case "":
		do = a.attempt
	}
	for wait := patiently(); ; {
		err := do(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		a.c.Log.WarnContext(ctx, "linked account is taken up again", "user", a.userID, "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait.NextBackOff()):
		}
	}
}
