-- +goose Up
-- How far a chat is read: up to which message, and while it is being read on,
-- down to which. Top is its newest message when Telegram was last asked; asked,
-- that it is to be read.
ALTER TABLE telegram_chats
    ADD access_hash bigint NOT NULL DEFAULT 0,
    ADD top_id      bigint NOT NULL DEFAULT 0,
    ADD read_to     bigint NOT NULL DEFAULT 0,
    ADD reading_to  bigint NOT NULL DEFAULT 0,
    ADD reading_at  bigint NOT NULL DEFAULT 0,
    ADD days_back   smallint NOT NULL DEFAULT 30 CHECK (days_back BETWEEN 1 AND 365),
    ADD asked_at    timestamptz;

-- +goose Down
ALTER TABLE telegram_chats DROP access_hash, DROP top_id, DROP read_to, DROP reading_to, DROP reading_at, DROP days_back, DROP asked_at;
