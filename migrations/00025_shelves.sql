-- +goose Up
-- A user's notes of some ninety days make a shelf, and the index has each word
-- with its shelf: a search looks at the newest shelves only, and at nothing of
-- anybody else's. With the user beside the words, it would read the places of
-- all of the user's notes to find those with a word.
CREATE FUNCTION kith_shelf_begins(at timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN date_bin('90 days', at, '0001-01-01Z'::timestamptz);

CREATE FUNCTION kith_shelf(user_id bigint, at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN user_id || '.' || (extract(epoch FROM kith_shelf_begins(at) - '0001-01-01Z'::timestamptz) / 86400)::int || '.';

-- With what it begins with, the longest word is still one that a tsvector holds.
-- +goose StatementBegin
CREATE FUNCTION kith_shelved(shelf text, words tsvector) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS
$$ BEGIN
    RETURN array_to_tsvector(ARRAY(SELECT shelf || left(word, 500) FROM unnest(tsvector_to_array(words)) word));
END $$;
-- +goose StatementEnd

-- The index knows no order: words of a phrase are sought as words.
CREATE FUNCTION kith_shelved(shelf text, query tsquery) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN regexp_replace(regexp_replace(query::text, '<(-|\d+)>', '&', 'g'), '''((?:[^'']|'''')+)''', '''' || shelf || '\1''', 'g')::tsquery;

DROP INDEX notes_tsv;
CREATE INDEX notes_shelved ON notes USING gin (kith_shelved(kith_shelf(user_id, said_at), tsv));

-- +goose Down
DROP INDEX notes_shelved;
CREATE INDEX notes_tsv ON notes USING gin (user_id, tsv);
DROP FUNCTION kith_shelved(text, tsquery);
DROP FUNCTION kith_shelved(text, tsvector);
DROP FUNCTION kith_shelf(bigint, timestamptz);
DROP FUNCTION kith_shelf_begins(timestamptz);
