-- +goose Up
-- A step is one act of a user: everything it causes carries its number.
CREATE SEQUENCE steps;

-- Each note is changed once, when it is read. With room for that on its page no
-- index has to learn of it, least of all that of its words.
CREATE TABLE notes (
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    text       text NOT NULL CHECK (text <> '' AND char_length(text) <= 20000),
    lang       regconfig NOT NULL DEFAULT 'english',
    tsv        tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector(lang, kith_unaccent(text))) STORED,
    state      text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
    revision   integer NOT NULL DEFAULT 1 CHECK (revision > 0),
    step       bigint NOT NULL,
    engine     text NOT NULL DEFAULT '',
    author     text NOT NULL DEFAULT '', -- who wrote it, when not the user
    quote      text NOT NULL DEFAULT '', -- the words of Kith's that it replies to
    chat_id    bigint,
    message_id bigint,
    metadata   jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    said_at    timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, chat_id, message_id),
    CHECK ((chat_id IS NULL) = (message_id IS NULL))
) WITH (fillfactor = 85);
CREATE INDEX notes_tsv ON notes USING gin (user_id, tsv);
CREATE INDEX notes_said_at ON notes (user_id, said_at DESC) WHERE deleted_at IS NULL;

-- Somebody spoken of in a note, by name or not.
CREATE TABLE mentions (
    user_id    bigint NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    note_id    bigint NOT NULL,
    name       text NOT NULL DEFAULT '',
    contact_id bigint,
    state      text NOT NULL CHECK (state IN ('resolved', 'asked', 'dismissed')),
    source     text NOT NULL CHECK (source IN ('named', 'new', 'reply', 'before', 'chosen')),
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, note_id, name),
    CHECK ((contact_id IS NOT NULL) = (state = 'resolved')),
    FOREIGN KEY (user_id, note_id) REFERENCES notes ON DELETE CASCADE,
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX mentions_contact ON mentions (user_id, contact_id, note_id);

CREATE TABLE facts (
    user_id       bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id            bigint GENERATED ALWAYS AS IDENTITY,
    note_id       bigint NOT NULL,
    mention_id    bigint NOT NULL,
    contact_id    bigint,
    category      text NOT NULL CHECK (category IN (
        'actionable', 'goals', 'relationship_strategy', 'social', 'wellbeing', 'avocation',
        'professional_background', 'environment_and_lifestyle', 'psychology_and_values',
        'communication_style', 'challenges_and_development', 'deeper_insights',
        'financial_situation', 'admin_matters', 'established_patterns', 'core_identity',
        'information_gaps', 'memory_anchors', 'positionality', 'others')),
    text          text NOT NULL CHECK (text ~ '\S' AND char_length(text) <= 500),
    tsv           tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english', kith_unaccent(text))) STORED,
    quote         text NOT NULL CHECK (quote <> '' AND char_length(quote) <= 500),
    quote_start   integer NOT NULL CHECK (quote_start >= 0),
    confidence    real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    state         text NOT NULL CHECK (state IN ('kept', 'asked', 'discarded')),
    slot          text NOT NULL DEFAULT '' CHECK (slot IN ('', 'home', 'employer', 'birthday', 'email',
        'phone', 'url', 'kin', 'place', 'like', 'dislike', 'allergy')),
    value         text NOT NULL DEFAULT '',
    value_key     text NOT NULL GENERATED ALWAYS AS (kith_fold(value)) STORED,
    due_at        timestamptz,
    touched_at    timestamptz,
    said_at       timestamptz NOT NULL,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, note_id) REFERENCES notes ON DELETE CASCADE,
    FOREIGN KEY (user_id, mention_id) REFERENCES mentions ON DELETE CASCADE,
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE
);
CREATE INDEX facts_note ON facts (user_id, note_id);
CREATE INDEX facts_mention ON facts (user_id, mention_id);
CREATE INDEX facts_contact ON facts (user_id, contact_id, said_at DESC);
CREATE INDEX facts_slot ON facts (user_id, contact_id, slot, said_at DESC) WHERE slot <> '';
CREATE INDEX facts_value ON facts (user_id, slot, value_key) WHERE slot <> '';
CREATE INDEX facts_tsv ON facts USING gin (user_id, tsv);

-- Evidence that the user met or spoke with a contact. That of a mention waits
-- without a contact while nobody knows who is meant.
CREATE TABLE interactions (
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    contact_id bigint,
    note_id    bigint,
    mention_id bigint,
    at         timestamptz NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, mention_id),
    CHECK (contact_id IS NOT NULL OR mention_id IS NOT NULL),
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE,
    FOREIGN KEY (user_id, note_id) REFERENCES notes ON DELETE CASCADE,
    FOREIGN KEY (user_id, mention_id) REFERENCES mentions ON DELETE CASCADE
);
CREATE INDEX interactions_at ON interactions (user_id, contact_id, at DESC);
CREATE INDEX interactions_note ON interactions (user_id, note_id);

-- Something due at a time, about a contact or not.
CREATE TABLE reminders (
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    contact_id bigint,
    fact_id    bigint,
    text       text NOT NULL CHECK (text ~ '\S'),
    due_at     timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'sent', 'done', 'cancelled')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, contact_id) REFERENCES contacts ON DELETE CASCADE,
    FOREIGN KEY (user_id, fact_id) REFERENCES facts ON DELETE CASCADE
);

-- Who changed what. before is null for what was made, after for what is gone.
CREATE TABLE audit_events (
    user_id   bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id        bigint GENERATED ALWAYS AS IDENTITY,
    step      bigint NOT NULL,
    actor     text NOT NULL CHECK (actor IN ('user', 'engine')),
    entity    text NOT NULL CHECK (entity IN ('note', 'contact', 'alias', 'mention', 'fact')),
    entity_id bigint NOT NULL,
    before    jsonb,
    after     jsonb,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id),
    CHECK (before IS NOT NULL OR after IS NOT NULL)
);
CREATE INDEX audit_events_step ON audit_events (user_id, step, id);
CREATE INDEX audit_events_entity ON audit_events (user_id, entity, entity_id, id);

-- Triggers write the audit events, so that no statement can forget to. The
-- transaction says which step it belongs to and who acts. Columns that are
-- computed, and the words of a note that did not change, are left out.
-- +goose StatementBegin
CREATE FUNCTION kith_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    computed text[] := ARRAY['tsv', 'lang', 'name_key', 'first_key', 'value_key', 'updated_at'];
    before   jsonb;
    after    jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD) - computed; END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW) - computed; END IF;
    IF TG_ARGV[0] = 'note' THEN
        after := after - 'text';
        IF TG_OP = 'UPDATE' AND OLD.text = NEW.text THEN before := before - 'text'; END IF;
    END IF;
    INSERT INTO audit_events (user_id, step, actor, entity, entity_id, before, after)
    VALUES (COALESCE(NEW.user_id, OLD.user_id),
        COALESCE(NULLIF(current_setting('kith.step', true), '')::bigint, nextval('steps')),
        COALESCE(NULLIF(current_setting('kith.actor', true), ''), 'user'),
        TG_ARGV[0], COALESCE(NEW.id, OLD.id), before, after);
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER audit AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION kith_audit('note');
CREATE TRIGGER audit_change AFTER UPDATE OF text, deleted_at ON notes FOR EACH ROW
    WHEN (OLD.text IS DISTINCT FROM NEW.text OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
    EXECUTE FUNCTION kith_audit('note');
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION kith_audit('contact');
CREATE TRIGGER audit AFTER INSERT ON aliases FOR EACH ROW EXECUTE FUNCTION kith_audit('alias');
CREATE TRIGGER audit AFTER UPDATE ON mentions FOR EACH ROW EXECUTE FUNCTION kith_audit('mention');
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON facts FOR EACH ROW EXECUTE FUNCTION kith_audit('fact');

-- +goose Down
DROP TABLE audit_events;
DROP TRIGGER audit ON aliases;
DROP TRIGGER audit ON contacts;
DROP TABLE reminders;
DROP TABLE interactions;
DROP TABLE facts;
DROP TABLE mentions;
DROP TABLE notes;
DROP FUNCTION kith_audit();
DROP SEQUENCE steps;
