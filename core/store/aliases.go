package store

import "context"

// Aliases returns the other names of a contact, the oldest first.
func (s *Store) Aliases(ctx context.Context, userID, contactID int64) (_ []string, err error) {
	defer wrap(&err, "aliases of contact %d", contactID)
	return column[string](ctx, s, `-- aliases
		SELECT name FROM aliases WHERE user_id = $1 AND contact_id = $2 ORDER BY id`, userID, contactID)
}

// SetAliases makes names the only other names of a contact. Those that are
// there already, written that way, stay.
func (s *Store) SetAliases(ctx context.Context, userID, contactID int64, names []string) (err error) {
	defer wrap(&err, "set aliases of contact %d", contactID)
	if err := s.run(ctx, `-- drop aliases
		DELETE FROM aliases WHERE user_id = $1 AND contact_id = $2 AND name <> ALL ($3::text[])`, userID, contactID, names); err != nil {
		return err
	}
	return s.run(ctx, `-- add aliases
		INSERT INTO aliases (user_id, contact_id, name, source)
		SELECT $1, $2, name, 'user' FROM unnest($3::text[]) WITH ORDINALITY AS n (name, nr) ORDER BY nr
		ON CONFLICT (user_id, contact_id, name_key) DO NOTHING`, userID, contactID, names)
}
