-- +goose NO TRANSACTION
-- +goose Up
-- A reminder is made when a fact that is due is said in the chat: once, whoever
-- says it. Nobody waits for the indexes.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS reminders_fact;
CREATE UNIQUE INDEX CONCURRENTLY reminders_fact ON reminders (user_id, fact_id);
DROP INDEX CONCURRENTLY IF EXISTS reminders_fall_due;
CREATE INDEX CONCURRENTLY reminders_fall_due ON reminders (due_at) WHERE state = 'open';
DROP INDEX CONCURRENTLY IF EXISTS facts_fall_due;
CREATE INDEX CONCURRENTLY facts_fall_due ON facts (due_at) WHERE due_at IS NOT NULL AND state = 'kept';
RESET lock_timeout;

-- +goose Down
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS facts_fall_due;
DROP INDEX CONCURRENTLY IF EXISTS reminders_fall_due;
DROP INDEX CONCURRENTLY IF EXISTS reminders_fact;
RESET lock_timeout;
