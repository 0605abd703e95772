-- +goose Up
-- The hash of contacts does not change when somebody is renamed, so that they
-- are read in full now and then.
ALTER TABLE links ADD contacts_read_at timestamptz;
ALTER TABLE link_attempts DROP CONSTRAINT link_attempts_id_key;

-- +goose Down
ALTER TABLE link_attempts ADD UNIQUE (id);
ALTER TABLE links DROP contacts_read_at;
