-- +goose Up
-- The Telegram account that was linked last, also once it is unlinked: 0 when
-- one was, and nobody knows any more which.
ALTER TABLE users ADD linked_telegram_id bigint;
UPDATE users u SET linked_telegram_id = l.telegram_id FROM links l WHERE l.user_id = u.id;
UPDATE users u SET linked_telegram_id = 0
WHERE u.linked_telegram_id IS NULL AND EXISTS (SELECT FROM telegram_chats c WHERE c.user_id = u.id AND c.access_hash <> 0);

-- Each account numbers its messages itself. Account is whose the number of a
-- message is, when another account was linked since; what that one says of the
-- number is of a message of its own. Given messages came in a file or by the bot:
-- that the linked account does not have them says nothing.
ALTER TABLE chat_messages
    ADD account bigint,
    ADD given   boolean NOT NULL DEFAULT false;
UPDATE chat_messages m SET given = true FROM telegram_chats c
WHERE c.user_id = m.user_id AND c.chat_id = m.chat_id AND NOT c.chosen AND c.read_to = 0 AND c.reading_to = 0;

-- +goose Down
ALTER TABLE chat_messages DROP account, DROP given;
ALTER TABLE users DROP linked_telegram_id;
