package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/bot/sandbox"
)

// wantConfirmedStored fails the test unless every update that was confirmed to
// Telegram is in the database.
func (r *rig) wantConfirmedStored(byWebhook ...int64) {
	r.t.Helper()
	r.mu.Lock()
	polled := r.confirmed
	r.mu.Unlock()
	lost := value[int](r, `SELECT count(*) FROM (
			SELECT generate_series(1, $1::bigint) UNION SELECT unnest($2::bigint[])) confirmed (id)
		WHERE NOT EXISTS (SELECT FROM updates WHERE update_id = confirmed.id)`, polled, byWebhook)
	if lost > 0 {
		r.t.Errorf("%d updates were confirmed and are not stored, want 0", lost)
	}
}

// wantNotes fails the test unless every message sent became one note, in the
// order of its chat, and each note has one task for its first words and one
// message that tells of it.
func (r *rig) wantNotes() {
	r.t.Helper()
	type chat struct {
		ID       int64
		Messages []int
	}
	rows, err := r.rows.Query(r.ctx, `SELECT chat_id, array_agg(message_id ORDER BY id) FROM notes WHERE chat_id IS NOT NULL GROUP BY chat_id`)
	r.must(err)
	chats, err := pgx.CollectRows(rows, pgx.RowToStructByPos[chat])
	r.must(err)
	if len(chats) != len(r.sent) {
		r.t.Errorf("notes from %d chats, want %d", len(chats), len(r.sent))
	}
	for _, c := range chats {
		if want := r.sent[c.ID]; !slices.Equal(c.Messages, want) {
			r.t.Errorf("notes of chat %d: from messages %v, want %v", c.ID, c.Messages, want)
		}
	}
	for table, which := range map[string]string{"messages": "x.kind = 'note'", "tasks": "x.revision = 1 AND x.kind <> 'improve_note'"} {
		if n := value[int](r, `SELECT count(*) FROM (SELECT n.id FROM notes n LEFT JOIN `+table+` x
			ON x.user_id = n.user_id AND x.note_id = n.id AND `+which+`
			WHERE n.chat_id IS NOT NULL GROUP BY n.user_id, n.id HAVING count(x.id) <> 1) o`); n > 0 {
			r.t.Errorf("%d notes without exactly one row in %s", n, table)
		}
	}
}

// wantReplies fails the test unless every note was answered in its chat by one
// message, or by more: at most one too many for each crash. Where a user waits
// for an answer to a single message, that is what the chat is told of.
func (r *rig) wantReplies(users []*sandbox.User, crashes int) {
	r.t.Helper()
	doubled := 0
	for _, u := range users {
		replies := r.replies(u)
		for _, id := range r.sent[u.ID] {
			switch n := replies[id]; {
			case n == 0:
				r.t.Errorf("chat %d: message %d was not answered", u.ID, id)
			case n > 1:
				doubled += n - 1
			}
		}
	}
	// A crash may cut off what is on its way to each chat.
	if most := crashes * len(users); doubled > most {
		r.t.Errorf("%d answers were sent twice, want at most %d after %d crashes", doubled, most, crashes)
	}
}

// replies counts Kith's answers to each message of a user's.
func (r *rig) replies(u *sandbox.User) map[int]int {
	r.t.Helper()
	chat, err := u.Chat(r.ctx)
	r.must(err)
	counts := map[int]int{}
	for _, m := range chat {
		if m.FromBot() && m.ReplyToMessage != nil {
			counts[m.ReplyToMessage.ID]++
		}
	}
	return counts
}

// answers waits until Kith has answered all these messages of a user's.
func (r *rig) answers(u *sandbox.User, within time.Duration, messages ...int) error {
	ctx, cancel := context.WithTimeout(r.ctx, within)
	defer cancel()
	_, err := u.Wait(ctx, func(chat []sandbox.Message) bool {
		answered := map[int]bool{}
		for _, m := range chat {
			if m.FromBot() && m.ReplyToMessage != nil {
				answered[m.ReplyToMessage.ID] = true
			}
		}
		return !slices.ContainsFunc(messages, func(id int) bool { return !answered[id] })
	})
	if err != nil {
		return fmt.Errorf("chat %d: %d messages not answered within %v: %w", u.ID, len(messages), within, ctx.Err())
	}
	return nil
}
