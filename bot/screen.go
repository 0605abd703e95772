package bot

import (
	"html"
	"strings"

	"github.com/go-telegram/bot/models"
)

// A screen is what one message shows: HTML as Telegram takes it, and buttons.
type screen struct {
	text    string
	buttons [][]models.InlineKeyboardButton
}

// esc makes text from outside fit to stand in a screen's text.
func esc(text string) string { return html.EscapeString(text) }

// bold returns text from outside in bold.
func bold(text string) string { return "<b>" + esc(text) + "</b>" }

// italic returns text from outside in italics.
func italic(text string) string { return "<i>" + esc(text) + "</i>" }

// row adds a row of buttons.
func (s *screen) row(buttons ...models.InlineKeyboardButton) {
	if len(buttons) > 0 {
		s.buttons = append(s.buttons, buttons)
	}
}

// button returns a button that is answered by a press.
func button(label string, action string, ids ...int64) models.InlineKeyboardButton {
	return models.InlineKeyboardButton{Text: shorten(label, 40), CallbackData: press{action, ids}.String()}
}

// shorten returns at most limit characters of text; a cut end carries an ellipsis.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return strings.TrimSpace(string(runes[:limit-1])) + "…"
}

// markup returns the screen's buttons as Telegram takes them. A screen without
// buttons has an empty keyboard, so that an edit removes the old one.
func (s *screen) markup() models.InlineKeyboardMarkup {
	if s.buttons == nil {
		return models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{}}
	}
	return models.InlineKeyboardMarkup{InlineKeyboard: s.buttons}
}

// paged shows one part of a text that is too long for a message, with buttons
// to turn the pages.
func (s *screen) paged(part int) {
	parts := split(s.text, maxUnits)
	if len(parts) == 1 {
		return
	}
	part = min(max(part, 0), len(parts)-1)
	s.text = parts[part]
	s.buttons = append([][]models.InlineKeyboardButton{pager("part", part, len(parts))}, s.buttons...)
}

// pager returns the buttons ‹ 2/7 ›. It leads nowhere at the ends.
func pager(action string, page, pages int) []models.InlineKeyboardButton {
	return []models.InlineKeyboardButton{
		button("‹", action, int64(max(page-1, 0))),
		button(pageOf(page, pages), action, int64(page)),
		button("›", action, int64(min(page+1, pages-1))),
	}
}
