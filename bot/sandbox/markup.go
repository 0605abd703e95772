package sandbox

import (
	"encoding/json"
	"strings"

	"github.com/go-telegram/bot/models"
)

const (
	maxButtons      = 100
	maxCallbackData = 64
	maxCopyText     = 256
)

// A markup is a checked reply_markup: an inline keyboard, or any other kind as it came.
type markup struct {
	inline *models.InlineKeyboardMarkup
	other  json.RawMessage
}

func (c *call) markup() (markup, error) {
	if !c.has("reply_markup") {
		return markup{}, nil
	}
	var kinds struct {
		Inline [][]models.InlineKeyboardButton `json:"inline_keyboard"`
		Rows   [][]models.KeyboardButton       `json:"keyboard"`
		Remove bool                            `json:"remove_keyboard"`
		Force  bool                            `json:"force_reply"`
	}
	raw := json.RawMessage(c.text("reply_markup"))
	switch err := json.Unmarshal(raw, &kinds); {
	case !strings.HasPrefix(strings.TrimSpace(string(raw)), "{"):
		return markup{}, badRequest("object expected as reply markup")
	case err != nil:
		return markup{}, badRequest("can't parse reply keyboard markup JSON object")
	case kinds.Inline != nil:
		inline, err := checkKeyboard(kinds.Inline)
		return markup{inline: inline}, err
	case kinds.Rows == nil && !kinds.Remove && !kinds.Force:
		return markup{}, nil
	}
	return markup{other: raw}, nil
}

// checkKeyboard returns the keyboard without empty rows; nil when nothing is left.
func checkKeyboard(rows [][]models.InlineKeyboardButton) (*models.InlineKeyboardMarkup, error) {
	var kept [][]models.InlineKeyboardButton
	count := 0
	for _, row := range rows {
		for _, b := range row {
			if err := checkButton(b); err != nil {
				return nil, err
			}
		}
		if len(row) > 0 {
			kept = append(kept, row)
		}
		count += len(row)
	}
	switch {
	case count > maxButtons:
		return nil, badRequest("reply markup is too long")
	case count == 0:
		return nil, nil
	}
	return &models.InlineKeyboardMarkup{InlineKeyboard: kept}, nil
}

func checkButton(b models.InlineKeyboardButton) error {
	switch {
	case strings.TrimSpace(b.Text) == "":
		return badRequest("can't parse inline keyboard button: Field \"text\" must be non-empty")
	case b.CallbackData != "":
		if len(b.CallbackData) > maxCallbackData {
			return badRequest("BUTTON_DATA_INVALID")
		}
	case b.URL != "":
		if _, err := checkLink(b.URL); err != nil {
			return badRequest("inline keyboard button URL '%s' is invalid: %s", b.URL, err)
		}
	case b.WebApp != nil:
		if !strings.HasPrefix(b.WebApp.URL, "https://") {
			return badRequest("inline keyboard button Web App URL '%s' is invalid: Only HTTPS links are allowed", b.WebApp.URL)
		}
	case b.LoginURL != nil:
		if !strings.HasPrefix(b.LoginURL.URL, "https://") {
			return badRequest("inline keyboard button login URL '%s' is invalid: Only HTTPS links are allowed", b.LoginURL.URL)
		}
	case b.CopyText != nil:
		if n := utf16Len(b.CopyText.Text); n < 1 || n > maxCopyText {
			return badRequest("BUTTON_COPY_TEXT_INVALID")
		}
	case b.SwitchInlineQuery == nil && b.SwitchInlineQueryCurrentChat == nil && b.SwitchInlineQueryChosenChat == nil &&
		b.CallbackGame == nil && !b.Pay && b.Disabled == nil:
		return badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	}
	return nil
}
