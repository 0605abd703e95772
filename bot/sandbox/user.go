package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-telegram/bot/models"
)

// A User is somebody who talks to the bot in a private chat. Its id is the chat's id.
type User struct {
	models.User `json:"user"`
	client      *Client
}

// A Press is the press of an inline button.
type Press struct {
	// ID is the id of the callback query.
	ID     string
	client *Client
}

// Start presses START, as a deep link with the code does; the code may be empty.
func (u *User) Start(ctx context.Context, code string) (Message, error) {
	if code == "" {
		return u.Send(ctx, "/start")
	}
	return u.Send(ctx, "/start "+code)
}

// Send sends a text.
func (u *User) Send(ctx context.Context, text string) (Message, error) {
	return u.SendMessage(ctx, models.Message{Text: text})
}

// Reply sends a text in reply to a message of the chat.
func (u *User) Reply(ctx context.Context, to int, text string) (Message, error) {
	return u.SendTo(ctx, u.ID, Incoming{ReplyTo: to, Message: models.Message{Text: text}})
}

// Quote sends a text in reply to some words of a message of the chat.
func (u *User) Quote(ctx context.Context, to int, words, text string) (Message, error) {
	return u.SendTo(ctx, u.ID, Incoming{ReplyTo: to, Quote: words, Message: models.Message{Text: text}})
}

// SendMessage sends content of any kind: what a client does not know of a message,
// such as its id and date, is filled in.
func (u *User) SendMessage(ctx context.Context, m models.Message) (Message, error) {
	return u.SendTo(ctx, u.ID, Incoming{Message: m})
}

// SendTo sends a message to any chat, such as a group.
func (u *User) SendTo(ctx context.Context, chat int64, in Incoming) (Message, error) {
	if in.From == 0 {
		in.From = u.ID
	}
	var sent Message
	err := u.client.do(ctx, http.MethodPost, fmt.Sprintf("/chats/%d/messages", chat), in, &sent)
	return sent, err
}

// SendContact shares a contact.
func (u *User) SendContact(ctx context.Context, contact models.Contact) (Message, error) {
	return u.SendMessage(ctx, models.Message{Contact: &contact})
}

// SendLocation shares a place.
func (u *User) SendLocation(ctx context.Context, latitude, longitude float64) (Message, error) {
	return u.SendMessage(ctx, models.Message{Location: &models.Location{Latitude: latitude, Longitude: longitude}})
}

// SendSticker sends a sticker that stands for the emoji.
func (u *User) SendSticker(ctx context.Context, emoji string) (Message, error) {
	sticker := &models.Sticker{FileID: "sticker", FileUniqueID: "sticker", Type: "regular", Width: 512, Height: 512, Emoji: emoji}
	return u.SendMessage(ctx, models.Message{Sticker: sticker})
}

// SendDocument sends a file with a caption, which may be empty.
func (u *User) SendDocument(ctx context.Context, name string, data []byte, caption string) (Message, error) {
	file, err := u.client.Upload(ctx, name, data)
	if err != nil {
		return Message{}, err
	}
	return u.SendMessage(ctx, models.Message{Document: &file, Caption: caption})
}

// SendPhoto sends a picture with a caption, which may be empty.
func (u *User) SendPhoto(ctx context.Context, data []byte, caption string) (Message, error) {
	photo, err := u.photo(ctx, data)
	if err != nil {
		return Message{}, err
	}
	return u.SendMessage(ctx, models.Message{Photo: photo, Caption: caption})
}

func (u *User) photo(ctx context.Context, data []byte) ([]models.PhotoSize, error) {
	file, err := u.client.Upload(ctx, "photo", data)
	if err != nil {
		return nil, err
	}
	f := storedFile{ID: file.FileID, Size: len(data)}
	return f.photo(data)
}

// SendVoice sends a voice message of this many seconds.
func (u *User) SendVoice(ctx context.Context, data []byte, seconds int) (Message, error) {
	file, err := u.client.Upload(ctx, "voice.ogg", data)
	if err != nil {
		return Message{}, err
	}
	return u.SendMessage(ctx, models.Message{Voice: &models.Voice{FileID: file.FileID, Duration: seconds}})
}

// SendAlbum sends pictures as one album; the caption belongs to the first.
func (u *User) SendAlbum(ctx context.Context, caption string, pictures ...[]byte) ([]Message, error) {
	if len(pictures) < 2 {
		return nil, errors.New("send album: an album has two pictures or more")
	}
	var sent []Message
	album := ""
	for _, data := range pictures {
		photo, err := u.photo(ctx, data)
		if err != nil {
			return sent, err
		}
		if album == "" {
			album = photo[0].FileUniqueID
		}
		m, err := u.SendMessage(ctx, models.Message{MediaGroupID: album, Photo: photo, Caption: caption})
		if err != nil {
			return sent, err
		}
		sent = append(sent, m)
		caption = ""
	}
	return sent, nil
}

// Forward forwards a text that somebody else wrote.
func (u *User) Forward(ctx context.Context, origin models.MessageOrigin, text string) (Message, error) {
	return u.SendMessage(ctx, models.Message{ForwardOrigin: &origin, Text: text})
}

// Edit changes the text, or the caption, of a message that the user sent.
func (u *User) Edit(ctx context.Context, message int, text string) (Message, error) {
	var edited Message
	path := fmt.Sprintf("/chats/%d/messages/%d", u.ID, message)
	err := u.client.do(ctx, http.MethodPut, path, map[string]string{"text": text}, &edited)
	return edited, err
}

// Press presses the inline button with this data under a message of the chat. It does
// not wait for the bot.
func (u *User) Press(ctx context.Context, message int, data string) (*Press, error) {
	return u.PressIn(ctx, u.ID, message, data)
}

// PressIn is Press in any chat, such as a group.
func (u *User) PressIn(ctx context.Context, chat int64, message int, data string) (*Press, error) {
	var pressed press
	in := map[string]any{"from": u.ID, "data": data}
	err := u.client.do(ctx, http.MethodPost, fmt.Sprintf("/chats/%d/messages/%d/press", chat, message), in, &pressed)
	return &Press{ID: pressed.ID, client: u.client}, err
}

// Tap presses the button with this label under the message and waits for the answer.
func (u *User) Tap(ctx context.Context, m Message, label string) (Answer, error) {
	b, ok := m.Button(label)
	if !ok {
		return Answer{}, fmt.Errorf("tap: message %d has buttons %q, none is %q", m.ID, m.Buttons(), label)
	}
	p, err := u.PressIn(ctx, m.Chat.ID, m.ID, b.CallbackData)
	if err != nil {
		return Answer{}, err
	}
	return p.Answer(ctx)
}

// Answer waits until the bot has answered the press.
func (p *Press) Answer(ctx context.Context) (Answer, error) {
	for {
		var seen press
		if err := p.client.do(ctx, http.MethodGet, "/presses/"+p.ID, nil, &seen); err != nil {
			return Answer{}, fmt.Errorf("wait for answer to press: %w", err)
		}
		if seen.Answer != nil {
			return *seen.Answer, nil
		}
	}
}

// Block blocks the bot, which is told so.
func (u *User) Block(ctx context.Context) error { return u.setBlocked(ctx, true) }

// Unblock lets the bot write again.
func (u *User) Unblock(ctx context.Context) error { return u.setBlocked(ctx, false) }

func (u *User) setBlocked(ctx context.Context, blocked bool) error {
	path := "/chats/" + strconv.FormatInt(u.ID, 10) + "/blocked"
	return u.client.do(ctx, http.MethodPut, path, map[string]bool{"blocked": blocked}, nil)
}

// Chat returns the messages of the private chat, oldest first.
func (u *User) Chat(ctx context.Context) ([]Message, error) { return u.client.Chat(ctx, u.ID) }

// Wait waits until the messages of the private chat are as wanted and returns them.
// Its error tells what the chat showed last.
func (u *User) Wait(ctx context.Context, wanted func(chat []Message) bool) ([]Message, error) {
	return u.client.Wait(ctx, u.ID, wanted)
}

// WaitText waits for the last message of the bot to have this text and returns it.
func (u *User) WaitText(ctx context.Context, text string) (Message, error) {
	chat, err := u.Wait(ctx, func(chat []Message) bool {
		m, ok := lastFromBot(chat)
		return ok && m.Text == text
	})
	m, _ := lastFromBot(chat)
	return m, err
}

func lastFromBot(chat []Message) (Message, bool) {
	for i := len(chat) - 1; i >= 0; i-- {
		if chat[i].FromBot() {
			return chat[i], true
		}
	}
	return Message{}, false
}
