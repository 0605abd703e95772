package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	tg "github.com/go-telegram/bot"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/link"
)

// connect owes a link to the page on which the user links their own account,
// and says how it is with that.
func (b *Bot) connect(ctx context.Context, t *turn, _ string) error {
	if b.Linker.Missing != "" {
		return core.Tell(core.ErrNotPossible, "%s", b.Linker.Missing)
	}
	status, err := b.linker(t).Status(ctx, t.user.ID)
	if err != nil {
		return err
	}
	return t.owe(ctx, core.Message{Kind: core.MessagePhrase, Args: core.MessageArgs{
		Phrase: phraseConnect, Sentence: b.Pages + "/connect#", Name: howItIs(status, t.user),
	}})
}

// linker returns what links accounts, in the transaction of the turn.
func (b *Bot) linker(t *turn) link.Linker { return link.Linker{Store: t.tx, Keys: b.Linker.Keys} }

// howItIs says how it is with the user's account, or nothing when there is none.
func howItIs(s link.Status, user core.User) string {
	switch s.State {
	case link.StateLinked:
		return s.Link.Name + " is linked."
	case link.StateWaiting:
		return s.Link.Name + " is linked, and waiting for Telegram until " + s.Link.WaitsUntil.In(user.Location()).Format("15:04") + "."
	case link.StateLeaving:
		return s.Link.Name + " is being signed out."
	}
	return s.Problem
}

func connectText(args core.MessageArgs) string {
	text := "On this page you link your own Telegram account, and see what I read of it."
	if args.Name != "" {
		text = esc(args.Name) + "\n\nThe page shows what I read of it, and unlinks it."
	}
	text += " Never send a login code or a password in a chat, not to me either."
	if public(args.Sentence) {
		return text + "\n\nThe button works once, for 10 minutes."
	}
	return text + "\n\nOpen this link in a browser. It works once, for 10 minutes:\n" + esc(args.Sentence)
}

// minPassword is how many characters a word has at least that is taken for a
// password.
const minPassword = 6

// secretTyped reports whether the message looks like a login code or a password
// while one is asked for on the page. Then the user is told why not to, the
// message is deleted, and nothing of it is kept.
func (b *Bot) secretTyped(ctx context.Context, t *turn) (bool, error) {
	oneWord := !strings.ContainsAny(t.text, " \n\t/") && utf8.RuneCountInString(t.text) >= minPassword
	if b.Linker.Missing != "" || !oneWord && !link.TypedCode(t.text) {
		return false, nil
	}
	step, err := b.linker(t).Wanted(ctx, t.user.ID)
	phrase := phraseTypedCode
	switch {
	case err != nil:
		return false, err
	case step == core.LinkPassword && oneWord:
		phrase = phraseTypedPassword
	case step != core.LinkCode && step != core.LinkPassword, !link.TypedCode(t.text):
		return false, nil
	}
	b.Sender.deleteMessage(ctx, t.user.ID, t.messageID)
	return true, t.say(ctx, phrase)
}

// deleteMessage deletes what a user wrote. It does not wait.
func (s *Sender) deleteMessage(ctx context.Context, userID, messageID int64) {
	s.aside(ctx, userID, "deleteMessage", func(ctx context.Context, chatID int64) error {
		_, err := s.api.DeleteMessage(ctx, &tg.DeleteMessageParams{ChatID: chatID, MessageID: int(messageID)})
		return err
	})
}

// pressStop cancels what the message tells the progress of.
func (b *Bot) pressStop(ctx context.Context, t *turn, p press) error {
	for _, kind := range []core.TaskKind{core.TaskSyncContacts, core.TaskSyncMessages} {
		task, err := t.tx.OpenSync(ctx, t.user.ID, kind)
		switch {
		case errors.Is(err, core.ErrNotFound), err == nil && task.MessageID != p.message:
			continue
		case err != nil:
			return err
		}
		return capture.Cancel(ctx, t.tx, task)
	}
	return core.Tell(core.ErrNotPossible, "That is over already.")
}

// pressSync has the chat read with whom the card is about.
func (b *Bot) pressSync(ctx context.Context, t *turn, _ press) error {
	if t.about.Kind != core.MessageCard {
		return errOldButton
	}
	task, err := b.linker(t).SyncChat(ctx, t.user.ID, t.about.ContactID)
	if err != nil {
		return err
	}
	t.toast = "From now on I read it."
	t.tasks = append(t.tasks, task)
	return t.about.Turn(ctx, t.tx, t.about.Args)
}

// syncText says how far the reading of an account is, or what came of it.
func syncText(s *core.Sync) string {
	switch {
	case s == nil:
		return "I am reading your Telegram account."
	case s.Problem != "":
		return "I did not get through your Telegram account. " + esc(s.Problem)
	case s.Done == nil:
		done := s.Percent / 10
		return fmt.Sprintf("I am reading your Telegram account… %s%s %d%%", strings.Repeat("▓", done), strings.Repeat("░", 10-done), s.Percent)
	case s.Done.Chats > 0:
		return fmt.Sprintf("I have read %d messages in %d of your Telegram chats.", s.Done.Messages, s.Done.Chats)
	case s.Done.Unchanged:
		return "Nothing has changed among your Telegram contacts."
	}
	d := s.Done
	text := fmt.Sprintf("Your Telegram contacts: %d new, %d updated, %d skipped.", d.New, d.Updated, d.Skipped)
	if d.Undecided > 0 {
		text += fmt.Sprintf(" Of %d I am not sure whether you know them here already: /people asks.", d.Undecided)
	}
	return text
}
