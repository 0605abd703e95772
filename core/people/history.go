package people

import (
	"context"
	"maps"
	"slices"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// History returns who changed what of a live contact, the latest first, before
// the event with the id before, or from the last one on for 0. Nothing in it is
// said of anybody else.
func History(ctx context.Context, db *store.Store, userID, id, before int64, limit int) ([]store.AuditEvent, error) {
	if _, err := db.Contact(ctx, userID, id); err != nil {
		return nil, gone(err)
	}
	events, err := db.AuditOf(ctx, userID, id, before, limit)
	for i, e := range events {
		events[i].Before, events[i].After = told(e.Entity, e.Before, id), told(e.Entity, e.After, id)
	}
	return events, err
}

// internal are the columns that mean something to Kith alone.
var internal = []string{"user_id", "metadata", "quote_start", "touched_at"}

// told returns what may be told of a row in the history of a contact. Of one
// that is another's, after a move or before it, that is whose. What is empty is
// left out.
func told(entity string, row map[string]any, id int64) map[string]any {
	if row == nil {
		return nil
	}
	if whose := row["contact_id"]; entity != "contact" && whose != float64(id) && row["other_id"] != float64(id) {
		return map[string]any{"contact_id": whose}
	}
	row = maps.Clone(row)
	maps.DeleteFunc(row, func(column string, value any) bool { return value == nil || slices.Contains(internal, column) })
	if category, ok := row["category"].(string); ok {
		row["category"] = core.Category(category).Name()
	}
	return row
}
