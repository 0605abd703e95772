-- +goose Up
-- Notes that came in together. How far they are is read from their tasks.
CREATE TABLE batches (
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    public_id  uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id)
);

ALTER TABLE tasks ADD batch_id bigint;
ALTER TABLE tasks ADD FOREIGN KEY (user_id, batch_id) REFERENCES batches ON DELETE CASCADE;
CREATE INDEX tasks_batch ON tasks (user_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX tasks_finished_at ON tasks (finished_at) WHERE finished_at IS NOT NULL;

-- +goose Down
DROP INDEX tasks_finished_at;
ALTER TABLE tasks DROP batch_id;
DROP TABLE batches;
