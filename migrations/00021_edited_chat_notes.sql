-- +goose Up
-- The user has edited the note: it is theirs, and what changes in the chat does
-- not change it.
ALTER TABLE chat_notes ADD edited boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE chat_notes DROP edited;
