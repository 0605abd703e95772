package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/bot/sandbox/botapitest"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	f := startWith(t, sandbox.Options{OnCall: botapitest.Checker(t)})
	set := func(scope models.BotCommandScope, names ...string) {
		t.Helper()
		in := &bot.SetMyCommandsParams{Scope: scope, Commands: []models.BotCommand{}}
		for _, name := range names {
			in.Commands = append(in.Commands, models.BotCommand{Command: name, Description: "d"})
		}
		if _, err := f.bot.SetMyCommands(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	set(nil, "help")
	set(&models.BotCommandScopeAllPrivateChats{}, "help", "who")
	set(&models.BotCommandScopeChat{ChatID: f.ana.ID}, "admin")
	if got := f.pageChat(t).Commands; len(got) != 1 || got[0].Command != "admin" {
		t.Errorf("commands of the chat: %+v", got)
	}
	set(&models.BotCommandScopeChat{ChatID: f.ana.ID})
	if got := f.pageChat(t).Commands; len(got) != 2 {
		t.Errorf("commands of private chats: %+v", got)
	}
	in := &bot.DeleteMyCommandsParams{Scope: &models.BotCommandScopeAllPrivateChats{}}
	if _, err := f.bot.DeleteMyCommands(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	got, err := f.bot.GetMyCommands(t.Context(), &bot.GetMyCommandsParams{Scope: &models.BotCommandScopeAllPrivateChats{}})
	if err != nil || len(got) != 0 {
		t.Errorf("deleted commands: %+v, %v", got, err)
	}
	if got := f.pageChat(t).Commands; len(got) != 1 || got[0].Command != "help" {
		t.Errorf("default commands: %+v", got)
	}
}

// pageChat is Ana's chat as the page begins with it.
func (f *fixture) pageChat(t *testing.T) (c struct {
	Description string
	Commands    []models.BotCommand
},
) {
	t.Helper()
	_, body := get(t, f.server.PageURL("")+"api/state")
	var state struct {
		Chats []json.RawMessage `json:"chats"`
	}
	if err := json.Unmarshal(body, &state); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(state.Chats[0], &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestProfileRefusals(t *testing.T) {
	t.Parallel()
	f := start(t)
	tests := []struct {
		method string
		params map[string]any
		want   string
	}{
		{"setMyCommands", map[string]any{"commands": []any{map[string]any{"command": "Who", "description": "d"}}}, "BOT_COMMAND_INVALID"},
		{"setMyCommands", map[string]any{"commands": []any{map[string]any{"command": "who", "description": ""}}}, "BOT_COMMAND_DESCRIPTION_INVALID"},
		{"setMyCommands", map[string]any{"commands": make([]models.BotCommand, 101)}, "BOT_COMMANDS_TOO_MUCH"},
		{"setMyCommands", map[string]any{"commands": 5}, "can't parse commands JSON object"},
		{"setMyCommands", map[string]any{"commands": []any{}, "scope": 5}, "can't parse scope JSON object"},
		{"getMyCommands", map[string]any{"scope": map[string]any{"type": "moon"}}, "Unsupported type specified"},
		{"deleteMyCommands", map[string]any{"scope": 5}, "can't parse scope JSON object"},
		{"setMyDescription", map[string]any{"description": strings.Repeat("x", 513)}, "description is too long"},
		{"setMyShortDescription", map[string]any{"short_description": strings.Repeat("x", 121)}, "short description is too long"},
		{"setChatMenuButton", map[string]any{"menu_button": 5}, "can't parse MenuButton JSON object"},
		{"setChatMenuButton", map[string]any{"chat_id": 5}, "chat not found"},
		{"getChatMenuButton", map[string]any{"chat_id": 5}, "chat not found"},
		{"getChat", map[string]any{"chat_id": 5}, "chat not found"},
		{
			"setChatMenuButton",
			map[string]any{"menu_button": map[string]any{"type": "web_app", "text": "a", "web_app": map[string]any{"url": "http://x"}}},
			"Only HTTPS links are allowed",
		},
	}
	for _, test := range tests {
		a, err := f.call(t.Context(), test.method, test.params)
		if err != nil || a.OK || !strings.Contains(a.Description, test.want) {
			t.Errorf("%s %v: got %+v, %v, want %q", test.method, test.params, a, err, test.want)
		}
	}
}

func TestDescriptions(t *testing.T) {
	t.Parallel()
	f := startWith(t, sandbox.Options{OnCall: botapitest.Checker(t)})
	ctx := t.Context()
	if _, err := f.bot.SetMyDescription(ctx, &bot.SetMyDescriptionParams{Description: "Remembers people"}); err != nil {
		t.Fatal(err)
	}
	if d, err := f.bot.GetMyDescription(ctx, &bot.GetMyDescriptionParams{}); err != nil || d.Description != "Remembers people" {
		t.Errorf("description %+v, %v", d, err)
	}
	if got := f.pageChat(t).Description; got != "Remembers people" {
		t.Errorf("the page shows %q", got)
	}
	if _, err := f.bot.SetMyShortDescription(ctx, &bot.SetMyShortDescriptionParams{ShortDescription: "Kith"}); err != nil {
		t.Fatal(err)
	}
	if d, err := f.bot.GetMyShortDescription(ctx, &bot.GetMyShortDescriptionParams{}); err != nil || d.ShortDescription != "Kith" {
		t.Errorf("short description %+v, %v", d, err)
	}
	if _, err := f.bot.SetMyDescription(ctx, &bot.SetMyDescriptionParams{}); err != nil {
		t.Fatal(err)
	}
	if got := f.pageChat(t).Description; got != "" {
		t.Errorf("after removing it the page shows %q", got)
	}
}

func TestMenuButton(t *testing.T) {
	t.Parallel()
	f := startWith(t, sandbox.Options{OnCall: botapitest.Checker(t)})
	ctx := t.Context()
	set := &bot.SetChatMenuButtonParams{ChatID: f.ana.ID, MenuButton: models.MenuButtonWebApp{
		Type: models.MenuButtonTypeWebApp, Text: "Open", WebApp: models.WebAppInfo{URL: "https://kith.example"},
	}}
	if _, err := f.bot.SetChatMenuButton(ctx, set); err != nil {
		t.Fatal(err)
	}
	got := &bot.GetChatMenuButtonParams{ChatID: f.ana.ID}
	if b, err := f.bot.GetChatMenuButton(ctx, got); err != nil || b.WebApp == nil || b.WebApp.Text != "Open" {
		t.Errorf("button %+v, %v", b, err)
	}
	set.MenuButton = models.MenuButtonDefault{Type: models.MenuButtonTypeDefault}
	if _, err := f.bot.SetChatMenuButton(ctx, set); err != nil {
		t.Fatal(err)
	}
	if b, err := f.bot.GetChatMenuButton(ctx, got); err != nil || b.Type != models.MenuButtonTypeCommands {
		t.Errorf("button %+v, %v", b, err)
	}
}
