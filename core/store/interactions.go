package store

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
)

// AddMeeting keeps the evidence in a note that the user met somebody. It waits
// while nobody knows who is meant.
func (s *Store) AddMeeting(ctx context.Context, m core.Mention, at time.Time) (err error) {
	defer wrap(&err, "add meeting in note %d", m.NoteID)
	return s.run(ctx, `-- add interaction
		INSERT INTO interactions (user_id, contact_id, note_id, mention_id, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id, mention_id) DO UPDATE SET at = excluded.at`,
		m.UserID, orNull(m.ContactID), m.NoteID, m.ID, at)
}

// DropMeetings removes the evidence of meetings in a note.
func (s *Store) DropMeetings(ctx context.Context, userID, noteID int64) (err error) {
	defer wrap(&err, "drop meetings of note %d", noteID)
	return s.run(ctx, `-- drop interactions
		DELETE FROM interactions WHERE user_id = $1 AND note_id = $2`, userID, noteID)
}

// A Meeting is when the user last met a contact, and the note that tells of it.
type Meeting struct {
	At     time.Time
	NoteID int64 // 0 when no note tells of it
}

// LastMeeting returns the latest meeting with a contact up to until, or an
// error of kind core.ErrNotFound.
func (s *Store) LastMeeting(ctx context.Context, userID, contactID int64, until time.Time) (_ Meeting, err error) {
	defer wrap(&err, "last meeting with contact %d", contactID)
	return one[Meeting](ctx, s, `-- last meeting
		SELECT i.at, COALESCE(i.note_id, 0) AS note_id
		FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
		WHERE i.user_id = $1 AND i.contact_id = $2 AND i.at <= $3 AND n.deleted_at IS NULL
		ORDER BY i.at DESC, i.id DESC LIMIT 1`, userID, contactID, until)
}

// A Met is a contact, and when the user last met them.
type Met struct {
	ContactID int64
	FullName  string
	Meeting
}

// MetBetween returns at most limit live contacts whom the user met from one time
// on and before another, with their latest meeting in that time, the latest first.
func (s *Store) MetBetween(ctx context.Context, userID int64, from, before time.Time, limit int) (_ []Met, err error) {
	defer wrap(&err, "met between")
	return all[Met](ctx, s, `-- met between
		SELECT c.id AS contact_id, c.full_name, m.at, m.note_id
		FROM contacts c CROSS JOIN LATERAL (
			SELECT i.at, COALESCE(i.note_id, 0) AS note_id
			FROM interactions i LEFT JOIN notes n ON n.user_id = i.user_id AND n.id = i.note_id
			WHERE i.user_id = $1 AND i.contact_id = c.id AND i.at >= $2 AND i.at < $3 AND n.deleted_at IS NULL
			ORDER BY i.at DESC, i.id DESC LIMIT 1) m
		WHERE c.user_id = $1 AND c.deleted_at IS NULL
		ORDER BY m.at DESC, c.full_name LIMIT $4`, userID, from, before, limit)
}

// moveMeeting gives the evidence of a mention to another contact, or with 0 to
// nobody.
func (s *Store) moveMeeting(ctx context.Context, userID, mentionID, contactID int64) error {
	return s.run(ctx, `-- move interaction
		UPDATE interactions SET contact_id = $3 WHERE user_id = $1 AND mention_id = $2`,
		userID, mentionID, orNull(contactID))
}
