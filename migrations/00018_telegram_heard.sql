-- +goose Up
-- Up to where a linked account heard what Telegram says by itself: what came
-- since is asked for after a pause. It counts for the account telegram_id only.
-- Of channels there is none: they are not read.
CREATE TABLE telegram_heard (
    user_id     bigint PRIMARY KEY REFERENCES links ON DELETE CASCADE,
    telegram_id bigint NOT NULL,
    pts         integer NOT NULL,
    qts         integer NOT NULL,
    date        integer NOT NULL,
    seq         integer NOT NULL
);

-- By what hash Telegram lets the account speak of somebody.
CREATE TABLE telegram_peers (
    user_id     bigint NOT NULL REFERENCES telegram_heard ON DELETE CASCADE,
    telegram_id bigint NOT NULL,
    access_hash bigint NOT NULL,
    PRIMARY KEY (user_id, telegram_id)
);

-- +goose Down
DROP TABLE telegram_peers;
DROP TABLE telegram_heard;
