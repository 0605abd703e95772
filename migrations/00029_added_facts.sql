-- +goose Up
-- The facts of a note are added together, and so are their audit events.
-- +goose StatementBegin
CREATE FUNCTION kith_audit_facts_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_events (user_id, step, actor, entity, entity_id, after)
    SELECT a.user_id, COALESCE(NULLIF(current_setting('kith.step', true), '')::bigint, nextval('steps')),
        COALESCE(NULLIF(current_setting('kith.actor', true), ''), 'user'),
        'fact', a.id, to_jsonb(a) - ARRAY['tsv', 'value_key']
    FROM added a;
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP TRIGGER audit ON facts;
CREATE TRIGGER audit AFTER UPDATE ON facts FOR EACH ROW EXECUTE FUNCTION kith_audit('fact');
CREATE TRIGGER audit_added AFTER INSERT ON facts REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION kith_audit_facts_added();

-- +goose Down
DROP TRIGGER audit_added ON facts;
DROP TRIGGER audit ON facts;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON facts FOR EACH ROW EXECUTE FUNCTION kith_audit('fact');
DROP FUNCTION kith_audit_facts_added();
