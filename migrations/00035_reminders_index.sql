-- +goose NO TRANSACTION
-- +goose Up
-- A fact that is due has one reminder. Nobody waits for the indexes.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS reminders_fact;
CREATE UNIQUE INDEX CONCURRENTLY reminders_fact ON reminders (user_id, fact_id);
DROP INDEX CONCURRENTLY IF EXISTS reminders_fall_due;
CREATE INDEX CONCURRENTLY reminders_fall_due ON reminders (due_at) WHERE state = 'open';
DROP INDEX CONCURRENTLY IF EXISTS messages_reminder;
CREATE INDEX CONCURRENTLY messages_reminder ON messages (user_id, (args -> 'subject')) WHERE kind = 'phrase' AND args ->> 'phrase' = 'reminder';
RESET lock_timeout;

-- +goose Down
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS messages_reminder;
DROP INDEX CONCURRENTLY IF EXISTS reminders_fall_due;
DROP INDEX CONCURRENTLY IF EXISTS reminders_fact;
RESET lock_timeout;
