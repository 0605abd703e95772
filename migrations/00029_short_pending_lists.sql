-- +goose Up
-- An index of words keeps what is new in a list, and every search reads that
-- list from end to end: with Postgres' 4 MB of it, a search among a million
-- notes takes twenty times as long, and whoever's note fills it waits for all of
-- it to be sorted in.
ALTER INDEX notes_shelved SET (gin_pending_list_limit = 64);
ALTER INDEX facts_tsv SET (gin_pending_list_limit = 64);
ALTER INDEX audit_events_contacts SET (gin_pending_list_limit = 64);

-- +goose Down
ALTER INDEX audit_events_contacts RESET (gin_pending_list_limit);
ALTER INDEX facts_tsv RESET (gin_pending_list_limit);
ALTER INDEX notes_shelved RESET (gin_pending_list_limit);
