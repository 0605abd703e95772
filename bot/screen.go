package bot

import (
	"html"
	"strings"

	"github.com/go-telegram/bot/models"
)

// A screen is what one message shows: HTML as Telegram takes it, and buttons.
type screen struct {
	text    string
	buttons [][]keyButton
}

// A keyButton is a button that is answered by a press, or one that opens a page.
type keyButton struct {
	label  string
	action string
	ids    []int64
	url    string // of the page; "" for a press
}

// public reports whether Telegram takes the address in a button.
func public(address string) bool { return strings.HasPrefix(address, "https://") }

// esc makes text from outside fit to stand in a screen's text.
func esc(text string) string { return html.EscapeString(text) }

// bold returns text from outside in bold.
func bold(text string) string { return "<b>" + esc(text) + "</b>" }

// italic returns text from outside in italics.
func italic(text string) string { return "<i>" + esc(text) + "</i>" }

// row adds a row of buttons.
func (s *screen) row(buttons ...keyButton) {
	if len(buttons) > 0 {
		s.buttons = append(s.buttons, buttons)
	}
}

// button returns a button that is answered by a press.
func button(label, action string, ids ...int64) keyButton {
	return keyButton{label: shorten(label, 40), action: action, ids: ids}
}

// shorten returns at most limit characters of text; a cut end carries an ellipsis.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return strings.TrimSpace(string(runes[:limit-1])) + "…"
}

// markup returns the screen's buttons as Telegram takes them, for the message
// of that row. A screen without buttons has an empty keyboard, so that an edit
// removes the old one.
func (s *screen) markup(message int64) models.InlineKeyboardMarkup {
	keys := make([][]models.InlineKeyboardButton, len(s.buttons))
	for i, row := range s.buttons {
		for _, b := range row {
			key := models.InlineKeyboardButton{Text: b.label, URL: b.url}
			if b.url == "" {
				key.CallbackData = press{message, b.action, b.ids}.String()
			}
			keys[i] = append(keys[i], key)
		}
	}
	return models.InlineKeyboardMarkup{InlineKeyboard: keys}
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
	s.buttons = append([][]keyButton{pager("part", part, len(parts))}, s.buttons...)
}

// pager returns the buttons ‹ 2/7 ›. It leads nowhere at the ends.
func pager(action string, page, pages int) []keyButton {
	return []keyButton{
		button("‹", action, int64(max(page-1, 0))),
		button(pageOf(page, pages), action, int64(page)),
		button("›", action, int64(min(page+1, pages-1))),
	}
}
