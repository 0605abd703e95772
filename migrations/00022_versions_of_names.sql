-- +goose Up
-- What a search reads beside the rest: whether a replica has all of it is told
-- by the version, too.
CREATE CONSTRAINT TRIGGER version AFTER INSERT OR UPDATE OR DELETE ON aliases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kith_version();
CREATE CONSTRAINT TRIGGER version AFTER INSERT OR UPDATE OR DELETE ON mentions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kith_version();

-- +goose Down
DROP TRIGGER version ON mentions;
DROP TRIGGER version ON aliases;
