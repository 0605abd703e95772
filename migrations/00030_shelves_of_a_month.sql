-- +goose NO TRANSACTION
-- +goose Up
-- A word costs as much as there are notes with it on a shelf: one that is common
-- on a shelf of 90 days took most of a search among a million notes. A shelf has
-- 30 days now. Where a word is rare there are thrice as many to look at, and none
-- of them has a list of what is new beside it any more, which was read for each
-- shelf anew. To have its words sorted in at once a note takes hardly longer.
--
-- Nobody waits for any of this, and it waits for whoever reads the table, as a
-- backup does. Once the old index is gone, processes of the release before
-- search by reading a user's notes, until they have ended.
SET lock_timeout = 0;
CREATE OR REPLACE FUNCTION kith_month_begins(at timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN date_bin('30 days', at, '0001-01-01Z'::timestamptz);
CREATE OR REPLACE FUNCTION kith_month(user_id bigint, at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN user_id || '.' || (extract(epoch FROM kith_month_begins(at) - '0001-01-01Z'::timestamptz) / 86400)::int || '.';
DROP INDEX CONCURRENTLY IF EXISTS notes_by_month; -- an attempt that was broken off leaves one
CREATE INDEX CONCURRENTLY notes_by_month ON notes USING gin (kith_shelved(kith_month(user_id, said_at), tsv)) WITH (fastupdate = off);
DROP INDEX CONCURRENTLY IF EXISTS notes_shelved;
RESET lock_timeout;

-- +goose Down
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS notes_shelved;
CREATE INDEX CONCURRENTLY notes_shelved ON notes USING gin (kith_shelved(kith_shelf(user_id, said_at), tsv)) WITH (gin_pending_list_limit = 64);
DROP INDEX CONCURRENTLY IF EXISTS notes_by_month;
DROP FUNCTION kith_month(bigint, timestamptz);
DROP FUNCTION kith_month_begins(timestamptz);
RESET lock_timeout;
