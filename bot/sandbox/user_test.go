package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"strings"
	"sync"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/bot/sandbox"
	"github.com/kith-platform/kith/bot/sandbox/botapitest"
)

// picture is a small PNG.
func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestEveryKindOfMessage(t *testing.T) {
	t.Parallel()
	f := start(t)
	ctx, ana := t.Context(), f.ana
	place := func(m sandbox.Message, err error) sandbox.Message {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
		return m
	}
	said := place(ana.Send(ctx, "met @maria_x and bob@example.com, see https://example.com/a. #work +351 912 345 678"))
	place(ana.Reply(ctx, said.ID, "in reply"))
	place(ana.Quote(ctx, said.ID, "bob@example.com", "about him"))
	place(ana.SendContact(ctx, models.Contact{FirstName: "Mike", PhoneNumber: "+1"}))
	place(ana.SendLocation(ctx, 38.7, -9.1))
	place(ana.SendSticker(ctx, "🎉"))
	place(ana.SendDocument(ctx, "a.vcf", []byte("BEGIN"), "a card"))
	place(ana.SendPhoto(ctx, picture(t), "a view"))
	place(ana.SendVoice(ctx, []byte("OggS"), 3))
	if _, err := ana.SendAlbum(ctx, "both", picture(t), picture(t)); err != nil {
		t.Error(err)
	}
	place(ana.SendMessage(ctx, models.Message{Dice: &models.Dice{Emoji: "🎲", Value: 4}}))

	updates := f.updates(t, nil)
	if len(updates) != 12 {
		t.Fatalf("%d updates", len(updates))
	}
	m := make([]*models.Message, len(updates))
	for i := range updates {
		m[i] = updates[i].Message
	}
	var found []string
	for _, e := range m[0].Entities {
		found = append(found, string(e.Type))
	}
	if got := strings.Join(found, " "); got != "mention email url hashtag phone_number" {
		t.Errorf("entities: %s", got)
	}
	if m[1].ReplyToMessage.ID != said.ID || m[2].Quote.Text != "bob@example.com" || m[2].Quote.Position != 17 {
		t.Errorf("replies: %+v, %+v", m[1], m[2].Quote)
	}
	switch {
	case m[3].Contact.FirstName != "Mike", m[4].Location.Latitude != 38.7, m[5].Sticker.Emoji != "🎉",
		m[6].Document.FileName != "a.vcf", m[6].Document.FileSize != 5, m[6].Caption != "a card",
		m[7].Photo[0].Width != 30, m[8].Voice.Duration != 3, m[8].Voice.FileSize != 4,
		m[9].MediaGroupID == "", m[9].MediaGroupID != m[10].MediaGroupID, m[9].Caption != "both", m[10].Caption != "",
		m[11].Dice.Value != 4:
		t.Errorf("updates: %+v", updates)
	}
}

func TestEveryKindOfForward(t *testing.T) {
	t.Parallel()
	f := start(t)
	signature := "Eve"
	origins := []models.MessageOrigin{
		{Type: models.MessageOriginTypeUser, MessageOriginUser: &models.MessageOriginUser{SenderUser: models.User{ID: 9, FirstName: "Bob"}}},
		{Type: models.MessageOriginTypeHiddenUser, MessageOriginHiddenUser: &models.MessageOriginHiddenUser{SenderUserName: "Carol"}},
		{Type: models.MessageOriginTypeChat, MessageOriginChat: &models.MessageOriginChat{SenderChat: models.Chat{ID: -5, Title: "Club"}}},
		{Type: models.MessageOriginTypeChannel, MessageOriginChannel: &models.MessageOriginChannel{
			Chat: models.Chat{ID: -6, Title: "News"}, MessageID: 3, AuthorSignature: &signature,
		}},
	}
	for _, origin := range origins {
		if _, err := f.ana.Forward(t.Context(), origin, "what they wrote"); err != nil {
			t.Fatal(err)
		}
	}
	for i, u := range f.updates(t, nil) {
		want, err := json.Marshal(&origins[i])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(u.Message.ForwardOrigin); err != nil || !bytes.Equal(got, want) {
			t.Errorf("got %s, want %s; %v", got, want, err)
		}
	}
}

func TestWhatUsersCannotDo(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	m := f.say(t, "hi")
	ctx := t.Context()
	_, err := f.ana.Send(ctx, " \n")
	refused(t, err, "message text is empty")
	_, err = f.ana.Send(ctx, strings.Repeat("x", 4097))
	refused(t, err, "message is too long")
	_, err = f.ana.Reply(ctx, 999, "hi")
	refused(t, err, "message to be replied not found")
	_, err = f.ana.Edit(ctx, m.ID, "ho")
	refused(t, err, "message can't be edited")
	_, err = f.ana.Edit(ctx, 1, " ")
	refused(t, err, "message text is empty")
	_, err = f.ana.Edit(ctx, 1, strings.Repeat("x", 4097))
	refused(t, err, "message is too long")
	_, err = f.ana.SendAlbum(ctx, "", picture(t))
	refused(t, err, "two pictures or more")
	_, err = f.ana.SendPhoto(ctx, []byte("no picture"), "")
	refused(t, err, "IMAGE_PROCESS_FAILED")
	_, err = f.ana.Tap(ctx, sandbox.Message{}, "Undo")
	refused(t, err, "none is")
	_, err = f.client.AddUser(ctx, "")
	refused(t, err, "a user has a first name")
	_, err = f.client.Chat(ctx, 5)
	refused(t, err, "chat not found")
	_, err = f.ana.SendTo(ctx, f.ana.ID, sandbox.Incoming{From: 5, Message: models.Message{Text: "hi"}})
	refused(t, err, "user not found")
}

func TestEditsOfUsers(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.send(t, "one")
	if _, err := f.ana.Edit(t.Context(), 1, "/two"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ana.SendDocument(t.Context(), "a.txt", []byte("a"), "caption"); err != nil {
		t.Fatal(err)
	}
	edited, err := f.ana.Edit(t.Context(), 2, "better caption")
	if err != nil || edited.Caption != "better caption" || edited.Text != "" || edited.Edits != 1 {
		t.Errorf("edited %+v, %v", edited, err)
	}
	updates := f.updates(t, nil)
	if got := kinds(updates); got != "message edited_message message edited_message" {
		t.Errorf("updates: %s", got)
	}
	if m := updates[1].EditedMessage; m.Text != "/two" || m.EditDate == 0 || m.Entities[0].Type != models.MessageEntityTypeBotCommand {
		t.Errorf("edited message %+v", m)
	}
}

func TestGroup(t *testing.T) {
	t.Parallel()
	f := start(t)
	group, err := f.client.AddGroup(t.Context(), "Family")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.ana.SendTo(t.Context(), group.ID, sandbox.Incoming{Message: models.Message{Text: "/note@kith_sandbox_bot hi"}}); err != nil {
		t.Fatal(err)
	}
	m := f.updates(t, nil)[0].Message
	if m.Chat.ID != group.ID || m.Chat.Type != models.ChatTypeGroup || m.From.ID != f.ana.ID || m.Entities[0].Length != 22 {
		t.Errorf("group message %+v", m)
	}
	keys := &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Go", CallbackData: "go"}}}}
	if _, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: group.ID, Text: "Private only", ReplyMarkup: keys}); err != nil {
		t.Fatal(err)
	}
	chat, err := f.client.Wait(soon(t), group.ID, func(chat []sandbox.Message) bool { return len(chat) == 2 })
	if err != nil || chat[1].Text != "Private only" {
		t.Errorf("group %+v, %v", chat, err)
	}
	if _, err := f.ana.PressIn(t.Context(), group.ID, chat[1].ID, "go"); err != nil {
		t.Error(err)
	}
	if got, err := f.bot.GetChat(t.Context(), &bot.GetChatParams{ChatID: group.ID}); err != nil || got.Title != "Family" {
		t.Errorf("getChat %+v, %v", got, err)
	}
}

func TestInject(t *testing.T) {
	t.Parallel()
	f := start(t)
	bob := map[string]any{"id": 77, "is_bot": false, "first_name": "Bob"}
	message := map[string]any{
		"message_id": 500, "date": 1, "text": "hi", "from": bob,
		"chat": map[string]any{"id": 77, "type": "private", "first_name": "Bob"},
	}
	inject := func(update map[string]any) {
		t.Helper()
		if _, err := f.client.Inject(t.Context(), update); err != nil {
			t.Fatal(err)
		}
	}
	inject(map[string]any{"update_id": 1, "message": message})
	inject(map[string]any{"edited_message": message})
	inject(map[string]any{"callback_query": map[string]any{
		"id": "q1", "from": bob, "chat_instance": "1", "data": "stale",
		"message": map[string]any{"message_id": 400, "date": 0, "chat": map[string]any{"id": 77, "type": "private"}},
	}})
	inject(map[string]any{"inline_query": map[string]any{"id": "1", "from": bob, "query": "a", "offset": ""}})
	if got := kinds(f.updates(t, nil)); got != "message edited_message callback_query inline_query" {
		t.Errorf("updates: %s", got)
	}
	if _, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: 77, Text: "hello Bob"}); err != nil {
		t.Error(err)
	}
	if _, err := f.bot.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: "q1"}); err != nil {
		t.Error(err)
	}
	chat, err := f.client.Chat(t.Context(), 77)
	if err != nil || len(chat) != 2 || chat[0].ID != 500 || chat[1].ID != 501 {
		t.Errorf("chat %+v, %v", chat, err)
	}
	for _, wrong := range []any{
		map[string]any{}, map[string]any{"message": message, "edited_message": message}, map[string]any{"message": 5}, 5,
	} {
		if _, err := f.client.Inject(t.Context(), wrong); err == nil {
			t.Errorf("injects %v", wrong)
		}
	}
}

func TestWaitTellsWhatItSaw(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.send(t, "hello")
	f.say(t, "wrong")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := f.ana.Wait(ctx, func([]sandbox.Message) bool {
		cancel()
		return false
	})
	refused(t, err, `2 bot: wrong`)
	refused(t, err, `1 user: hello`)
	if strings.Contains(err.Error(), "/sandbox/") {
		t.Errorf("the error holds the page's address: %v", err)
	}
}

func TestTap(t *testing.T) {
	t.Parallel()
	f := startWith(t, sandbox.Options{OnCall: botapitest.Checker(t)})
	f.hello(t)
	keys := &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Undo", CallbackData: "undo"}}}}
	if _, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: f.ana.ID, Text: "Saved", ReplyMarkup: keys}); err != nil {
		t.Fatal(err)
	}
	m, err := f.ana.WaitText(soon(t), "Saved")
	if err != nil {
		t.Fatal(err)
	}
	var answering sync.WaitGroup
	answering.Go(func() {
		a, err := f.call(soon(t), "getUpdates", map[string]any{"offset": 700_000_002, "timeout": 50})
		var updates []models.Update
		if err == nil {
			err = json.Unmarshal(a.Result, &updates)
		}
		if err != nil || len(updates) != 1 {
			t.Errorf("updates %+v, %v", updates, err)
			return
		}
		answer := &bot.AnswerCallbackQueryParams{CallbackQueryID: updates[0].CallbackQuery.ID, URL: "https://t.me/x"}
		if _, err := f.bot.AnswerCallbackQuery(t.Context(), answer); err != nil {
			t.Error(err)
		}
	})
	if a, err := f.ana.Tap(soon(t), m, "Undo"); err != nil || a.URL != "https://t.me/x" {
		t.Errorf("answer %+v, %v", a, err)
	}
	answering.Wait()
}

func TestDial(t *testing.T) {
	t.Parallel()
	f := start(t)
	c, err := sandbox.Dial(f.server.PageURL("code"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Chat(t.Context(), f.ana.ID); err != nil {
		t.Error(err)
	}
	if _, err := sandbox.Dial("http://\x00"); err == nil {
		t.Error("dials nonsense")
	}
	wrong, err := sandbox.Dial(f.server.BotURL() + "/sandbox/WRONG/")
	if err != nil {
		t.Fatal(err)
	}
	_, err = wrong.Chat(t.Context(), f.ana.ID)
	refused(t, err, "404")
	if _, err := f.ana.Start(t.Context(), "code"); err != nil {
		t.Fatal(err)
	}
	if got := texts(f.updates(t, nil)); got != "/start code" {
		t.Errorf("got %s", got)
	}
}
