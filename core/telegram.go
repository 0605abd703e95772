package core

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// A TelegramPerson is somebody as Telegram describes them.
type TelegramPerson struct {
	ID        int64
	FirstName string
	LastName  string
	Username  string   // without @; "" for none
	Phone     string   // as Telegram has it; "" when it is not shown
	Birthday  Birthday // the zero value when it is not shown
	Verified  bool
	Premium   bool
	Bot       bool
	Deleted   bool // the account is
}

// Name returns what to call p: the name, or else the username, the phone
// number or the id.
func (p TelegramPerson) Name() string {
	name, _ := ContactName(cut(strings.TrimSpace(p.FirstName+" "+p.LastName), MaxNameLen)) // "" where there is none
	handle := p.Username
	if handle != "" {
		handle = "@" + handle
	}
	return cmp.Or(name, handle, p.Phone, "Telegram "+strconv.FormatInt(p.ID, 10))
}

// cut returns at most limit characters of text.
func cut(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit])
	}
	return text
}

// A TelegramChat is a private chat of the user's account.
type TelegramChat struct {
	ChatID     int64      // the other one's account
	Name       string     // the other one's
	Chosen     bool       // it is read
	AccessHash int64      // by which Telegram lets it be read
	TopID      int64      // its newest message
	ReadTo     int64      // it is read up to that message
	ReadingTo  int64      // it is being read up to that one; 0 when it is not
	ReadingAt  int64      // and has been, down to that one
	DaysBack   int        // how far back it is read the first time
	AskedAt    *time.Time // when it was asked to be read; nil when it is not
}

// A ChatMessageKind says what a message in a Telegram chat brings.
type ChatMessageKind string

// The kinds of message in a chat.
const (
	ChatText    ChatMessageKind = "text"
	ChatMedia   ChatMessageKind = "media" // a picture, a recording, a file …; Text is what is written below it
	ChatSticker ChatMessageKind = "sticker"
	ChatPoll    ChatMessageKind = "poll"
	ChatCall    ChatMessageKind = "call"
	ChatService ChatMessageKind = "service" // Telegram's own, no evidence that the two spoke: something was pinned, the background changed
)

// A ChatMessage is one message of a Telegram chat of the user's.
type ChatMessage struct {
	MessageID int64
	Out       bool // the user wrote it
	At        time.Time
	EditedAt  *time.Time // nil when it never was
	Kind      ChatMessageKind
	Text      string // "" without words
}

// ChatUser is how the user is called in the note of a chat.
const ChatUser = "Me"

// maxChatWords is the most characters of one message that go into a note.
const maxChatWords = 16_000

// ChatLine writes down a message in the note of a chat: who said it, and what.
// No line of a message looks like the beginning of another.
func ChatLine(who, words string) string {
	return who + ": " + strings.ReplaceAll(strings.TrimSpace(cut(words, maxChatWords)), "\n", "\n  ") + "\n"
}
