-- +goose Up
-- The user's own Telegram account. Leaving: it is to be signed out at Telegram
-- and forgotten. Revoked: Telegram ended the session, and says why.
CREATE TABLE links (
    user_id        bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    telegram_id    bigint NOT NULL CHECK (telegram_id > 0),
    name           text NOT NULL DEFAULT '',
    username       text NOT NULL DEFAULT '',
    state          text NOT NULL DEFAULT 'linked' CHECK (state IN ('linked', 'leaving', 'revoked')),
    session        bytea,
    why            text NOT NULL DEFAULT '',
    waits_until    timestamptz,
    linked_at      timestamptz NOT NULL DEFAULT now(),
    contacts_hash  bigint NOT NULL DEFAULT 0,
    contacts       integer NOT NULL DEFAULT 0,
    synced_at      timestamptz,
    CHECK ((state = 'revoked') = (session IS NULL))
);

-- An account on its way to be linked: the next input of its user, the session
-- it has so far and where to scan are sealed.
CREATE TABLE link_attempts (
    user_id    bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    id         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    method     text NOT NULL CHECK (method IN ('qr', 'phone')),
    step       text NOT NULL DEFAULT 'begun' CHECK (step IN ('begun', 'scan', 'code', 'password', 'failed')),
    input      bytea,
    scan       bytea,
    progress   bytea,
    session    bytea,
    problem    text NOT NULL DEFAULT '',
    expires_at timestamptz NOT NULL,
    CHECK (step <> 'failed' OR (input IS NULL AND scan IS NULL AND progress IS NULL AND session IS NULL))
);

ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check
    CHECK (kind IN ('analyze_note', 'answer_question', 'sync_telegram_contacts', 'process_telegram_messages'));
CREATE UNIQUE INDEX tasks_sync ON tasks (user_id, kind)
    WHERE kind IN ('sync_telegram_contacts', 'process_telegram_messages') AND state IN ('queued', 'running');

-- +goose Down
DROP INDEX tasks_sync;
DELETE FROM tasks WHERE kind IN ('sync_telegram_contacts', 'process_telegram_messages');
ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check CHECK (kind IN ('analyze_note', 'answer_question'));
DROP TABLE link_attempts;
DROP TABLE links;
