package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// BirthdaysFrom returns at most limit live contacts whose birthday is
// celebrated on the day of from, in from's location, or within days after it,
// the next first.
func (s *Store) BirthdaysFrom(ctx context.Context, userID int64, from time.Time, days, limit int) (_ []core.Contact, err error) {
	defer wrap(&err, "birthdays within %d days", days)
	return all[core.Contact](ctx, s, `-- birthdays from
		WITH born AS (
			SELECT b.id FROM contacts b
			WHERE b.user_id = $1 AND b.deleted_at IS NULL AND b.birthday IS NOT NULL AND right(b.birthday, 5) = ANY ($2)
			UNION
			SELECT f.contact_id FROM facts f
			WHERE f.user_id = $1 AND f.slot = 'birthday' AND right(f.value, 5) = ANY ($2))
		SELECT * FROM (
			SELECT `+contactColumns+` FROM contacts c
			WHERE c.user_id = $1 AND c.deleted_at IS NULL AND c.id IN (SELECT id FROM born)) c
		WHERE right(birthday, 5) = ANY ($2)
		ORDER BY array_position($2::text[], right(birthday, 5)), full_name, id LIMIT $3`,
		userID, birthdays(from, days), limit)
}

// birthdays lists those, as "03-14", that are celebrated from the day of from on.
func birthdays(from time.Time, days int) (list []string) {
	y, m, d := from.Date()
	for i := range days + 1 {
		day := time.Date(y, m, d+i, 12, 0, 0, 0, time.UTC)
		if leap := celebrated(day); leap != day.Format("01-02") {
			list = append(list, leap)
		}
		list = append(list, day.Format("01-02"))
	}
	return list
}

// A Due is what is to be done at a time: a reminder, or a fact without one.
type Due struct {
	Reminder  bool
	ID        int64  // of the reminder, or of the fact
	ContactID int64  // 0 for nobody
	FullName  string // "" for nobody
	Text      string
	DueAt     time.Time
}

// DueBetween returns at most limit open reminders and facts that count which
// fall due from one time on and before another, the first first.
func (s *Store) DueBetween(ctx context.Context, userID int64, from, before time.Time, limit int) (_ []Due, err error) {
	defer wrap(&err, "due soon")
	return all[Due](ctx, s, `-- due between
		SELECT false AS reminder, f.id, f.contact_id, c.full_name, f.text, f.due_at
		FROM facts f JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
			JOIN contacts c ON c.user_id = f.user_id AND c.id = f.contact_id
		WHERE f.user_id = $1 AND f.state = 'kept' AND f.due_at >= $2 AND f.due_at < $3
			AND n.deleted_at IS NULL AND c.deleted_at IS NULL AND `+current+`
			AND NOT EXISTS (SELECT FROM reminders r WHERE r.user_id = $1 AND r.fact_id = f.id)
		UNION ALL
		SELECT true, r.id, COALESCE(r.contact_id, 0), COALESCE(c.full_name, ''), r.text, r.due_at
		FROM reminders r LEFT JOIN contacts c ON c.user_id = r.user_id AND c.id = r.contact_id
			LEFT JOIN facts f ON f.user_id = r.user_id AND f.id = r.fact_id
			LEFT JOIN notes n ON n.user_id = f.user_id AND n.id = f.note_id
		WHERE r.user_id = $1 AND r.state = 'open' AND r.due_at >= $2 AND r.due_at < $3
			AND c.deleted_at IS NULL AND n.deleted_at IS NULL
		ORDER BY due_at, reminder, id LIMIT $4`, userID, from, before, limit)
}
