-- +goose Up
-- A private Telegram chat that the user chose to have read. Its id is that of
-- the other one's account.
CREATE TABLE telegram_chats (
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    chat_id    bigint NOT NULL CHECK (chat_id > 0),
    name       text NOT NULL DEFAULT '',
    chosen     boolean NOT NULL DEFAULT true,
    chosen_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, chat_id)
);

-- Each message of a chosen chat, once, by whatever way it came. One that was
-- deleted leaves its id, so that an older copy does not bring it back. The day
-- is that of the user when it came in.
CREATE TABLE chat_messages (
    user_id    bigint NOT NULL,
    chat_id    bigint NOT NULL,
    message_id bigint NOT NULL CHECK (message_id > 0),
    out        boolean NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('text', 'media', 'sticker', 'poll', 'call', 'service')),
    text       text NOT NULL DEFAULT '',
    day        date NOT NULL,
    at         timestamptz NOT NULL,
    edited_at  timestamptz,
    deleted_at timestamptz CHECK (deleted_at IS NULL OR text = ''),
    PRIMARY KEY (user_id, chat_id, message_id),
    FOREIGN KEY (user_id, chat_id) REFERENCES telegram_chats ON DELETE CASCADE
);
CREATE INDEX chat_messages_day ON chat_messages (user_id, chat_id, day);

-- A day of a chat on which something was said. Due is when its notes are to be
-- brought into line with its messages; null when they are.
CREATE TABLE chat_days (
    user_id bigint NOT NULL,
    chat_id bigint NOT NULL,
    day     date NOT NULL,
    due_at  timestamptz,
    PRIMARY KEY (user_id, chat_id, day),
    FOREIGN KEY (user_id, chat_id) REFERENCES telegram_chats ON DELETE CASCADE
);
CREATE INDEX chat_days_due ON chat_days (user_id, due_at) WHERE due_at IS NOT NULL;

-- The notes of a day: one, or several where one would be too long. Where the
-- words of each of its messages start, in bytes, is kept with the messages' ids.
CREATE TABLE chat_notes (
    user_id     bigint NOT NULL,
    chat_id     bigint NOT NULL,
    day         date NOT NULL,
    part        integer NOT NULL CHECK (part >= 0),
    note_id     bigint NOT NULL,
    message_ids bigint[] NOT NULL,
    starts      integer[] NOT NULL,
    PRIMARY KEY (user_id, chat_id, day, part),
    UNIQUE (user_id, note_id),
    CHECK (cardinality(message_ids) = cardinality(starts)),
    FOREIGN KEY (user_id, chat_id, day) REFERENCES chat_days ON DELETE CASCADE,
    FOREIGN KEY (user_id, note_id) REFERENCES notes ON DELETE CASCADE
);

ALTER TABLE notes ADD source text NOT NULL DEFAULT '' CHECK (source IN ('', 'telegram')); -- where it comes from, when not from the user
ALTER TABLE facts ADD message_id bigint; -- the message of a chat that says it
ALTER TABLE interactions
    ADD chat_id bigint,
    ADD day date,
    ADD UNIQUE (user_id, chat_id, day),
    ADD CHECK ((chat_id IS NULL) = (day IS NULL)),
    ADD FOREIGN KEY (user_id, chat_id, day) REFERENCES chat_days ON DELETE CASCADE;

ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check CHECK (kind IN (
    'analyze_note', 'answer_question', 'sync_telegram_contacts', 'process_telegram_messages', 'note_chats', 'analyze_chat', 'import_chats'));
CREATE INDEX tasks_note_chats ON tasks (user_id, next_try_at) WHERE kind = 'note_chats' AND state = 'queued';

-- +goose Down
DROP INDEX tasks_note_chats;
DELETE FROM tasks WHERE kind IN ('note_chats', 'analyze_chat', 'import_chats');
ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check
    CHECK (kind IN ('analyze_note', 'answer_question', 'sync_telegram_contacts', 'process_telegram_messages'));
DELETE FROM interactions WHERE chat_id IS NOT NULL;
ALTER TABLE interactions DROP chat_id, DROP day;
ALTER TABLE facts DROP message_id;
DELETE FROM notes WHERE source = 'telegram';
ALTER TABLE notes DROP source;
DROP TABLE chat_notes;
DROP TABLE chat_days;
DROP TABLE chat_messages;
DROP TABLE telegram_chats;
