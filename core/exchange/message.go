package exchange

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
)

// A message is one as Telegram Desktop writes it.
type message struct {
	ID         int64           `json:"id"`
	Type       string          `json:"type"`
	Action     string          `json:"action"`
	Date       string          `json:"date"`
	Unix       string          `json:"date_unixtime"`
	Edited     string          `json:"edited"`
	EditedUnix string          `json:"edited_unixtime"`
	FromID     json.RawMessage `json:"from_id"`
	ActorID    json.RawMessage `json:"actor_id"`
	Text       json.RawMessage `json:"text"`
	MediaType  string          `json:"media_type"`
	Photo      json.RawMessage `json:"photo"`
	File       json.RawMessage `json:"file"`
	Poll       json.RawMessage `json:"poll"`
	Location   json.RawMessage `json:"location_information"`
	Contact    json.RawMessage `json:"contact_information"`
}

// read returns the message as one of a chat with an account, and reports
// whether it can be one.
func (m message) read(other int64, loc *time.Location) (core.ChatMessage, bool) {
	at, dated := moment(m.Unix, m.Date, loc)
	if m.ID <= 0 || !dated {
		return core.ChatMessage{}, false
	}
	from := m.FromID
	if m.Type == "service" {
		from = m.ActorID
	}
	by := account(from)
	c := core.ChatMessage{MessageID: m.ID, Out: by != other && by != 0, At: at, Kind: m.kind()}
	if c.Kind == core.ChatText || c.Kind == core.ChatMedia {
		c.Text = words(m.Text)
	}
	if edited, ok := moment(m.EditedUnix, m.Edited, loc); ok {
		c.EditedAt = &edited
	}
	return c, true
}

func (m message) kind() core.ChatMessageKind {
	switch {
	case m.Type == "service" && m.Action == "phone_call":
		return core.ChatCall
	case m.Type != "message":
		return core.ChatService
	case m.MediaType == "sticker":
		return core.ChatSticker
	case m.Poll != nil:
		return core.ChatPoll
	case m.MediaType != "", m.Photo != nil, m.File != nil, m.Location != nil, m.Contact != nil:
		return core.ChatMedia
	}
	return core.ChatText
}

// account returns whose account "user123", or 123 in old exports, is.
func account(raw json.RawMessage) int64 {
	text := strings.TrimPrefix(strings.Trim(string(raw), `"`), "user")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// moment returns a time given in seconds, or as in a place.
func moment(unix, date string, loc *time.Location) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(unix, 10, 64); err == nil && seconds > 0 && seconds < 1<<33 {
		return time.Unix(seconds, 0).UTC(), true
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05", date, loc)
	return at.UTC(), err == nil && at.Year() >= 1970 && at.Year() < 2242
}

// words returns the words of a text, which is a string, or a list of strings
// and of objects with a text of their own.
func words(raw json.RawMessage) string {
	var plain string
	if json.Unmarshal(raw, &plain) == nil {
		return plain
	}
	var pieces []json.RawMessage
	if json.Unmarshal(raw, &pieces) != nil {
		return ""
	}
	var b strings.Builder
	for _, piece := range pieces {
		var marked struct {
			Text string `json:"text"`
		}
		if json.Unmarshal(piece, &plain) == nil {
			b.WriteString(plain)
		} else if json.Unmarshal(piece, &marked) == nil {
			b.WriteString(marked.Text)
		}
	}
	return b.String()
}
