-- +goose Up
-- What Kith says: one row per message of Kith's. It is owed to the chat while
-- shown < wanted and it is not given up.
CREATE TABLE messages (
    user_id             bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id                  bigint GENERATED ALWAYS AS IDENTITY,
    chat_id             bigint NOT NULL,
    kind                text NOT NULL CHECK (kind IN ('note', 'card', 'people', 'found', 'answer', 'phrase')),
    note_id             bigint,
    contact_id          bigint,
    paced               boolean NOT NULL DEFAULT false,
    args                jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(args) = 'object'),
    reply_to            bigint,
    wanted              integer NOT NULL DEFAULT 1,
    shown               integer NOT NULL DEFAULT 0,
    telegram_message_id bigint,
    attempts            integer NOT NULL DEFAULT 0,
    given_up            text,
    created_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id),
    CHECK (shown <= wanted),
    FOREIGN KEY (user_id, note_id) REFERENCES notes ON DELETE CASCADE,
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE UNIQUE INDEX messages_telegram ON messages (user_id, telegram_message_id) WHERE telegram_message_id IS NOT NULL;
CREATE INDEX messages_note ON messages (user_id, note_id) WHERE note_id IS NOT NULL;
CREATE INDEX messages_contact ON messages (user_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX messages_owed ON messages (user_id, id) WHERE shown < wanted AND given_up IS NULL;

-- The chat of a user with the bot: who sends into it now, and until when it rests.
CREATE TABLE chats (
    user_id       bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    chat_id       bigint NOT NULL,
    claimed_by    text,
    claimed_until timestamptz,
    rest_until    timestamptz,
    blocked_at    timestamptz
);

-- Background work. The row owns claim, heartbeat, attempts and next try; what
-- is in Redis only names it.
CREATE TABLE tasks (
    user_id      bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    public_id    uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    kind         text NOT NULL CHECK (kind IN ('analyze_note', 'answer_question')),
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    note_id      bigint,
    revision     integer NOT NULL DEFAULT 0,
    message_id   bigint,
    attempts     integer NOT NULL DEFAULT 0,
    next_try_at  timestamptz NOT NULL DEFAULT now(),
    nudged_at    timestamptz,
    claimed_by   text,
    heartbeat_at timestamptz,
    progress     smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    message      text NOT NULL DEFAULT '',
    result       jsonb,
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    PRIMARY KEY (user_id, id),
    CHECK ((state = 'running') = (claimed_by IS NOT NULL AND heartbeat_at IS NOT NULL)),
    CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    FOREIGN KEY (user_id, note_id) REFERENCES notes ON DELETE CASCADE,
    FOREIGN KEY (user_id, message_id) REFERENCES messages ON DELETE CASCADE
);
CREATE INDEX tasks_due ON tasks (next_try_at) WHERE state = 'queued';
CREATE INDEX tasks_running ON tasks (heartbeat_at) WHERE state = 'running';
CREATE INDEX tasks_note ON tasks (user_id, note_id);
CREATE INDEX tasks_message ON tasks (user_id, message_id);

-- Updates that are dealt with. Telegram forgets an update after 24 hours and
-- may start its ids afresh after a week, so rows go after three days.
CREATE TABLE updates (
    bot_id    bigint NOT NULL,
    update_id bigint NOT NULL,
    seen_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot_id, update_id)
);
CREATE INDEX updates_seen_at ON updates USING brin (seen_at);

-- Updates that kept failing, sealed, for a person who looks for the fault.
CREATE TABLE updates_aside (
    bot_id    bigint NOT NULL,
    update_id bigint NOT NULL,
    user_id   bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    ref       text NOT NULL,
    sealed    bytea NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot_id, update_id)
);

-- One owner at a time. A lease that has expired is anybody's; the generation
-- tells an owner that came back from one that took over.
CREATE TABLE leases (
    name       text PRIMARY KEY,
    owner      text NOT NULL,
    generation bigint NOT NULL DEFAULT 1,
    expires_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE leases;
DROP TABLE updates_aside;
DROP TABLE updates;
DROP TABLE tasks;
DROP TABLE chats;
DROP TABLE messages;
