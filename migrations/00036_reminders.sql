-- +goose Up
-- A fact that is kept and due at a time, later than it was said, has a reminder,
-- whichever way it came to be kept. What a note says once it was changed, and is
-- over by then, is not said.
-- +goose StatementBegin
CREATE FUNCTION kith_fact_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reminders (user_id, contact_id, fact_id, text, due_at, state)
    VALUES (NEW.user_id, NEW.contact_id, NEW.id, NEW.text, NEW.due_at, CASE WHEN NEW.due_at <= now() AND EXISTS (
        SELECT FROM notes n WHERE n.user_id = NEW.user_id AND n.id = NEW.note_id AND n.revision > 1) THEN 'sent' ELSE 'open' END)
    ON CONFLICT (user_id, fact_id) DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER due AFTER INSERT OR UPDATE OF state, due_at ON facts FOR EACH ROW
    WHEN (NEW.due_at > NEW.said_at AND NEW.state = 'kept') EXECUTE FUNCTION kith_fact_due();

-- What has been due before is not said any more.
INSERT INTO reminders (user_id, contact_id, fact_id, text, due_at, state)
SELECT user_id, contact_id, id, text, due_at, CASE WHEN due_at > now() THEN 'open' ELSE 'sent' END
FROM facts WHERE due_at > said_at AND state = 'kept'
ON CONFLICT (user_id, fact_id) DO NOTHING;

-- +goose Down
DROP TRIGGER due ON facts;
DROP FUNCTION kith_fact_due();
DELETE FROM reminders;
