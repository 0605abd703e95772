-- +goose Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- unaccent alone is only STABLE, because its dictionary could change; naming
-- the dictionary makes the result fit for indexes and generated columns. A
-- function in SQL would not be inlined for that, but planned in each statement;
-- one in PL/pgSQL is planned once a session.
-- +goose StatementBegin
CREATE FUNCTION kith_unaccent(text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS
$$ BEGIN RETURN public.unaccent('public.unaccent'::regdictionary, $1); END $$;
-- +goose StatementEnd

-- How names are compared: "José" and "jose" are one.
-- +goose StatementBegin
CREATE FUNCTION kith_fold(text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS
$$ BEGIN RETURN lower(public.unaccent('public.unaccent'::regdictionary, $1)); END $$;
-- +goose StatementEnd

CREATE TABLE users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    telegram_id   bigint UNIQUE CHECK (telegram_id > 0),
    username      text,
    password_hash text,
    name          text NOT NULL DEFAULT '',
    role          text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    timezone      text NOT NULL DEFAULT 'UTC',
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_login_at timestamptz,
    disabled_at   timestamptz,
    CHECK (telegram_id IS NOT NULL OR username IS NOT NULL)
);
CREATE UNIQUE INDEX users_username ON users (lower(username));

-- A claim is the invitation that makes the first account.
CREATE TABLE invitations (
    code_hash  bytea PRIMARY KEY,
    role       text NOT NULL CHECK (role IN ('user', 'admin')),
    claim      boolean NOT NULL DEFAULT false,
    created_by bigint REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    used_by    bigint REFERENCES users ON DELETE CASCADE
);

-- +goose Down
DROP TABLE invitations;
DROP TABLE users;
DROP FUNCTION kith_fold(text);
DROP FUNCTION kith_unaccent(text);
DROP EXTENSION btree_gin;
DROP EXTENSION unaccent;
DROP EXTENSION pg_trgm;
