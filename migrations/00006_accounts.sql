-- +goose Up
ALTER TABLE users ADD CONSTRAINT users_username_form CHECK (username ~ '^[A-Za-z0-9][A-Za-z0-9._-]{2,49}$');
ALTER TABLE users ADD CONSTRAINT users_password_with_username CHECK (password_hash IS NULL OR username IS NOT NULL);

-- Codes that are good once, for some minutes. Of each kind a user has one.
CREATE TABLE codes (
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('sign_in', 'link_telegram')),
    code_hash  bytea NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, kind)
);

-- The newest tasks of all users, for admins.
CREATE INDEX tasks_newest ON tasks (id);

-- +goose Down
DROP INDEX tasks_newest;
DROP TABLE codes;
ALTER TABLE users DROP CONSTRAINT users_password_with_username;
ALTER TABLE users DROP CONSTRAINT users_username_form;
