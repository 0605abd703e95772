-- +goose Up
ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check CHECK (kind IN (
    'analyze_note', 'improve_note', 'answer_question', 'sync_telegram_contacts', 'process_telegram_messages',
    'note_chats', 'analyze_chat', 'import_chats'));

-- What language models were asked for on a day, in UTC, by all processes. It
-- belongs to nobody.
CREATE TABLE ai_spending (
    day   date PRIMARY KEY,
    spent bigint NOT NULL CHECK (spent >= 0) -- tokens
);

-- +goose Down
DROP TABLE ai_spending;
DELETE FROM tasks WHERE kind = 'improve_note';
ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check CHECK (kind IN (
    'analyze_note', 'answer_question', 'sync_telegram_contacts', 'process_telegram_messages',
    'note_chats', 'analyze_chat', 'import_chats'));
