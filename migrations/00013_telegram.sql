-- +goose Up
-- Somebody in the user's Telegram account. What Telegram last said of them; and
-- what of it their contact was given, so that what the user typed since is told
-- from it and never changed. Their contact is whose telegram_id it is. While
-- undecided they have none: they may be the candidate, and the user is asked.
CREATE TABLE telegram_people (
    user_id        bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    telegram_id    bigint NOT NULL CHECK (telegram_id > 0),
    first_name     text NOT NULL DEFAULT '',
    last_name      text NOT NULL DEFAULT '',
    username       text NOT NULL DEFAULT '',
    phone          text NOT NULL DEFAULT '',
    birthday       text,
    is_verified    boolean NOT NULL DEFAULT false,
    is_premium     boolean NOT NULL DEFAULT false,
    given_name     text NOT NULL DEFAULT '',
    given_username text NOT NULL DEFAULT '',
    given_phone    text NOT NULL DEFAULT '',
    given_birthday text,
    state          text NOT NULL CHECK (state IN ('known', 'undecided', 'left_out')),
    candidate_id   bigint,
    in_contacts    boolean NOT NULL DEFAULT false,
    removed_at     timestamptz, -- from the contacts at Telegram; null while they are there
    PRIMARY KEY (user_id, telegram_id),
    FOREIGN KEY (user_id, candidate_id) REFERENCES contacts (user_id, id) ON DELETE SET NULL (candidate_id)
);
CREATE INDEX telegram_people_undecided ON telegram_people (user_id, telegram_id) WHERE state = 'undecided';

-- By which an account at Telegram is found to be a contact's.
CREATE INDEX contacts_telegram_trash ON contacts (user_id, telegram_id) WHERE deleted_at IS NOT NULL AND telegram_id IS NOT NULL;
CREATE INDEX reaches_phone ON reaches (user_id, ('+' || regexp_replace(value, '\D', '', 'g'))) WHERE kind = 'phone' AND value LIKE '+%';

ALTER TABLE audit_events DROP CONSTRAINT audit_events_actor_check;
ALTER TABLE audit_events ADD CONSTRAINT audit_events_actor_check CHECK (actor IN ('user', 'engine', 'telegram'));

-- +goose Down
UPDATE audit_events SET actor = 'engine' WHERE actor = 'telegram';
ALTER TABLE audit_events DROP CONSTRAINT audit_events_actor_check;
ALTER TABLE audit_events ADD CONSTRAINT audit_events_actor_check CHECK (actor IN ('user', 'engine'));
DROP INDEX reaches_phone;
DROP INDEX contacts_telegram_trash;
DROP TABLE telegram_people;
