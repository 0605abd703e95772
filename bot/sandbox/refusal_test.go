package sandbox_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

func TestSendRefusals(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	stranger, err := f.client.AddUser(t.Context(), "Stranger")
	if err != nil {
		t.Fatal(err)
	}
	type params = bot.SendMessageParams
	button := func(b models.InlineKeyboardButton) *models.InlineKeyboardMarkup {
		return &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{b}}}
	}
	long := strings.Repeat("x", 65)
	tests := []struct {
		name string
		in   params
		want string
	}{
		{"no chat", params{ChatID: "", Text: "hi"}, "chat_id is empty"},
		{"unknown chat", params{ChatID: 5, Text: "hi"}, "chat not found"},
		{"channel name", params{ChatID: "@news", Text: "hi"}, "chat not found"},
		{"has not written", params{ChatID: stranger.ID, Text: "hi"}, "bot can't initiate conversation with a user"},
		{"no text", params{}, "message text is empty"},
		{"blank text", params{Text: " \n "}, "message text is empty"},
		{"only tags", params{Text: "<b> </b>", ParseMode: "HTML"}, "message text is empty"},
		{"long", params{Text: strings.Repeat("😀", 2048) + "x"}, "message is too long"},
		{"not UTF-8", params{Text: "\xff"}, "strings must be encoded in UTF-8"},
		{"markdown", params{Text: "*a*", ParseMode: "MarkdownV2"}, "not supported by the sandbox"},
		{"other mode", params{Text: "a", ParseMode: "BBCode"}, "unsupported parse_mode"},
		{"open tag", params{Text: "<b>a", ParseMode: "HTML"}, "can't parse entities: Can't find end tag corresponding to start tag \"b\""},
		{"reply to nothing", params{Text: "a", ReplyParameters: &models.ReplyParameters{MessageID: 999}}, "message to be replied not found"},
		{"false quote", params{Text: "a", ReplyParameters: &models.ReplyParameters{MessageID: 1, Quote: "zzz"}}, "QUOTE_TEXT_INVALID"},
		{"long data", params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", CallbackData: long})}, "BUTTON_DATA_INVALID"},
		{"no action", params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b"})}, "Text buttons are unallowed in the inline keyboard"},
		{"no label", params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{CallbackData: "b"})}, "must be non-empty"},
		{
			"localhost",
			params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", URL: "http://localhost:5000/x"})},
			"inline keyboard button URL 'http://localhost:5000/x' is invalid: Wrong HTTP URL",
		},
		{"loopback", params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", URL: "http://127.0.0.1/"})}, "Wrong HTTP URL"},
		{"private", params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", URL: "https://192.168.1.5/"})}, "Wrong HTTP URL"},
		{"bare name", params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", URL: "https://kith/"})}, "Wrong HTTP URL"},
		{"other protocol", params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", URL: "ftp://example.com"})}, "Unsupported URL protocol"},
		{"bad url", params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", URL: "https://ex ample"})}, "Wrong HTTP URL"},
		{
			"web app",
			params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", WebApp: &models.WebAppInfo{URL: "http://example.com"}})},
			"Only HTTPS links are allowed",
		},
		{
			"login url",
			params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", LoginURL: &models.LoginURL{URL: "http://example.com"}})},
			"Only HTTPS links are allowed",
		},
		{
			"copy text",
			params{Text: "a", ReplyMarkup: button(models.InlineKeyboardButton{Text: "b", CopyText: &models.CopyTextButton{}})},
			"BUTTON_COPY_TEXT_INVALID",
		},
		{"markup of another type", params{Text: "a", ReplyMarkup: "keys"}, "object expected as reply markup"},
		{"broken markup", params{Text: "a", ReplyMarkup: map[string]any{"inline_keyboard": 5}}, "can't parse reply keyboard markup JSON object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.in.ChatID == nil {
				test.in.ChatID = f.ana.ID
			}
			_, err := f.bot.SendMessage(t.Context(), &test.in)
			refused(t, err, test.want)
		})
	}
}

func TestQuotes(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.send(t, "lunch & tea with Ana")
	to := &models.ReplyParameters{MessageID: 1, Quote: "<b>&amp; tea</b>", QuoteParseMode: models.ParseModeHTML}
	in := &bot.SendMessageParams{ChatID: f.ana.ID, Text: "a", ReplyParameters: to}
	m, err := f.bot.SendMessage(t.Context(), in)
	if err != nil || m.Quote.Text != "& tea" || m.Quote.Position != 6 {
		t.Errorf("sent %+v, %v", m, err)
	}
	to.Quote = "<b>"
	_, err = f.bot.SendMessage(t.Context(), in)
	refused(t, err, "can't parse entities")
}

func TestTooManyButtons(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	rows := make([][]models.InlineKeyboardButton, 101)
	for i := range rows {
		rows[i] = []models.InlineKeyboardButton{{Text: "a", CallbackData: "a"}}
	}
	_, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{
		ChatID: f.ana.ID, Text: "a", ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: rows},
	})
	refused(t, err, "reply markup is too long")
}

func TestSendAtTheLimits(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	m, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{
		ChatID: f.ana.ID,
		// Tags and references do not count, a character beyond the BMP counts twice.
		Text:      "<b>" + strings.Repeat("😀", 2047) + "</b>&lt;&gt;",
		ParseMode: models.ParseModeHTML,
		ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
			{{Text: "a", CallbackData: strings.Repeat("é", 32)}, {Text: "b", URL: "https://example.com"}},
			{},
		}},
		ReplyParameters: &models.ReplyParameters{MessageID: 999, AllowSendingWithoutReply: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if m.ReplyToMessage != nil || len(m.ReplyMarkup.InlineKeyboard) != 1 || m.Entities[0].Length != 4094 {
		t.Errorf("sent %+v", m)
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	f := start(t)
	hers := f.hello(t)
	m := f.say(t, "one")
	type params = bot.EditMessageTextParams
	keys := &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "a", CallbackData: "a"}}}}
	tests := []struct {
		name string
		in   params
		want string
	}{
		{"text", params{MessageID: m.ID, Text: "two"}, ""},
		{"same", params{MessageID: m.ID, Text: "two"}, "message is not modified: specified new message content and reply markup are exactly the same"},
		{"same after tidying", params{MessageID: m.ID, Text: " two\n"}, "message is not modified"},
		{"entities", params{MessageID: m.ID, Text: "<b>two</b>", ParseMode: "HTML"}, ""},
		{"buttons", params{MessageID: m.ID, Text: "<b>two</b>", ParseMode: "HTML", ReplyMarkup: keys}, ""},
		{"same buttons", params{MessageID: m.ID, Text: "<b>two</b>", ParseMode: "HTML", ReplyMarkup: keys}, "message is not modified"},
		{"without buttons", params{MessageID: m.ID, Text: "<b>two</b>", ParseMode: "HTML"}, ""},
		{"unknown", params{MessageID: 999, Text: "x"}, "message to edit not found"},
		{"unknown chat", params{ChatID: 5, MessageID: m.ID, Text: "x"}, "chat not found"},
		{"none", params{Text: "x"}, "message identifier is not specified"},
		{"hers", params{MessageID: hers.ID, Text: "x"}, "message can't be edited"},
		{"empty", params{MessageID: m.ID, Text: " "}, "message text is empty"},
		{"long", params{MessageID: m.ID, Text: strings.Repeat("x", 4097)}, "MESSAGE_TOO_LONG"},
		{"bad html", params{MessageID: m.ID, Text: "</b>", ParseMode: "HTML"}, "Unexpected end tag at byte offset 0"},
		{"keyboard", params{MessageID: m.ID, Text: "x", ReplyMarkup: &models.ForceReply{ForceReply: true}}, "inline keyboard expected"},
	}
	for _, test := range tests {
		if test.in.ChatID == nil {
			test.in.ChatID = f.ana.ID
		}
		_, err := f.bot.EditMessageText(t.Context(), &test.in)
		switch {
		case test.want != "":
			refused(t, err, test.want)
		case err != nil:
			t.Errorf("%s: %v", test.name, err)
		}
	}
	chat, err := f.ana.Chat(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := chat[1]; got.Edits != 4 || got.Text != "two" || got.EditDate == 0 || len(got.Buttons()) != 0 {
		t.Errorf("after the edits: %+v", got)
	}
}

func TestEditReplyMarkup(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	m := f.say(t, "one")
	in := &bot.EditMessageReplyMarkupParams{ChatID: f.ana.ID, MessageID: m.ID}
	_, err := f.bot.EditMessageReplyMarkup(t.Context(), in)
	refused(t, err, "message is not modified")
	in.ReplyMarkup = &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "a", CallbackData: "a"}}}}
	edited, err := f.bot.EditMessageReplyMarkup(t.Context(), in)
	if err != nil || edited.ReplyMarkup.InlineKeyboard[0][0].Text != "a" {
		t.Errorf("edited %+v, %v", edited, err)
	}
}

func TestBlocked(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	m := f.say(t, "hi")
	if err := f.ana.Block(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: f.ana.ID, Text: "hi"})
	if !errors.Is(err, bot.ErrorForbidden) {
		t.Errorf("send: got %v, want forbidden", err)
	}
	_, err = f.bot.EditMessageText(t.Context(), &bot.EditMessageTextParams{ChatID: f.ana.ID, MessageID: m.ID, Text: "ho"})
	refused(t, err, "bot was blocked by the user")
	_, err = f.ana.Send(t.Context(), "hi")
	refused(t, err, "the user has blocked the bot")
	_, err = f.ana.Edit(t.Context(), 1, "hi")
	refused(t, err, "the user has blocked the bot")
	if err := f.ana.Unblock(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.say(t, "welcome back")
	updates := f.updates(t, nil)
	if got := kinds(updates); got != "message my_chat_member my_chat_member" {
		t.Errorf("updates: %s", got)
	}
	if got := updates[1].MyChatMember.NewChatMember.Type; got != models.ChatMemberTypeBanned {
		t.Errorf("after blocking the bot is %q", got)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	f := start(t)
	hers := f.hello(t)
	one, two := f.say(t, "one"), f.say(t, "two")
	deleteOne := func(id int) error {
		_, err := f.bot.DeleteMessage(t.Context(), &bot.DeleteMessageParams{ChatID: f.ana.ID, MessageID: id})
		return err
	}
	if err := deleteOne(one.ID); err != nil {
		t.Error(err)
	}
	refused(t, deleteOne(one.ID), "message to delete not found")
	both := &bot.DeleteMessagesParams{ChatID: f.ana.ID, MessageIDs: []int{hers.ID, two.ID, 999}}
	if _, err := f.bot.DeleteMessages(t.Context(), both); err != nil {
		t.Error(err)
	}
	_, err := f.bot.DeleteMessages(t.Context(), &bot.DeleteMessagesParams{ChatID: f.ana.ID})
	refused(t, err, "message identifiers are not specified")
	_, err = f.bot.DeleteMessages(t.Context(), &bot.DeleteMessagesParams{ChatID: 5, MessageIDs: []int{1}})
	refused(t, err, "chat not found")
	if chat, err := f.ana.Chat(t.Context()); len(chat) != 0 {
		t.Errorf("left: %+v, %v", chat, err)
	}
}

func TestReactions(t *testing.T) {
	t.Parallel()
	f := start(t)
	hers := f.hello(t)
	react := func(id int, emoji ...string) error {
		in := &bot.SetMessageReactionParams{ChatID: f.ana.ID, MessageID: id}
		for _, e := range emoji {
			in.Reaction = append(in.Reaction, models.ReactionType{
				Type: models.ReactionTypeTypeEmoji, ReactionTypeEmoji: &models.ReactionTypeEmoji{Emoji: e},
			})
		}
		_, err := f.bot.SetMessageReaction(t.Context(), in)
		return err
	}
	if err := react(hers.ID, "👍"); err != nil {
		t.Fatal(err)
	}
	if chat, err := f.ana.Chat(t.Context()); err != nil || chat[0].Reactions[0] != "👍" {
		t.Errorf("reactions %+v, %v", chat, err)
	}
	refused(t, react(hers.ID, "🦖"), "REACTION_INVALID")
	refused(t, react(hers.ID, "👍", "🔥"), "REACTIONS_TOO_MANY")
	refused(t, react(999, "👍"), "message to react not found")
	if err := react(hers.ID); err != nil {
		t.Error(err)
	}
}

func TestChatActions(t *testing.T) {
	t.Parallel()
	f := start(t)
	in := &bot.SendChatActionParams{ChatID: f.ana.ID, Action: models.ChatActionTyping}
	_, err := f.bot.SendChatAction(t.Context(), in)
	refused(t, err, "bot can't initiate conversation with a user")
	f.hello(t)
	if _, err := f.bot.SendChatAction(t.Context(), in); err != nil {
		t.Error(err)
	}
	in.Action = "yawning"
	_, err = f.bot.SendChatAction(t.Context(), in)
	refused(t, err, "wrong parameter action in request")
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hello(t)
	keys := &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Undo", CallbackData: "undo"}}}}
	m, err := f.bot.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: f.ana.ID, Text: "a", ReplyMarkup: keys})
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.ana.Press(t.Context(), m.ID, "undo")
	if err != nil {
		t.Fatal(err)
	}
	answer := &bot.AnswerCallbackQueryParams{CallbackQueryID: p.ID, Text: strings.Repeat("x", 201)}
	_, err = f.bot.AnswerCallbackQuery(t.Context(), answer)
	refused(t, err, "MESSAGE_TOO_LONG")
	answer.Text, answer.ShowAlert = "Undone", true
	if _, err := f.bot.AnswerCallbackQuery(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	if got, err := p.Answer(soon(t)); !got.Alert || got.Text != "Undone" {
		t.Errorf("answer %+v, %v", got, err)
	}
	gone := "query is too old and response timeout expired or query ID is invalid"
	_, err = f.bot.AnswerCallbackQuery(t.Context(), answer)
	refused(t, err, gone)
	_, err = f.bot.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: "5"})
	refused(t, err, gone)

	_, err = f.ana.Press(t.Context(), m.ID, "redo")
	refused(t, err, "DATA_INVALID")
	_, err = f.ana.Press(t.Context(), 999, "undo")
	refused(t, err, "message to press not found")
	updates := f.updates(t, nil)
	if q := updates[1].CallbackQuery; q.ID != p.ID || q.Data != "undo" || q.Message.Message.ID != m.ID || q.From.ID != f.ana.ID {
		t.Errorf("callback query %+v", q)
	}
}
