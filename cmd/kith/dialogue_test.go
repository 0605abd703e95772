package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/bot/sandbox/botapitest"
	"github.com/kith-platform/kith/core/cache/cachetest"
	"github.com/kith-platform/kith/core/store/storetest"
)

// TestDialogues plays the text files in testdata/dialogues against the real
// bot over HTTP, with real Postgres and Redis. README.md there says how to
// write one.
func TestDialogues(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			play(t, parseDialogue(t, string(text)))
		})
	}
}

// A line is one step of a dialogue: what somebody does, or what Kith is to show.
type line struct {
	number int
	verb   string // "You", "Kith", "Press", …
	arg    string // what a reply or edit names: a part of the message
	text   string
}

var verbs = regexp.MustCompile(`^(You|You reply|You quote|You edit|You send|You forward|You share|Press|Kith|Kith keeps|Toast|Due|As|Restart)(?: "([^"]*)")?:(?: (.*))?$`)

// parseDialogue reads a dialogue. Lines that begin with "| " continue the one
// before; empty lines and lines that begin with # mean nothing.
func parseDialogue(t *testing.T, text string) []line {
	var lines []line
	scan := bufio.NewScanner(strings.NewReader(text))
	for n := 1; scan.Scan(); n++ {
		raw := scan.Text()
		if more, ok := strings.CutPrefix(raw, "|"); ok && len(lines) > 0 {
			lines[len(lines)-1].text += "\n" + strings.TrimPrefix(more, " ")
			continue
		}
		if strings.TrimSpace(raw) == "" || strings.HasPrefix(raw, "#") {
			continue
		}
		m := verbs.FindStringSubmatch(raw)
		if m == nil {
			t.Fatalf("line %d: %q begins with no verb of a dialogue", n, raw)
		}
		lines = append(lines, line{number: n, verb: m[1], arg: strings.ReplaceAll(m[2], `\n`, "\n"), text: strings.ReplaceAll(m[3], `\n`, "\n")})
	}
	return lines
}

// A stage is where a dialogue is played: a whole Kith with its own database,
// Redis and Telegram.
type stage struct {
	t       *testing.T
	ctx     context.Context
	box     *sandbox.Server
	house   house
	stop    func()
	codes   chan string
	users   map[string]*sandbox.User
	user    *sandbox.User
	before  map[int]string // what Kith's messages showed before the last act
	toasted sandbox.Answer
}

// patience is how long a dialogue waits for what it expects.
const patience = 15 * time.Second

// play plays a dialogue; set changes the settings of the Kith that it plays
// against.
func play(t *testing.T, lines []line, set ...func(*Config)) {
	s := newStage(t)
	for _, change := range set {
		change(&s.house.config)
	}
	s.start()
	s.enter("You")
	for _, l := range lines {
		if err := s.do(l); err != nil {
			t.Fatalf("line %d, %s: %v", l.number, l.verb, err)
		}
	}
	s.stop()
}

func newStage(t *testing.T) *stage {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	box, err := sandbox.New(sandbox.Options{OnCall: botapitest.Checker(t)})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, ctx: ctx, box: box, users: map[string]*sandbox.User{}, codes: make(chan string, 8)}
	background(t, box.Run)
	c := Config{
		Env: envTesting, HTTPAddr: "127.0.0.1:0", AIOrder: engines{engineRules}, Timezone: "UTC",
		DatabaseURL: postgresURL{secretURL(storetest.URL(t))}, RedisURL: redisURL{secretURL(cachetest.Redis(t))},
		TelegramBotAPIURL: httpURL{secretURL(box.BotURL())}, SecretKey: newSecretKey(),
	}
	if err := c.TelegramBotToken.UnmarshalText([]byte(box.Token())); err != nil {
		t.Fatal(err)
	}
	s.house = house{config: c, roles: allRoles(), log: slog.New(slog.NewTextHandler(logTo(t), &slog.HandlerOptions{Level: slog.LevelWarn}))}
	s.house.greet = func(_, code string) { s.codes <- code }
	return s
}

// background runs a part until the test ends, and fails the test if it fails.
func background(t *testing.T, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("part of Kith: %v", err)
		}
	}
	t.Cleanup(stop)
	return stop
}

// logTo shows the log of a Kith in the output of a test that fails.
func logTo(t *testing.T) io.Writer { return testLog{t} }

type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func (s *stage) start() {
	h := s.house
	s.stop = background(s.t, serving(s.t, &h))
}

// serving returns what runs a Kith on a free port.
func serving(t *testing.T, h *house) func(context.Context) error {
	t.Helper()
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context) error { return h.run(ctx, listener) }
}

// enter makes a new person the one who speaks. The first, "You", claims the
// account; a name that ends with "(invited)" is let in by an invitation.
func (s *stage) enter(name string) {
	s.t.Helper()
	name, invited := strings.CutSuffix(name, " (invited)")
	if u, ok := s.users[name]; ok {
		s.user = u
		return
	}
	user, err := s.box.Client().AddUser(s.ctx, name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.users[name], s.user = user, user
	var code string
	switch {
	case len(s.users) == 1:
		code = <-s.codes
	case invited:
		code = s.invitation()
	default:
		return
	}
	if _, err := user.Start(s.ctx, code); err != nil {
		s.t.Fatal(err)
	}
	if err := s.expect("I remember the people***"); err != nil {
		s.t.Fatal(err)
	}
}

// invitation has the admin make a link, and returns its code.
func (s *stage) invitation() string {
	s.t.Helper()
	admin := s.users["You"]
	if _, err := admin.Send(s.ctx, "/invite"); err != nil {
		s.t.Fatal(err)
	}
	chat, err := admin.Wait(s.ctx, func(chat []sandbox.Message) bool { return strings.Contains(chat[len(chat)-1].Text, "?start=") })
	if err != nil {
		s.t.Fatal(err)
	}
	_, code, _ := strings.Cut(chat[len(chat)-1].Text, "?start=")
	return strings.TrimSpace(code)
}

func (s *stage) do(l line) error {
	switch l.verb {
	case "As":
		s.enter(l.text)
		return nil
	case "Restart":
		s.stop()
		s.start()
		return nil
	case "Kith":
		return s.expect(l.text)
	case "Kith keeps":
		return s.keeps(l.text)
	case "Toast":
		if !fits(l.text, s.toasted.Text) {
			return fmt.Errorf("the press was answered with %q", s.toasted.Text)
		}
		return nil
	}
	if err := s.remember(); err != nil {
		return err
	}
	if l.verb == "Due" {
		return s.fallDue(l.text)
	}
	return s.act(l)
}

// fallDue has a reminder be due now.
func (s *stage) fallDue(what string) error {
	conn, err := s.connect()
	if err != nil {
		return err
	}
	defer conn.Close(s.ctx)
	_, err = conn.Exec(s.ctx, `UPDATE reminders SET due_at = now() WHERE starts_with(text, $1)`, what)
	return err
}

// act does what the user does.
func (s *stage) act(l line) error {
	switch l.verb {
	case "You":
		_, err := s.user.Send(s.ctx, l.text)
		return err
	case "You send":
		return s.sendThing(l.text)
	case "You forward":
		_, err := s.user.Forward(s.ctx, models.MessageOrigin{
			Type:                    models.MessageOriginTypeHiddenUser,
			MessageOriginHiddenUser: &models.MessageOriginHiddenUser{Type: models.MessageOriginTypeHiddenUser, SenderUserName: l.arg, Date: 1},
		}, l.text)
		return err
	case "You share":
		first, last, _ := strings.Cut(l.arg, " ")
		_, err := s.user.SendContact(s.ctx, models.Contact{FirstName: first, LastName: last, PhoneNumber: l.text})
		return err
	case "You reply":
		m, err := s.findSent(l.arg)
		if err != nil {
			return err
		}
		_, err = s.user.Reply(s.ctx, m.ID, l.text)
		return err
	case "You quote":
		m, err := s.findSent(l.arg)
		if err != nil {
			return err
		}
		_, err = s.user.Quote(s.ctx, m.ID, l.arg, l.text)
		return err
	case "You edit":
		m, err := s.find(l.arg, false)
		if err != nil {
			return err
		}
		_, err = s.user.Edit(s.ctx, m.ID, l.text)
		return err
	default: // Press
		return s.press(l)
	}
}

func (s *stage) sendThing(what string) error {
	var err error
	switch what {
	case "sticker":
		_, err = s.user.SendSticker(s.ctx, "👍")
	case "location":
		_, err = s.user.SendLocation(s.ctx, 41.15, -8.61)
	case "voice":
		_, err = s.user.SendVoice(s.ctx, []byte("sound"), 3)
	case "photo":
		_, err = s.user.SendPhoto(s.ctx, onePixel, "")
	default:
		err = fmt.Errorf("a dialogue cannot send a %q", what)
	}
	return err
}

// onePixel is a picture.
var onePixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

func (s *stage) press(l line) error {
	m, err := s.latest(func(m sandbox.Message) bool { return strings.Contains(m.Text, l.arg) && labelled(m, l.text) != "" })
	if err != nil {
		return err
	}
	s.toasted, err = s.user.Tap(s.ctx, m, labelled(m, l.text))
	return err
}

// labelled returns the label of the message's button that is wanted, or begins
// with what stands before the ellipsis; "" when there is none.
func labelled(m sandbox.Message, wanted string) string {
	beginning, open := strings.CutSuffix(wanted, "…")
	for _, label := range m.Buttons() {
		if label == wanted || open && strings.HasPrefix(label, beginning) {
			return label
		}
	}
	return ""
}

// find waits for a message, of Kith's or of the user's, that has part in it,
// and returns the latest.
func (s *stage) find(part string, kiths bool) (sandbox.Message, error) {
	return s.latest(func(m sandbox.Message) bool { return m.FromBot() == kiths && strings.Contains(m.Text, part) })
}

// findSent waits for a message of Kith's that has part in it, and until Kith has
// written down that it is sent: no person replies faster than that.
func (s *stage) findSent(part string) (sandbox.Message, error) {
	m, err := s.find(part, true)
	if err != nil {
		return m, err
	}
	conn, err := s.connect()
	if err != nil {
		return m, err
	}
	defer conn.Close(s.ctx)
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		var sent bool
		err := conn.QueryRow(s.ctx, `SELECT NOT EXISTS (SELECT FROM messages WHERE shown < wanted AND given_up IS NULL)`).Scan(&sent)
		if sent || err != nil {
			return m, err
		}
		if time.Now().After(deadline) {
			return m, errors.New("Kith has something to send and does not")
		}
	}
}

func (s *stage) connect() (*pgx.Conn, error) {
	return pgx.Connect(s.ctx, s.house.config.DatabaseURL.reveal())
}

func (s *stage) latest(fits func(sandbox.Message) bool) (found sandbox.Message, err error) {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	_, err = s.user.Wait(ctx, func(chat []sandbox.Message) bool {
		for _, m := range slices.Backward(chat) {
			if fits(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found, err
}

// remember notes what Kith's messages show, so that what changes can be told.
func (s *stage) remember() error {
	chat, err := s.user.Chat(s.ctx)
	s.before = map[int]string{}
	for _, m := range chat {
		s.before[m.ID] = shown(m)
	}
	return err
}

// expect waits for a message of Kith's that is new or changed and shows want.
func (s *stage) expect(want string) error {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	_, err := s.user.Wait(ctx, func(chat []sandbox.Message) bool {
		return slices.ContainsFunc(chat, func(m sandbox.Message) bool {
			return m.FromBot() && s.before[m.ID] != shown(m) && fits(want, shown(m))
		})
	})
	if err != nil {
		return fmt.Errorf("wanted\n%s\n%w", want, err)
	}
	return nil
}

// keeps looks whether a message of Kith's shows want now.
func (s *stage) keeps(want string) error {
	chat, err := s.user.Chat(s.ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(chat, func(m sandbox.Message) bool { return m.FromBot() && fits(want, shown(m)) }) {
		return fmt.Errorf("no message shows\n%s", want)
	}
	return nil
}

// shown writes a message as dialogues do: the text, then the buttons, row by row.
func shown(m sandbox.Message) string {
	var b strings.Builder
	b.WriteString(m.Text)
	if m.ReplyMarkup != nil {
		for _, row := range m.ReplyMarkup.InlineKeyboard {
			b.WriteString("\n")
			for i, button := range row {
				if i > 0 {
					b.WriteString(" ")
				}
				b.WriteString("[" + button.Text + "]")
			}
		}
	}
	return b.String()
}

// fits reports whether got is want, in which *** stands for anything.
func fits(want, got string) bool {
	parts := strings.Split(strings.TrimSpace(want), "***")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	pattern := regexp.MustCompile(`(?s)^` + strings.Join(parts, ".*") + `$`)
	return pattern.MatchString(strings.TrimSpace(got))
}
