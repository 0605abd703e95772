package sandbox

import (
	"context"
	"encoding/json"
	"regexp"

	"github.com/go-telegram/bot/models"
)

const (
	profileKey          = "profile"
	maxCommands         = 100
	maxCommandText      = 256
	maxDescription      = 512
	maxShortDescription = 120
)

var commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// A profile is what the bot says of itself, by language and scope where Telegram
// keeps these apart.
type profile struct {
	Commands    map[string][]models.BotCommand `json:"commands"`
	Description map[string]string              `json:"description"`
	Short       map[string]string              `json:"short"`
	Menu        map[int64]json.RawMessage      `json:"menu"`
}

// updateProfile changes the profile and shows it on the page.
func (w *world) updateProfile(change func(p *profile)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.profile)
	w.journal.put(profileKey, w.profile)
	w.events.add(Event{Kind: EventBot})
}

// set returns the map with the value in it, or without the key for an empty value.
func set[K comparable, V any](m map[K]V, key K, value V, empty bool) map[K]V {
	if empty {
		delete(m, key)
		return m
	}
	if m == nil {
		m = map[K]V{}
	}
	m[key] = value
	return m
}

// commandScope names the scope and language of a call as one key.
func commandScope(c *call) (string, error) {
	var scope struct {
		Type   string `json:"type"`
		ChatID any    `json:"chat_id"`
		UserID int64  `json:"user_id"`
	}
	if err := c.object("scope", &scope); err != nil {
		return "", err
	}
	language := c.text("language_code")
	switch scope.Type {
	case "", "default":
		return "default//" + language, nil
	case "all_private_chats", "all_group_chats", "all_chat_administrators":
		return scope.Type + "//" + language, nil
	case "chat", "chat_administrators", "chat_member":
		place, err := json.Marshal([]any{scope.ChatID, scope.UserID})
		return scope.Type + "/" + string(place) + "/" + language, err
	}
	return "", badRequest("can't parse BotCommandScope: Unsupported type specified")
}

func (s *Server) setMyCommands(_ context.Context, c *call) (any, error) {
	var commands []models.BotCommand
	if err := c.object("commands", &commands); err != nil {
		return nil, err
	}
	scope, err := commandScope(c)
	if err != nil {
		return nil, err
	}
	if len(commands) > maxCommands {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for _, command := range commands {
		if !commandForm.MatchString(command.Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := utf16Len(command.Description); n < 1 || n > maxCommandText {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	s.world.updateProfile(func(p *profile) {
		p.Commands = set(p.Commands, scope, commands, len(commands) == 0)
	})
	return true, nil
}

func (s *Server) deleteMyCommands(_ context.Context, c *call) (any, error) {
	scope, err := commandScope(c)
	if err != nil {
		return nil, err
	}
	s.world.updateProfile(func(p *profile) { delete(p.Commands, scope) })
	return true, nil
}

func (s *Server) getMyCommands(_ context.Context, c *call) (any, error) {
	scope, err := commandScope(c)
	if err != nil {
		return nil, err
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	if commands := s.world.profile.Commands[scope]; commands != nil {
		return commands, nil
	}
	return []models.BotCommand{}, nil
}

// menu returns the commands that a private chat offers in this language.
func (p *profile) menu(chat int64, language string) []models.BotCommand {
	place, _ := json.Marshal([]any{chat, 0}) // numbers always have a JSON form
	for _, scope := range []string{"chat/" + string(place) + "/", "all_private_chats//", "default//"} {
		for _, language := range []string{language, ""} {
			if commands := p.Commands[scope+language]; len(commands) > 0 {
				return commands
			}
		}
	}
	return []models.BotCommand{}
}

func (s *Server) setMyDescription(_ context.Context, c *call) (any, error) {
	text := c.text("description")
	if utf16Len(text) > maxDescription {
		return nil, badRequest("description is too long")
	}
	s.world.updateProfile(func(p *profile) {
		p.Description = set(p.Description, c.text("language_code"), text, text == "")
	})
	return true, nil
}

func (s *Server) getMyDescription(_ context.Context, c *call) (any, error) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	return models.BotDescription{Description: s.world.profile.Description[c.text("language_code")]}, nil
}

func (s *Server) setMyShortDescription(_ context.Context, c *call) (any, error) {
	text := c.text("short_description")
	if utf16Len(text) > maxShortDescription {
		return nil, badRequest("short description is too long")
	}
	s.world.updateProfile(func(p *profile) {
		p.Short = set(p.Short, c.text("language_code"), text, text == "")
	})
	return true, nil
}

func (s *Server) getMyShortDescription(_ context.Context, c *call) (any, error) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	return models.BotShortDescription{ShortDescription: s.world.profile.Short[c.text("language_code")]}, nil
}

// menuChat is the call's private chat, or 0 for the default of all chats.
func (w *world) menuChat(c *call) (int64, error) {
	if !c.has("chat_id") {
		return 0, nil
	}
	chat, err := w.known(c)
	if err != nil {
		return 0, err
	}
	return chat.Info.ID, nil
}

func (s *Server) setChatMenuButton(_ context.Context, c *call) (any, error) {
	var button models.MenuButton
	if c.has("menu_button") && json.Unmarshal([]byte(c.text("menu_button")), &button) != nil {
		return nil, badRequest("can't parse MenuButton JSON object")
	}
	if app := button.WebApp; app != nil && (len(app.WebApp.URL) < 8 || app.WebApp.URL[:8] != "https://") {
		return nil, badRequest("menu button Web App URL '%s' is invalid: Only HTTPS links are allowed", app.WebApp.URL)
	}
	s.world.mu.Lock()
	id, err := s.world.menuChat(c)
	s.world.mu.Unlock()
	if err != nil {
		return nil, err
	}
	s.world.updateProfile(func(p *profile) {
		p.Menu = set(p.Menu, id, json.RawMessage(c.text("menu_button")), button.Type == "" || button.Default != nil)
	})
	return true, nil
}

func (s *Server) getChatMenuButton(_ context.Context, c *call) (any, error) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	id, err := s.world.menuChat(c)
	if err != nil {
		return nil, err
	}
	for _, id := range []int64{id, 0} {
		if button, ok := s.world.profile.Menu[id]; ok {
			return button, nil
		}
	}
	return models.MenuButtonCommands{Type: models.MenuButtonTypeCommands}, nil
}

func (p *profile) description(language string) string {
	for _, l := range []string{language, ""} {
		if text := p.Description[l]; text != "" {
			return text
		}
	}
	return ""
}
