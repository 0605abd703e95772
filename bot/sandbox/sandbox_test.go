package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/bot/sandbox"
)

// fixture is a running sandbox with a bot that calls it and somebody to talk to it.
type fixture struct {
	server *sandbox.Server
	client *sandbox.Client
	bot    *bot.Bot
	ana    *sandbox.User
}

func start(t *testing.T) *fixture { return startWith(t, sandbox.Options{}) }

func startWith(t *testing.T, opts sandbox.Options) *fixture {
	t.Helper()
	f := &fixture{server: run(t, opts)}
	f.client = f.server.Client()
	var err error
	f.bot, err = bot.New(f.server.Token(), bot.WithServerURL(f.server.BotURL()), bot.WithSkipGetMe())
	if err != nil {
		t.Fatal(err)
	}
	f.ana, err = f.client.AddUser(t.Context(), "Ana")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// run starts a server that stops, and must stop well, at the end of the test.
func run(t *testing.T, opts sandbox.Options) *sandbox.Server {
	t.Helper()
	s, err := sandbox.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return s
}

// soon bounds what a test waits for.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// say sends a text as the bot.
func (f *fixture) say(t *testing.T, text string) *models.Message {
	t.Helper()
	m, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: f.ana.ID, Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// hello lets Ana write first, so that the bot may write to her.
func (f *fixture) hello(t *testing.T) sandbox.Message {
	t.Helper()
	m, err := f.ana.Start(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// refused checks that an error has these words in it.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %q", err, want)
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{":0", "0.0.0.0:0", "192.168.1.1:0", "example.com:80", "[::]:0", "nonsense"} {
		if s, err := sandbox.New(sandbox.Options{Addr: addr}); err == nil {
			t.Errorf("listens on %q", addr)
			_ = s
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := run(t, sandbox.Options{Token: "42:secret"})
	if got := s.Bot(); got.ID != 42 || got.FirstName != "Kith" || got.Username != "kith_sandbox_bot" {
		t.Errorf("got bot %+v", got)
	}
	b, err := bot.New("42:wrong", bot.WithServerURL(s.BotURL()), bot.WithSkipGetMe())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.GetMe(t.Context()); !errors.Is(err, bot.ErrorUnauthorized) {
		t.Errorf("got %v, want unauthorized", err)
	}
	for _, token := range []string{"nonsense", "x:y", "42:", ":secret"} {
		if _, err := sandbox.New(sandbox.Options{Token: token}); err == nil {
			t.Errorf("accepts the token %q", token)
		}
	}
}

func TestConversation(t *testing.T) {
	t.Parallel()
	f := start(t)
	if me, err := f.bot.GetMe(t.Context()); err != nil || me.ID != f.server.Bot().ID || !me.IsBot {
		t.Errorf("getMe %+v, %v", me, err)
	}
	started := f.hello(t)
	if got := started.Entities; len(got) != 1 || got[0].Type != models.MessageEntityTypeBotCommand || got[0].Length != 6 {
		t.Errorf("/start has entities %+v", got)
	}
	sent, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{
		ChatID: f.ana.ID, Text: "Hi <b>Ana</b> &amp; all", ParseMode: models.ParseModeHTML,
		ReplyParameters:     &models.ReplyParameters{MessageID: started.ID},
		DisableNotification: true,
		ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
			{{Text: "Undo", CallbackData: "undo:1"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if sent.Text != "Hi Ana & all" || sent.ID != started.ID+1 || sent.ReplyToMessage.ID != started.ID {
		t.Errorf("sent %+v", sent)
	}
	shown, err := f.ana.WaitText(soon(t), "Hi Ana & all")
	if err != nil {
		t.Fatal(err)
	}
	if !shown.Silent || shown.Buttons()[0] != "Undo" {
		t.Errorf("shown %+v", shown)
	}
	p, err := f.ana.Press(t.Context(), shown.ID, "undo:1")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := f.bot.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: p.ID, Text: "Undone"}); !ok {
		t.Fatal(err)
	}
	if a, err := p.Answer(soon(t)); a.Text != "Undone" {
		t.Errorf("answer %+v, %v", a, err)
	}
}

func TestUnknownMethod(t *testing.T) {
	t.Parallel()
	s := run(t, sandbox.Options{})
	resp, err := http.Get(s.BotURL() + "/bot" + s.Token() + "/makeCoffee")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("got %s", resp.Status)
	}
}
