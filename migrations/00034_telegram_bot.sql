-- +goose Up
-- Which bot the message ids in messages and notes come from: each numbers a
-- chat by itself. There is one row, and none before the first start. What is
-- remembered of updates tells which bot it was until now.
CREATE TABLE telegram_bot (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    bot_id bigint NOT NULL
);
INSERT INTO telegram_bot (bot_id) SELECT bot_id FROM updates ORDER BY seen_at LIMIT 1;

-- +goose Down
DROP TABLE telegram_bot;
