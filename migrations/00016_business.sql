-- +goose Up
-- A bot's connection to the Telegram account of a user, who gave it some of
-- their chats ("chat automation").
CREATE TABLE business_connections (
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id         text NOT NULL UNIQUE CHECK (id <> ''),
    enabled    boolean NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id)
);

-- +goose Down
DROP TABLE business_connections;
