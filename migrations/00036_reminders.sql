-- +goose Up
-- A fact that is kept and due at a time, later than it was said, has a reminder,
-- whichever way it came to be kept. Whom it is about is the fact's to say. A thing
-- to do with several people is a fact about each, and said once. What a note says
-- once it was changed, and was over by then, is not said.
-- +goose StatementBegin
CREATE FUNCTION kith_fact_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM facts f WHERE f.user_id = NEW.user_id AND f.note_id = NEW.note_id AND f.id < NEW.id
        AND f.state = 'kept' AND f.quote = NEW.quote AND f.text = NEW.text AND f.due_at = NEW.due_at) THEN
        RETURN NULL;
    END IF;
    INSERT INTO reminders (user_id, fact_id, text, due_at, state)
    VALUES (NEW.user_id, NEW.id, NEW.text, NEW.due_at, CASE WHEN NEW.due_at < now() - interval '10 minutes' AND EXISTS (
        SELECT FROM notes n WHERE n.user_id = NEW.user_id AND n.id = NEW.note_id AND n.revision > 1) THEN 'sent' ELSE 'open' END)
    ON CONFLICT (user_id, fact_id) DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER due AFTER INSERT OR UPDATE OF state, due_at ON facts FOR EACH ROW
    WHEN (NEW.due_at > NEW.said_at AND NEW.state = 'kept') EXECUTE FUNCTION kith_fact_due();

-- +goose Down
DROP TRIGGER due ON facts;
DROP FUNCTION kith_fact_due();
