-- +goose Up
CREATE TABLE contacts (
    user_id           bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id                bigint GENERATED ALWAYS AS IDENTITY,
    full_name         text NOT NULL CHECK (full_name ~ '\S' AND char_length(full_name) <= 200),
    name_key          text NOT NULL GENERATED ALWAYS AS (kith_fold(full_name)) STORED,
    first_key         text NOT NULL GENERATED ALWAYS AS (split_part(kith_fold(full_name), ' ', 1)) STORED,
    tier              smallint NOT NULL DEFAULT 2 CHECK (tier IN (1, 2, 3)),
    birthday          text CHECK (birthday IS NULL OR birthday ~ '^(\d{4}|-)-\d\d-\d\d$' AND make_date(
                          CASE WHEN birthday LIKE '--%' THEN 2000 ELSE left(birthday, 4)::int END,
                          left(right(birthday, 5), 2)::int, right(birthday, 2)::int) IS NOT NULL),
    telegram_id       bigint CHECK (telegram_id > 0),
    telegram_username text,
    custom_fields     jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(custom_fields) = 'object'),
    metadata          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    deleted_at        timestamptz,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX contacts_full_name ON contacts (user_id, lower(full_name)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX contacts_telegram_id ON contacts (user_id, telegram_id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_name_key ON contacts (user_id, name_key text_pattern_ops) WHERE deleted_at IS NULL;
CREATE INDEX contacts_first_key ON contacts (user_id, first_key) WHERE deleted_at IS NULL;
CREATE INDEX contacts_username ON contacts (user_id, lower(telegram_username)) WHERE deleted_at IS NULL;
CREATE INDEX contacts_birthday ON contacts (user_id, right(birthday, 5)) WHERE deleted_at IS NULL AND birthday IS NOT NULL;
CREATE INDEX contacts_name_trgm ON contacts USING gin (user_id, name_key gin_trgm_ops) WHERE deleted_at IS NULL;

-- Other names a contact goes by. A correction is a name the user has said is
-- this contact.
CREATE TABLE aliases (
    user_id    bigint NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    contact_id bigint NOT NULL,
    name       text NOT NULL CHECK (name ~ '\S' AND char_length(name) <= 200),
    name_key   text NOT NULL GENERATED ALWAYS AS (kith_fold(name)) STORED,
    first_key  text NOT NULL GENERATED ALWAYS AS (split_part(kith_fold(name), ' ', 1)) STORED,
    source     text NOT NULL CHECK (source IN ('user', 'correction')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, contact_id, name_key),
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX aliases_name_key ON aliases (user_id, name_key);
CREATE INDEX aliases_first_key ON aliases (user_id, first_key);
CREATE INDEX aliases_name_trgm ON aliases USING gin (user_id, name_key gin_trgm_ops);

-- Ways to reach a contact.
CREATE TABLE reaches (
    user_id    bigint NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    contact_id bigint NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('email', 'phone', 'url', 'address')),
    value      text NOT NULL CHECK (value ~ '\S'),
    label      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, contact_id, kind, value),
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);

-- "contact is <label> of other"; the inverse says it from the other side.
CREATE TABLE relationships (
    user_id    bigint NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    contact_id bigint NOT NULL,
    other_id   bigint NOT NULL,
    label      text NOT NULL CHECK (label ~ '\S'),
    inverse    text NOT NULL CHECK (inverse ~ '\S'),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, contact_id, other_id, label),
    CHECK (contact_id <> other_id),
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE,
    FOREIGN KEY (user_id, other_id) REFERENCES contacts (user_id, id) ON DELETE CASCADE
);

CREATE TABLE tags (
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    name       text NOT NULL CHECK (name ~ '\S'),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX tags_name ON tags (user_id, lower(name));

CREATE TABLE contact_tags (
    user_id    bigint NOT NULL,
    contact_id bigint NOT NULL,
    tag_id     bigint NOT NULL,
    PRIMARY KEY (user_id, contact_id, tag_id),
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE,
    FOREIGN KEY (user_id, tag_id) REFERENCES tags ON DELETE CASCADE
);

CREATE TABLE groups (
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    name       text NOT NULL CHECK (name ~ '\S'),
    color      text NOT NULL DEFAULT '#888888' CHECK (color ~ '^#[0-9a-f]{6}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX groups_name ON groups (user_id, lower(name));

CREATE TABLE group_members (
    user_id    bigint NOT NULL,
    group_id   bigint NOT NULL,
    contact_id bigint NOT NULL,
    PRIMARY KEY (user_id, group_id, contact_id),
    FOREIGN KEY (user_id, group_id) REFERENCES groups ON DELETE CASCADE,
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);

-- +goose Down
DROP TABLE group_members;
DROP TABLE groups;
DROP TABLE contact_tags;
DROP TABLE tags;
DROP TABLE relationships;
DROP TABLE reaches;
DROP TABLE aliases;
DROP TABLE contacts;
