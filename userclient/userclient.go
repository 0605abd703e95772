// Package userclient reads users' own Telegram accounts over MTProto: all that
// knows gotd. It never writes anything there.
//
// An account belongs to one process at a time, by a lease that is taken before
// Telegram is dialled. Who cannot renew it hangs up long before it runs out.
package userclient

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
)

// A Client looks after the accounts that this process has the leases of, and
// after those on their way to be linked.
type Client struct {
	Linker  link.Linker
	App     App
	Wake    func(userID int64) // has what is owed to a user's chat sent; does not wait
	Log     *slog.Logger
	Metrics *Metrics
	Owner   string     // names this process in leases
	Pace    rate.Limit // calls a second for each account, after a few at once
	Only    int64      // the user whose account is looked after; 0 for all

	held accounts
}

// How the leases are kept. Who has not renewed one for hangUpAfter is sure to
// have hung up before it runs out.
const (
	lookEvery   = 500 * time.Millisecond
	holdEvery   = 2 * time.Second
	leaseHold   = 15 * time.Second
	hangUpAfter = 8 * time.Second
)

func leaseName(userID int64) string { return store.LeasePrefix + strconv.FormatInt(userID, 10) }

// Run looks after accounts until ctx ends, then hangs up.
func (c *Client) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for renewed := (time.Time{}); ; {
		if time.Since(renewed) >= holdEvery {
			renewed = time.Now()
			c.hold(ctx)
		}
		// One who is told to stop meanwhile must know what it holds, to give it back.
		if err := c.look(context.WithoutCancel(ctx)); err != nil && ctx.Err() == nil {
			c.Log.WarnContext(ctx, "linked accounts were not looked at", "err", err)
		}
		select {
		case <-ctx.Done():
			c.leave(context.WithoutCancel(ctx))
			return nil
		case <-tick.C:
		}
	}
}

// hold holds the leases, and hangs up where that is no longer sure.
func (c *Client) hold(ctx context.Context) {
	asked := time.Now()
	ctx, cancel := context.WithTimeout(ctx, holdEvery)
	defer cancel()
	names, err := c.Linker.Store.HoldLeases(ctx, store.LeasePrefix, c.Owner, leaseHold)
	if err != nil {
		c.Log.WarnContext(ctx, "leases of linked accounts were not renewed", "err", err)
	}
	renewed := map[int64]bool{}
	for _, name := range names {
		if id, err := strconv.ParseInt(strings.TrimPrefix(name, store.LeasePrefix), 10, 64); err == nil {
			renewed[id] = true
		}
	}
	for _, a := range c.held.all() {
		switch {
		case renewed[a.userID]:
			a.holds(asked)
		case err == nil && a.since.Before(asked), !a.sure():
			a.hangUp()
		}
	}
	if err := c.Linker.Store.DropStaleAttempts(ctx); err != nil {
		c.Log.WarnContext(ctx, "expired attempts are there still", "err", err)
	}
}

// look takes on what nobody looks after, and passes on what changed.
func (c *Client) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, holdEvery)
	defer cancel()
	open, err := c.Linker.Store.OpenLinks(ctx, c.Owner)
	if err != nil {
		return err
	}
	there := map[int64]bool{}
	for _, row := range open {
		if c.Only != 0 && row.UserID != c.Only {
			continue
		}
		there[row.UserID] = true
		if a := c.held.of(row.UserID); a != nil {
			a.tell(row)
		} else if err := c.takeOn(ctx, row); err != nil {
			return err
		}
	}
	for _, a := range c.held.all() {
		if !there[a.userID] {
			a.hangUp()
		}
	}
	c.Metrics.held.Set(float64(len(c.held.all())))
	return nil
}

// takeOn looks after a row from now on, if its lease can be had.
func (c *Client) takeOn(ctx context.Context, row store.OpenLink) error {
	asked := time.Now()
	held, err := c.Linker.Store.TakeLease(ctx, leaseName(row.UserID), c.Owner, leaseHold)
	if err != nil || !held {
		return err
	}
	a := newAccount(c, row, asked)
	c.held.add(a)
	// It outlives this look, and ends with Run, which waits for it.
	a.run(context.WithoutCancel(ctx))
	return nil
}

// leave hangs up everywhere, and gives the leases back.
func (c *Client) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	all := c.held.all()
	for _, a := range all {
		a.hangUp()
	}
	for _, a := range all {
		<-a.done
	}
	if err := ctx.Err(); err != nil {
		c.Log.Warn("leases of linked accounts will run out by themselves", "err", fmt.Errorf("hang up: %w", err))
	}
}
