-- +goose Up
-- The facts that were there before have theirs. What has been due is not said any
-- more.
INSERT INTO reminders (user_id, fact_id, text, due_at, state)
SELECT user_id, id, text, due_at, CASE WHEN due_at > now() THEN 'open' ELSE 'sent' END
FROM facts WHERE due_at > said_at AND state = 'kept'
ON CONFLICT (user_id, fact_id) DO NOTHING;

-- +goose Down
DELETE FROM reminders WHERE fact_id IS NOT NULL;
