-- +goose Up
-- Which state of a user's data this is: every transaction that changes what
-- results are computed from gives it another version. A random one, so that a
-- restored database never repeats a version of the state it has lost.
CREATE TABLE versions (
    user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    version uuid NOT NULL DEFAULT gen_random_uuid()
);

-- The version changes while the transaction commits: the row is locked for no
-- longer than that, so that two transactions of one user neither wait for each
-- other nor can deadlock over it. The setting is the transaction's own.
-- +goose StatementBegin
CREATE FUNCTION kith_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := COALESCE(NEW.user_id, OLD.user_id);
BEGIN
    IF current_setting('kith.versioned', true) IS DISTINCT FROM owner::text THEN
        PERFORM set_config('kith.versioned', owner::text, true);
        INSERT INTO versions (user_id) SELECT id FROM users WHERE id = owner
        ON CONFLICT (user_id) DO UPDATE SET version = EXCLUDED.version;
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['contacts', 'notes', 'facts', 'interactions', 'relationships', 'tags', 'contact_tags',
            'groups', 'group_members', 'reminders'] LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER version AFTER INSERT OR UPDATE OR DELETE ON %I
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kith_version()', name);
    END LOOP;
END $$;
-- +goose StatementEnd

-- What the health of all contacts is computed from, in the order of contacts.
CREATE INDEX facts_counted ON facts (user_id, contact_id)
    INCLUDE (category, said_at, confidence, note_id, slot, id) WHERE state = 'kept';
CREATE INDEX facts_due ON facts (user_id, due_at) WHERE due_at IS NOT NULL AND state = 'kept';
CREATE INDEX notes_trash ON notes (user_id, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX reminders_due ON reminders (user_id, due_at) WHERE state = 'open';

-- +goose Down
DROP INDEX reminders_due;
DROP INDEX notes_trash;
DROP INDEX facts_due;
DROP INDEX facts_counted;
-- The triggers go with their function.
DROP FUNCTION kith_version() CASCADE;
DROP TABLE versions;
