package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
	"golang.org/x/term"
	"golang.org/x/time/rate"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/link"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/userclient"
)

type loginCmd struct {
	User  int64  `help:"Whose account it is, from \"kith user list\"; needed where there are several."`
	Phone string `help:"Have Telegram send a code to this number, with its country code, instead of showing a QR code."`
}

// Help says what is read, and what it needs.
func (loginCmd) Help() string {
	return `Linked, Kith reads the contacts of the account and the chats that are chosen. It writes nothing and marks nothing as read. Telegram watches unofficial apps such as this one: it may end the session or limit an account, and nobody can promise that it will not.

Needs TELEGRAM_API_ID and TELEGRAM_API_HASH, and the KITH_SECRET_KEY that Kith runs with.`
}

// Run links an account, step by step.
func (l loginCmd) Run(ctx context.Context, t *terminal) error {
	return t.withStore(ctx, func(c Config, db *store.Store) error {
		c, err := c.withKey()
		switch {
		case c.TelegramAPIID == 0:
			return core.Tell(core.ErrNotPossible, "%s", link.HowToConfigure)
		case err != nil:
			return err
		}
		if l.User, err = onlyUser(ctx, db, l.User); err != nil {
			return err
		}
		app, err := c.telegramApp()
		if err != nil {
			return err
		}
		client := &userclient.Client{
			Linker: link.Linker{Store: db, Keys: c.keys()}, App: app, Wake: func(int64) {}, Log: slog.New(slog.DiscardHandler),
			Metrics: userclient.NewMetrics(prometheus.NewRegistry()), Owner: owner(), Only: l.User, Pace: rate.Limit(c.TelegramPace),
		}
		return l.with(ctx, client, &login{Linker: client.Linker, userID: l.User, t: t, in: bufio.NewReader(t.stdin)})
	})
}

// onlyUser returns the user with that id, or for 0 the only one there is.
func onlyUser(ctx context.Context, db *store.Store, id int64) (int64, error) {
	users, err := db.Users(ctx)
	if err != nil {
		return 0, err
	}
	if id == 0 && len(users) == 1 {
		return users[0].ID, nil
	}
	for _, u := range users {
		if u.ID == id {
			return id, nil
		}
	}
	return 0, errors.New("say whose account it is with --user; \"kith user list\" shows who is there")
}

// with links the account while client looks after it.
func (l loginCmd) with(ctx context.Context, client *userclient.Client, steps *login) error {
	begin := func() error { return steps.ByQR(ctx, l.User) }
	if l.Phone != "" {
		begin = func() error { return steps.ByPhone(ctx, l.User, l.Phone) }
	}
	if err := begin(); err != nil {
		return sentence(err)
	}
	parts, ctx := errgroup.WithContext(ctx)
	running, stop := context.WithCancel(ctx)
	parts.Go(func() error { return client.Run(running) })
	parts.Go(func() error {
		defer stop()
		return steps.follow(ctx)
	})
	return parts.Wait()
}

// A login is an account that is being linked in a terminal.
type login struct {
	link.Linker
	userID int64
	t      *terminal
	in     *bufio.Reader
	shown  string // the QR code that is shown
	said   string // the problem that was said last
}

// follow shows every step until the account is linked.
func (l *login) follow(ctx context.Context) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		s, err := l.Status(ctx, l.userID)
		if err != nil {
			return err
		}
		if done, err := l.step(ctx, s); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), l.Cancel(context.WithoutCancel(ctx), l.userID))
		case <-tick.C:
		}
	}
}

// step shows where the user stands and asks for what is needed. It reports
// whether the account is linked.
func (l *login) step(ctx context.Context, s link.Status) (done bool, err error) {
	if s.Problem != "" && s.Problem != l.said && !s.Given {
		fmt.Fprintln(l.t.stdout, s.Problem)
	}
	l.said = s.Problem
	switch {
	case s.State == link.StateLinked, s.State == link.StateWaiting:
		_, err := fmt.Fprintf(l.t.stdout, "%s is linked.\n", s.Link.Name)
		return true, err
	case s.State == link.StateNotLinked, s.State == link.StateRevoked:
		return false, errors.New("the account is not linked")
	case s.State == link.StateScan && s.Scan != l.shown:
		err = l.show(s.Scan)
	case s.State == link.StateCode && !s.Given:
		err = l.ask(false, "The code that Telegram sent: ", func(code string) error { return l.Code(ctx, l.userID, code) })
	case s.State == link.StatePassword && !s.Given:
		err = l.ask(true, "The password of your Telegram account: ", func(password string) error { return l.Password(ctx, l.userID, password) })
	}
	return false, err
}

// show draws a QR code, over the one before where the terminal can.
func (l *login) show(scan string) error {
	drawn, err := drawQR(scan)
	if err != nil {
		return err
	}
	if f, ok := l.t.stdout.(*os.File); ok && l.shown != "" && term.IsTerminal(int(f.Fd())) {
		fmt.Fprintf(f, "\x1b[%dA", strings.Count(drawn, "\n")+1)
	}
	l.shown = scan
	_, err = fmt.Fprintf(l.t.stdout, "%sIn Telegram on your phone: Settings > Devices > Link Desktop Device, and point it at this.\n", drawn)
	return err
}

// ask asks for a line until give takes it. A hidden one is not shown while it
// is typed.
func (l *login) ask(hidden bool, question string, give func(string) error) error {
	fmt.Fprint(l.t.stdout, question)
	line, err := l.line(hidden)
	if err != nil {
		return fmt.Errorf("read what you type: %w", err)
	}
	if err := give(line); err != nil {
		told := sentence(err)
		_, err := fmt.Fprintln(l.t.stdout, told)
		return err
	}
	return nil
}

func (l *login) line(hidden bool) (string, error) {
	if f, ok := l.t.stdin.(*os.File); ok && hidden && term.IsTerminal(int(f.Fd())) {
		typed, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(l.t.stdout)
		return string(typed), err
	}
	line, err := l.in.ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}
