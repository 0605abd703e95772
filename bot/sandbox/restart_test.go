package sandbox_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/bot/sandbox"
)

// session runs a server on dir until the returned function is called.
func session(t *testing.T, dir string) (*fixture, func()) {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	b, err := bot.New(s.Token(), bot.WithServerURL(s.BotURL()), bot.WithSkipGetMe())
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{server: s, client: s.Client(), bot: b}, func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, stop := session(t, dir)
	var err error
	if f.ana, err = f.client.AddUser(t.Context(), "Ana"); err != nil {
		t.Fatal(err)
	}
	f.send(t, "one", "two", "three")
	first := f.updates(t, nil)
	f.updates(t, map[string]any{"offset": first[1].ID})
	keys := &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Undo", CallbackData: "undo"}}}}
	saved, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: f.ana.ID, Text: "Saved", ReplyMarkup: keys})
	if err != nil {
		t.Fatal(err)
	}
	gone := f.say(t, "gone")
	if _, err := f.bot.DeleteMessage(t.Context(), &bot.DeleteMessageParams{ChatID: f.ana.ID, MessageID: gone.ID}); err != nil {
		t.Fatal(err)
	}
	pressed, err := f.ana.Press(t.Context(), saved.ID, "undo")
	if err != nil {
		t.Fatal(err)
	}
	file, err := f.ana.SendDocument(t.Context(), "ana.vcf", []byte("BEGIN:VCARD"), "")
	if err != nil {
		t.Fatal(err)
	}
	commands := &bot.SetMyCommandsParams{Commands: []models.BotCommand{{Command: "who", Description: "Show a person"}}}
	if _, err := f.bot.SetMyCommands(t.Context(), commands); err != nil {
		t.Fatal(err)
	}
	before := f.server
	stop()

	f, stop = session(t, dir)
	defer stop()
	if f.server.Token() != before.Token() || !strings.HasSuffix(f.server.PageURL(""), strings.SplitN(before.PageURL(""), "/sandbox", 2)[1]) {
		t.Error("the token or the page's key changed")
	}
	users, err := f.client.Users(t.Context())
	if err != nil || len(users) != 1 || users[0].FirstName != "Ana" {
		t.Fatalf("users %+v, %v", users, err)
	}
	f.ana = users[0]
	chat, err := f.ana.Chat(t.Context())
	if err != nil || len(chat) != 5 || chat[3].ID != saved.ID || chat[3].Buttons()[0] != "Undo" {
		t.Fatalf("chat %+v, %v", chat, err)
	}
	updates := f.updates(t, nil)
	if updates[0].ID != first[1].ID || len(updates) != 4 {
		t.Errorf("updates %+v", updates)
	}
	answer := &bot.AnswerCallbackQueryParams{CallbackQueryID: pressed.ID, Text: "Undone"}
	if _, err := f.bot.AnswerCallbackQuery(t.Context(), answer); err != nil {
		t.Errorf("answer a press from before: %v", err)
	}
	if data, err := f.client.Download(t.Context(), file.Document.FileID); string(data) != "BEGIN:VCARD" {
		t.Errorf("file %q, %v", data, err)
	}
	if got, err := f.bot.GetMyCommands(t.Context(), &bot.GetMyCommandsParams{}); err != nil || got[0].Command != "who" {
		t.Errorf("commands %+v, %v", got, err)
	}
	next, err := f.ana.Send(t.Context(), "four")
	if err != nil || next.ID != file.ID+1 {
		t.Errorf("the next message has id %d, want %d; %v", next.ID, file.ID+1, err)
	}
}

func TestJournalCutShort(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, stop := session(t, dir)
	if _, err := f.client.AddUser(t.Context(), "Ana"); err != nil {
		t.Fatal(err)
	}
	stop()
	path := filepath.Join(dir, "sandbox.jsonl")
	journal, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.WriteString(`{"k":"user/5","v":{"id"`); err != nil {
		t.Fatal(err)
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	_, stop = session(t, dir)
	stop()
	content, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(content), "user/5") || !strings.Contains(string(content), "Ana") {
		t.Errorf("journal after the crash: %s, %v", content, err)
	}
}

func TestUnreadableState(t *testing.T) {
	t.Parallel()
	for _, content := range []string{
		"nonsense\n",
		`{"k":"identity","v":5}` + "\n",
		`{"k":"queue","v":5}` + "\n",
		`{"k":"update/1","v":5}` + "\n",
		`{"k":"user/1","v":5}` + "\n",
		`{"k":"chat/x","v":{}}` + "\n",
		`{"k":"message/1/1","v":5}` + "\n",
		`{"k":"file/1","v":5}` + "\n",
		`{"k":"press/1","v":5}` + "\n",
		`{"k":"profile","v":5}` + "\n",
		`{"k":"counters","v":5}` + "\n",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "sandbox.jsonl"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sandbox.New(sandbox.Options{Dir: dir}); err == nil {
			t.Errorf("starts with the journal %s", content)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.New(sandbox.Options{Dir: file}); err == nil {
		t.Error("starts with a file as its folder")
	}
}
