-- +goose Up
ALTER TABLE contacts
    ADD company text CHECK (company ~ '\S' AND char_length(company) <= 200),
    ADD location text CHECK (location ~ '\S' AND char_length(location) <= 200),
    ADD is_verified boolean NOT NULL DEFAULT false, -- as Telegram says
    ADD is_premium boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT contacts_custom_fields_text CHECK (NOT jsonb_path_exists(custom_fields, '$.* ? (@.type() != "string")'));
ALTER TABLE reaches ADD CONSTRAINT reaches_value_length CHECK (char_length(value) <= 500);
ALTER TABLE tags ADD CONSTRAINT tags_name_length CHECK (char_length(name) <= 100);
ALTER TABLE groups ADD CONSTRAINT groups_name_length CHECK (char_length(name) <= 100);
ALTER TABLE relationships ADD CONSTRAINT relationships_length CHECK (char_length(label) <= 100 AND char_length(inverse) <= 100);

-- One for each order in which lists are read, and from the other end of what
-- joins two.
CREATE INDEX contacts_by_name ON contacts (user_id, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_tier ON contacts (user_id, tier, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_age ON contacts (user_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX contacts_trash ON contacts (user_id, deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL;
CREATE INDEX contact_tags_tag ON contact_tags (user_id, tag_id, contact_id);
CREATE INDEX group_members_contact ON group_members (user_id, contact_id);
CREATE INDEX relationships_other ON relationships (user_id, other_id);

-- "A is parent of B" and "B is child of A" are one.
CREATE UNIQUE INDEX relationships_once ON relationships (user_id, LEAST(contact_id, other_id), GREATEST(contact_id, other_id),
    lower(CASE WHEN contact_id < other_id THEN label ELSE inverse END));

-- When the user last met or spoke with each contact, or will: a row for every
-- contact, with the year 1 for never. Triggers keep it, so that lists in this
-- order need not look at all interactions.
CREATE TABLE last_contacts (
    user_id    bigint NOT NULL,
    contact_id bigint NOT NULL,
    at         timestamptz NOT NULL DEFAULT '0001-01-01 00:00:00+00',
    PRIMARY KEY (user_id, contact_id),
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX last_contacts_at ON last_contacts (user_id, at DESC, contact_id DESC);

-- +goose StatementBegin
CREATE FUNCTION kith_first_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO last_contacts (user_id, contact_id) SELECT user_id, id FROM added;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER first_contact AFTER INSERT ON contacts REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION kith_first_contact();

-- The rows are locked before interactions are looked at: of two who change the
-- interactions of one contact, the second sees what the first did.
-- +goose StatementBegin
CREATE FUNCTION kith_last_contact(users bigint[], contacts bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM last_contacts l JOIN unnest(users, contacts) AS c (user_id, id) ON l.user_id = c.user_id AND l.contact_id = c.id
        ORDER BY l.user_id, l.contact_id FOR UPDATE OF l;
    UPDATE last_contacts l SET at = latest.at
    FROM (SELECT DISTINCT c.user_id, c.id FROM unnest(users, contacts) AS c (user_id, id)) c,
        LATERAL (SELECT COALESCE((
            SELECT i.at FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
            WHERE i.user_id = c.user_id AND i.contact_id = c.id AND n.deleted_at IS NULL
            ORDER BY i.at DESC LIMIT 1), '0001-01-01 00:00:00+00') AS at) latest
    WHERE l.user_id = c.user_id AND l.contact_id = c.id AND l.at <> latest.at;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION kith_interactions_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE last_contacts l SET at = later.at
    FROM (
        SELECT l.user_id, l.contact_id, met.at FROM last_contacts l JOIN (
            SELECT i.user_id, i.contact_id, max(i.at) AS at
            FROM added i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
            WHERE i.contact_id IS NOT NULL AND n.deleted_at IS NULL GROUP BY 1, 2) met USING (user_id, contact_id)
        ORDER BY 1, 2 FOR UPDATE OF l) later
    WHERE l.user_id = later.user_id AND l.contact_id = later.contact_id AND l.at < later.at;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION kith_interactions_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kith_last_contact(array_agg(user_id), array_agg(contact_id)) FROM (
        SELECT DISTINCT user_id, contact_id FROM gone WHERE contact_id IS NOT NULL) c;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION kith_interactions_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kith_last_contact(array_agg(user_id), array_agg(contact_id)) FROM (
        SELECT user_id, contact_id FROM added WHERE contact_id IS NOT NULL
        UNION SELECT user_id, contact_id FROM gone WHERE contact_id IS NOT NULL) c;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION kith_note_trashed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kith_last_contact(array_agg(user_id), array_agg(contact_id)) FROM interactions
    WHERE user_id = NEW.user_id AND note_id = NEW.id AND contact_id IS NOT NULL;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER last_contact_added AFTER INSERT ON interactions REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION kith_interactions_added();
CREATE TRIGGER last_contact_gone AFTER DELETE ON interactions REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION kith_interactions_gone();
CREATE TRIGGER last_contact_changed AFTER UPDATE ON interactions REFERENCING OLD TABLE AS gone NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION kith_interactions_changed();
CREATE TRIGGER last_contact AFTER UPDATE OF deleted_at ON notes FOR EACH ROW
    WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at) EXECUTE FUNCTION kith_note_trashed();

INSERT INTO last_contacts (user_id, contact_id) SELECT user_id, id FROM contacts;
SELECT kith_last_contact(array_agg(user_id), array_agg(id)) FROM contacts;

-- The contacts that an event is about.
ALTER TABLE audit_events
    ADD contact_ids bigint[] NOT NULL GENERATED ALWAYS AS (array_remove(ARRAY[
        CASE WHEN entity = 'contact' THEN entity_id END,
        (before ->> 'contact_id')::bigint, (before ->> 'other_id')::bigint,
        (after ->> 'contact_id')::bigint, (after ->> 'other_id')::bigint], NULL)) STORED,
    DROP CONSTRAINT audit_events_entity_check,
    ADD CONSTRAINT audit_events_entity_check CHECK (entity IN (
        'note', 'contact', 'alias', 'mention', 'fact', 'reach', 'tag', 'group', 'relationship'));
CREATE INDEX audit_events_contacts ON audit_events USING gin (contact_ids);

-- What belongs to a contact comes and goes. What goes with the contact itself,
-- or with the user, leaves nothing behind. A tag and a group are named, for
-- they may be gone when somebody reads the event.
-- +goose StatementBegin
CREATE FUNCTION kith_audit_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    computed text[] := ARRAY['name_key', 'first_key'];
    before   jsonb;
    after    jsonb;
    name     jsonb := '{}';
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (
        SELECT FROM contacts c JOIN users u ON u.id = c.user_id WHERE c.user_id = OLD.user_id AND c.id = OLD.contact_id) THEN
        RETURN NULL;
    END IF;
    IF TG_ARGV[0] = 'tag' THEN
        SELECT jsonb_build_object('name', t.name) INTO name FROM tags t
        WHERE t.user_id = COALESCE(NEW.user_id, OLD.user_id) AND t.id = COALESCE(NEW.tag_id, OLD.tag_id);
    ELSIF TG_ARGV[0] = 'group' THEN
        SELECT jsonb_build_object('name', g.name) INTO name FROM groups g
        WHERE g.user_id = COALESCE(NEW.user_id, OLD.user_id) AND g.id = COALESCE(NEW.group_id, OLD.group_id);
    END IF;
    IF TG_OP <> 'INSERT' THEN before := (to_jsonb(OLD) - computed) || COALESCE(name, '{}'); END IF;
    IF TG_OP <> 'DELETE' THEN after := (to_jsonb(NEW) - computed) || COALESCE(name, '{}'); END IF;
    INSERT INTO audit_events (user_id, step, actor, entity, entity_id, before, after)
    VALUES (COALESCE(NEW.user_id, OLD.user_id),
        COALESCE(NULLIF(current_setting('kith.step', true), '')::bigint, nextval('steps')),
        COALESCE(NULLIF(current_setting('kith.actor', true), ''), 'user'),
        TG_ARGV[0], (COALESCE(after, before) ->> TG_ARGV[1])::bigint, before, after);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_gone AFTER DELETE ON aliases FOR EACH ROW EXECUTE FUNCTION kith_audit_part('alias', 'id');
CREATE TRIGGER audit AFTER INSERT OR DELETE ON reaches FOR EACH ROW EXECUTE FUNCTION kith_audit_part('reach', 'id');
CREATE TRIGGER audit AFTER INSERT OR DELETE ON contact_tags FOR EACH ROW EXECUTE FUNCTION kith_audit_part('tag', 'tag_id');
CREATE TRIGGER audit AFTER INSERT OR DELETE ON group_members FOR EACH ROW EXECUTE FUNCTION kith_audit_part('group', 'group_id');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON relationships FOR EACH ROW EXECUTE FUNCTION kith_audit_part('relationship', 'id');

-- +goose Down
DROP TRIGGER audit ON relationships;
DROP TRIGGER audit ON group_members;
DROP TRIGGER audit ON contact_tags;
DROP TRIGGER audit ON reaches;
DROP TRIGGER audit_gone ON aliases;
DROP FUNCTION kith_audit_part();
DELETE FROM audit_events WHERE entity IN ('reach', 'tag', 'group', 'relationship');
ALTER TABLE audit_events
    DROP COLUMN contact_ids,
    DROP CONSTRAINT audit_events_entity_check,
    ADD CONSTRAINT audit_events_entity_check CHECK (entity IN ('note', 'contact', 'alias', 'mention', 'fact'));
DROP TRIGGER last_contact ON notes;
DROP TRIGGER last_contact_changed ON interactions;
DROP TRIGGER last_contact_gone ON interactions;
DROP TRIGGER last_contact_added ON interactions;
DROP TRIGGER first_contact ON contacts;
DROP FUNCTION kith_note_trashed();
DROP FUNCTION kith_interactions_changed();
DROP FUNCTION kith_interactions_gone();
DROP FUNCTION kith_interactions_added();
DROP FUNCTION kith_last_contact(bigint[], bigint[]);
DROP FUNCTION kith_first_contact();
DROP TABLE last_contacts;
DROP INDEX relationships_once;
DROP INDEX relationships_other;
DROP INDEX group_members_contact;
DROP INDEX contact_tags_tag;
DROP INDEX contacts_trash;
DROP INDEX contacts_by_age;
DROP INDEX contacts_by_tier;
DROP INDEX contacts_by_name;
ALTER TABLE relationships DROP CONSTRAINT relationships_length;
ALTER TABLE groups DROP CONSTRAINT groups_name_length;
ALTER TABLE tags DROP CONSTRAINT tags_name_length;
ALTER TABLE reaches DROP CONSTRAINT reaches_value_length;
ALTER TABLE contacts
    DROP CONSTRAINT contacts_custom_fields_text,
    DROP COLUMN is_premium,
    DROP COLUMN is_verified,
    DROP COLUMN location,
    DROP COLUMN company;
