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
