-- +goose Up
-- Contacts that were taken for two: from_id is in the trash, what was its is
-- into_id's until the merge is undone. Moved says which rows went over, and
-- what was filled in where the one that stays had nothing. Rows that it had
-- already stay with the one in the trash.
CREATE TABLE merges (
    user_id   bigint NOT NULL,
    id        bigint GENERATED ALWAYS AS IDENTITY,
    into_id   bigint NOT NULL,
    from_id   bigint NOT NULL,
    step      bigint NOT NULL,
    moved     jsonb NOT NULL CHECK (jsonb_typeof(moved) = 'object'),
    at        timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    PRIMARY KEY (user_id, id),
    CHECK (from_id <> into_id),
    FOREIGN KEY (user_id, into_id) REFERENCES contacts (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, from_id) REFERENCES contacts (user_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX merges_from ON merges (user_id, from_id) WHERE undone_at IS NULL;
CREATE INDEX merges_into ON merges (user_id, into_id);
CREATE INDEX reminders_contact ON reminders (user_id, contact_id) WHERE contact_id IS NOT NULL;

-- What belongs to a contact may become another's.
CREATE TRIGGER audit_moved AFTER UPDATE ON aliases FOR EACH ROW EXECUTE FUNCTION kith_audit_part('alias', 'id');
CREATE TRIGGER audit_moved AFTER UPDATE ON reaches FOR EACH ROW EXECUTE FUNCTION kith_audit_part('reach', 'id');
CREATE TRIGGER audit_moved AFTER UPDATE ON contact_tags FOR EACH ROW EXECUTE FUNCTION kith_audit_part('tag', 'tag_id');
CREATE TRIGGER audit_moved AFTER UPDATE ON group_members FOR EACH ROW EXECUTE FUNCTION kith_audit_part('group', 'group_id');

-- A fact is gone when its note is read anew. One that goes with its contact, or
-- with the user, leaves nothing behind.
-- +goose StatementBegin
CREATE FUNCTION kith_audit_fact_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_events (user_id, step, actor, entity, entity_id, before)
    SELECT OLD.user_id, COALESCE(NULLIF(current_setting('kith.step', true), '')::bigint, nextval('steps')),
        COALESCE(NULLIF(current_setting('kith.actor', true), ''), 'user'),
        'fact', OLD.id, to_jsonb(OLD) - ARRAY['tsv', 'value_key']
    FROM contacts c JOIN users u ON u.id = c.user_id
    WHERE c.user_id = OLD.user_id AND c.id = OLD.contact_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_gone AFTER DELETE ON facts FOR EACH ROW EXECUTE FUNCTION kith_audit_fact_gone();

-- +goose Down
DROP TRIGGER audit_gone ON facts;
DROP FUNCTION kith_audit_fact_gone();
DROP TRIGGER audit_moved ON group_members;
DROP TRIGGER audit_moved ON contact_tags;
DROP TRIGGER audit_moved ON reaches;
DROP TRIGGER audit_moved ON aliases;
DROP INDEX reminders_contact;
DROP TABLE merges;
