-- +goose NO TRANSACTION
-- +goose Up
-- The sweep asks for what a user waits for apart from all else that is due, which
-- may be a hundred thousand tasks that are older. Nobody waits for the index.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS tasks_due_by_kind;
CREATE INDEX CONCURRENTLY tasks_due_by_kind ON tasks (kind, next_try_at) WHERE state = 'queued';
RESET lock_timeout;

-- +goose Down
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS tasks_due_by_kind;
RESET lock_timeout;
