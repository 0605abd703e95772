package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// NewStep makes what the transaction does from here on one act of the user,
// and returns its number.
func (s *Store) NewStep(ctx context.Context) (step int64, err error) {
	defer wrap(&err, "new step")
	err = s.scan(ctx, &step, `-- new step
		SELECT set_config('kith.step', nextval('steps')::text, true)::bigint`)
	return step, err
}

// BeginStep is NewStep for whoever need not know the number.
func (s *Store) BeginStep(ctx context.Context) (err error) {
	defer wrap(&err, "begin step")
	return s.run(ctx, `-- begin step
		SELECT set_config('kith.step', nextval('steps')::text, true)`)
}

// ResumeStep makes what the transaction does from here on part of a step, done
// by an engine or by the user.
func (s *Store) ResumeStep(ctx context.Context, step int64, actor core.Actor) (err error) {
	defer wrap(&err, "resume step %d", step)
	return s.run(ctx, `-- resume step
		SELECT set_config('kith.step', $1::bigint::text, true), set_config('kith.actor', $2, true)`, step, actor)
}

// A Made is a row that a step made.
type Made struct {
	Entity   string // "note", "contact", "alias", …
	EntityID int64
}

// MadeBy returns the rows that a step made, the newest first.
func (s *Store) MadeBy(ctx context.Context, userID, step int64) (_ []Made, err error) {
	defer wrap(&err, "made by step %d", step)
	return all[Made](ctx, s, `-- made by step
		SELECT entity, entity_id FROM audit_events
		WHERE user_id = $1 AND step = $2 AND before IS NULL ORDER BY id DESC`, userID, step)
}

// An AuditEvent is a change of a row. Before is nil for what was made, After for
// what is gone.
type AuditEvent struct {
	ID       int64
	At       time.Time
	Actor    core.Actor
	Entity   string // "contact", "alias", "fact", …
	EntityID int64
	Before   map[string]any
	After    map[string]any
}

// AuditOf returns the changes of what a contact is or had, the latest first,
// before the one with the id before, or from the last one on for 0.
func (s *Store) AuditOf(ctx context.Context, userID, contactID, before int64, limit int) (_ []AuditEvent, err error) {
	defer wrap(&err, "audit of contact %d", contactID)
	return all[AuditEvent](ctx, s, `-- audit of contact
		SELECT id, at, actor, entity, entity_id, before, after FROM audit_events
		WHERE user_id = $1 AND contact_ids @> ARRAY[$2::bigint] AND ($3::bigint = 0 OR id < $3) AND before IS DISTINCT FROM after
		ORDER BY id DESC LIMIT $4`, userID, contactID, before, limit)
}
