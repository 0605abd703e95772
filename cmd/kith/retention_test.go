package main

import (
	"testing"
	"time"
)

// What has outlived its use goes when the settings say so.
func TestRetention(t *testing.T) {
	t.Parallel()
	r := newRig(t, "KITH_RETAIN_TASKS", "1d", "KITH_RETAIN_UPDATES", "2d", "KITH_RETAIN_TRASH", "1d")
	r.people(1)
	for _, hours := range []int{23, 25, 49} {
		r.exec(`INSERT INTO updates (bot_id, update_id, seen_at) VALUES (1, $1::int, now() - make_interval(hours => $1::int))`, hours)
		r.exec(`INSERT INTO contacts (user_id, full_name, deleted_at) SELECT id, $1::int::text, now() - make_interval(hours => $1::int) FROM users`, hours)
		r.exec(`INSERT INTO notes (user_id, text, step, deleted_at) SELECT id, $1::int::text, 1, now() - make_interval(hours => $1::int) FROM users`, hours)
		r.exec(`INSERT INTO tasks (user_id, kind, state, finished_at) SELECT id, 'sync_telegram_contacts', 'done', now() - make_interval(hours => $1) FROM users`, hours)
	}
	stop := r.open(roleWorker, roleScheduler)
	defer stop()
	r.until(time.Minute, "the old ones are gone, and only they", `SELECT
		(SELECT array_agg(update_id::int ORDER BY 1) FROM updates) = '{23,25}'
		AND (SELECT array_agg(full_name) FROM contacts) = '{23}'
		AND (SELECT array_agg(text) FROM notes) = '{23}'
		AND (SELECT count(*) FROM tasks WHERE kind = 'sync_telegram_contacts') = 1`)
}
