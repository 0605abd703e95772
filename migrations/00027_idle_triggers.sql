-- +goose Up
-- A statement that changed no meeting has the triggers of its table run all the
-- same: each note that is read deletes none, and takes the place of none.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION kith_interactions_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone) THEN
        PERFORM kith_last_contact(array_agg(user_id), array_agg(contact_id)) FROM (
            SELECT DISTINCT user_id, contact_id FROM gone WHERE contact_id IS NOT NULL) c;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION kith_interactions_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone) THEN
        PERFORM kith_last_contact(array_agg(user_id), array_agg(contact_id)) FROM (
            SELECT user_id, contact_id FROM added WHERE contact_id IS NOT NULL
            UNION SELECT user_id, contact_id FROM gone WHERE contact_id IS NOT NULL) c;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION kith_interactions_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kith_last_contact(array_agg(user_id), array_agg(contact_id)) FROM (
        SELECT DISTINCT user_id, contact_id FROM gone WHERE contact_id IS NOT NULL) c;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION kith_interactions_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kith_last_contact(array_agg(user_id), array_agg(contact_id)) FROM (
        SELECT user_id, contact_id FROM added WHERE contact_id IS NOT NULL
        UNION SELECT user_id, contact_id FROM gone WHERE contact_id IS NOT NULL) c;
    RETURN NULL;
END $$;
-- +goose StatementEnd
