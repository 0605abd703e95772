-- +goose Up
-- A signed-in browser. The cookie has the token, this table its hash.
CREATE TABLE sessions (
    token_hash text PRIMARY KEY,
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    data       bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- A personal token for scripts, shown once.
CREATE TABLE tokens (
    user_id      bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    name         text NOT NULL CHECK (name ~ '\S' AND char_length(name) <= 100),
    hash         bytea NOT NULL UNIQUE,
    scope        text NOT NULL CHECK (scope IN ('read', 'write')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    PRIMARY KEY (user_id, id)
);

-- +goose Down
DROP TABLE tokens;
DROP TABLE sessions;
