-- +goose Up
-- The people of an account are added together, as the facts of a note are, and
-- so are their audit events.
-- +goose StatementBegin
CREATE FUNCTION kith_audit_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_events (user_id, step, actor, entity, entity_id, after)
    SELECT a.user_id, COALESCE(NULLIF(current_setting('kith.step', true), '')::bigint, nextval('steps')),
        COALESCE(NULLIF(current_setting('kith.actor', true), ''), 'user'),
        TG_ARGV[0], a.id, to_jsonb(a) - ARRAY['tsv', 'name_key', 'first_key', 'value_key', 'updated_at']
    FROM added a;
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP TRIGGER audit ON contacts;
CREATE TRIGGER audit AFTER UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION kith_audit('contact');
CREATE TRIGGER audit_added AFTER INSERT ON contacts REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION kith_audit_added('contact');
DROP TRIGGER audit ON reaches;
CREATE TRIGGER audit AFTER DELETE ON reaches FOR EACH ROW EXECUTE FUNCTION kith_audit_part('reach', 'id');
CREATE TRIGGER audit_added AFTER INSERT ON reaches REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION kith_audit_added('reach');
DROP TRIGGER audit ON facts;
CREATE TRIGGER audit AFTER UPDATE ON facts FOR EACH ROW EXECUTE FUNCTION kith_audit('fact');
CREATE TRIGGER audit_added AFTER INSERT ON facts REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION kith_audit_added('fact');

-- +goose Down
DROP TRIGGER audit_added ON facts;
DROP TRIGGER audit ON facts;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON facts FOR EACH ROW EXECUTE FUNCTION kith_audit('fact');
DROP TRIGGER audit_added ON reaches;
DROP TRIGGER audit ON reaches;
CREATE TRIGGER audit AFTER INSERT OR DELETE ON reaches FOR EACH ROW EXECUTE FUNCTION kith_audit_part('reach', 'id');
DROP TRIGGER audit_added ON contacts;
DROP TRIGGER audit ON contacts;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION kith_audit('contact');
DROP FUNCTION kith_audit_added();
