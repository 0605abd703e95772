package store

import "context"

// usersAtOnce is of how many users message ids are forgotten in one transaction.
const usersAtOnce = 100

// UseBot says that message ids come from that bot from now on. Each bot numbers
// a chat by itself, so those of another are forgotten first; then it reports
// true. Any number of processes may call it at once. Nothing may be heard of the
// bot, or sent, before it returns.
func (s *Store) UseBot(ctx context.Context, botID int64) (changed bool, err error) {
	defer wrap(&err, "use bot %d", botID)
	for last, done := int64(0), false; !done; {
		err = s.InTx(ctx, func(tx *Store) error {
			known, err := tx.lockBot(ctx, botID)
			if done = known == botID; done || err != nil {
				return err
			}
			changed = true
			users, err := tx.usersAfter(ctx, last)
			if err != nil {
				return err
			}
			if done = len(users) == 0; done {
				return tx.run(ctx, `-- change bot
					UPDATE telegram_bot SET bot_id = $1 WHERE one`, botID)
			}
			last = users[len(users)-1]
			return tx.forgetMessageIDs(ctx, users)
		})
		if err != nil {
			return false, err
		}
	}
	return changed, nil
}

// lockBot returns which bot message ids come from, the given one if there was
// none yet, and holds that until the transaction ends.
func (s *Store) lockBot(ctx context.Context, botID int64) (known int64, err error) {
	if err := s.run(ctx, `-- first bot
		INSERT INTO telegram_bot (bot_id) VALUES ($1) ON CONFLICT DO NOTHING`, botID); err != nil {
		return 0, err
	}
	err = s.scan(ctx, &known, `-- lock bot
		SELECT bot_id FROM telegram_bot WHERE one FOR UPDATE`)
	return known, err
}

// usersAfter returns the next users by their ids.
func (s *Store) usersAfter(ctx context.Context, id int64) ([]int64, error) {
	return column[int64](ctx, s, `-- users after
		SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT $2`, id, usersAtOnce)
}

// forgetMessageIDs forgets which messages notes were made from, under which ids
// messages are shown, and what they reply to. What is still owed as an edit is
// sent anew.
func (s *Store) forgetMessageIDs(ctx context.Context, users []int64) error {
	for _, id := range users {
		if err := s.run(ctx, `-- forget messages of notes
			UPDATE notes SET chat_id = NULL, message_id = NULL WHERE user_id = $1 AND chat_id IS NOT NULL`, id); err != nil {
			return err
		}
		if err := s.run(ctx, `-- forget message ids
			UPDATE messages SET telegram_message_id = NULL, reply_to = NULL
			WHERE user_id = $1 AND (telegram_message_id IS NOT NULL OR reply_to IS NOT NULL)`, id); err != nil {
			return err
		}
	}
	return nil
}
