package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kith-platform/kith/core"
)

const noteColumns = `n.user_id, n.id, n.text, n.state, n.revision, n.step, n.engine, n.author, n.quote, n.source, n.said_at, n.deleted_at`

// A NewNote is a note that is about to be kept.
type NewNote struct {
	UserID    int64
	Text      string
	Lang      string // a text search configuration: "english"
	ChatID    int64  // where it was said; 0 outside a chat
	MessageID int64
	Author    string // who wrote it; "" for the user
	Quote     string // the words that it replies to
	Source    core.NoteSource
	Step      int64 // 0 for the transaction's, which begins here if there is none
	SaidAt    time.Time
}

// AddNote keeps a note and returns it with its id. A second note from the same
// message is an error of kind core.ErrConflict.
func (s *Store) AddNote(ctx context.Context, n NewNote) (_ core.Note, err error) {
	defer wrap(&err, "add note")
	return one[core.Note](ctx, s, `-- add note
		INSERT INTO notes AS n (user_id, text, lang, chat_id, message_id, step, said_at, author, quote, source)
		VALUES ($1, $2, $3::text::regconfig, $4, $5,
			COALESCE($6::bigint, NULLIF(current_setting('kith.step', true), '')::bigint,
				set_config('kith.step', nextval('steps')::text, true)::bigint), $7, $8, $9, $10)
		RETURNING `+noteColumns,
		n.UserID, n.Text, n.Lang, orNull(n.ChatID), orNull(n.MessageID), orNull(n.Step), n.SaidAt, n.Author, n.Quote, n.Source)
}

// Note returns a note, live or in the trash, or an error of kind core.ErrNotFound.
func (s *Store) Note(ctx context.Context, userID, id int64) (_ core.Note, err error) {
	defer wrap(&err, "note %d", id)
	return one[core.Note](ctx, s, `-- note
		SELECT `+noteColumns+` FROM notes n WHERE n.user_id = $1 AND n.id = $2`, userID, id)
}

// A DatedNote is a note with what is needed to understand "tomorrow" in it.
type DatedNote struct {
	core.Note
	Timezone string // the user's
}

// DatedNote returns a note, live or in the trash, or an error of kind
// core.ErrNotFound.
func (s *Store) DatedNote(ctx context.Context, userID, id int64) (_ DatedNote, err error) {
	defer wrap(&err, "dated note %d", id)
	return one[DatedNote](ctx, s, `-- dated note
		SELECT `+noteColumns+`, u.timezone FROM notes n JOIN users u ON u.id = n.user_id
		WHERE n.user_id = $1 AND n.id = $2`, userID, id)
}

// LockNote returns a note and holds it against change until the transaction ends.
func (s *Store) LockNote(ctx context.Context, userID, id int64) (_ core.Note, err error) {
	defer wrap(&err, "lock note %d", id)
	return one[core.Note](ctx, s, `-- lock note
		SELECT `+noteColumns+` FROM notes n WHERE n.user_id = $1 AND n.id = $2 FOR UPDATE`, userID, id)
}

// NoteFromMessage returns the note made from a message of the user's, or an
// error of kind core.ErrNotFound.
func (s *Store) NoteFromMessage(ctx context.Context, userID, chatID, messageID int64) (_ core.Note, err error) {
	defer wrap(&err, "note from message")
	return one[core.Note](ctx, s, `-- note from message
		SELECT `+noteColumns+` FROM notes n
		WHERE n.user_id = $1 AND n.chat_id = $2 AND n.message_id = $3`, userID, chatID, messageID)
}

// ReviseNote changes the words of a note, if need be, and asks for a new
// analysis: the revision rises.
func (s *Store) ReviseNote(ctx context.Context, userID, id int64, text, lang string) (_ core.Note, err error) {
	defer wrap(&err, "revise note %d", id)
	return one[core.Note](ctx, s, `-- revise note
		UPDATE notes n SET text = $3, lang = $4::text::regconfig, revision = revision + 1, state = 'pending', engine = ''
		WHERE n.user_id = $1 AND n.id = $2 AND n.deleted_at IS NULL
		RETURNING `+noteColumns, userID, id, text, lang)
}

// FinishNote says how the analysis of a revision ended, and returns the note. It
// reports false, and changes nothing, when the note has moved on. What a model
// read takes the place of what the rules did. IS TRUE keeps Postgres from looking
// for the note among all live ones of the user.
func (s *Store) FinishNote(
	ctx context.Context, userID, id int64, revision int, state core.NoteState, engine string,
) (n core.Note, finished bool, err error) {
	defer wrap(&err, "finish note %d", id)
	n, err = one[core.Note](ctx, s, `-- finish note
		UPDATE notes n SET state = $4, engine = $5
		WHERE n.user_id = $1 AND n.id = $2 AND n.revision = $3 AND (n.deleted_at IS NULL) IS TRUE
			AND (n.state = 'pending' OR n.state = 'done' AND n.engine = 'rules' AND $4 = 'done' AND $5 <> 'rules')
		RETURNING `+noteColumns, userID, id, revision, state, engine)
	if errors.Is(err, core.ErrNotFound) {
		return core.Note{}, false, nil
	}
	return n, err == nil, err
}

// TrashNote moves a live note to the trash and drops the result of an analysis
// under way. It reports false when the note was there already.
func (s *Store) TrashNote(ctx context.Context, userID, id int64) (trashed bool, err error) {
	defer wrap(&err, "trash note %d", id)
	tag, err := s.db.Exec(ctx, `-- trash note
		UPDATE notes SET deleted_at = now(), revision = revision + 1
		WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`, userID, id)
	return tag.RowsAffected() == 1, err
}

// NotesAbout returns live notes about a contact, the latest first, that were said
// before another.
func (s *Store) NotesAbout(ctx context.Context, userID, contactID int64, before Moment, limit int) (_ []core.Note, err error) {
	defer wrap(&err, "notes about contact %d", contactID)
	before = before.orEnd()
	return all[core.Note](ctx, s, `-- notes about
		SELECT `+noteColumns+` FROM notes n
		WHERE n.user_id = $1 AND n.deleted_at IS NULL AND (n.said_at, n.id) < ($3, $4) AND EXISTS (
			SELECT FROM mentions m WHERE m.user_id = $1 AND m.note_id = n.id AND m.contact_id = $2)
		ORDER BY n.said_at DESC, n.id DESC LIMIT $5`, userID, contactID, before.At, before.ID, limit)
}

// NotesMetadata returns what came with notes, by their ids.
func (s *Store) NotesMetadata(ctx context.Context, userID int64, ids []int64) (_ map[int64]map[string]any, err error) {
	defer wrap(&err, "metadata of notes")
	rows, err := s.db.Query(ctx, `-- notes metadata
		SELECT id, metadata FROM notes WHERE user_id = $1 AND id = ANY ($2::bigint[])`, userID, ids)
	if err != nil {
		return nil, err
	}
	all := map[int64]map[string]any{}
	var id int64
	var metadata map[string]any
	_, err = pgx.ForEachRow(rows, []any{&id, &metadata}, func() error {
		all[id], metadata = metadata, nil
		return nil
	})
	return all, err
}

// NotesPage returns live notes, the latest first, that were said before another.
func (s *Store) NotesPage(ctx context.Context, userID int64, before Moment, limit int) (_ []core.Note, err error) {
	defer wrap(&err, "notes page")
	before = before.orEnd()
	return all[core.Note](ctx, s, `-- notes page
		SELECT `+noteColumns+` FROM notes n
		WHERE n.user_id = $1 AND n.deleted_at IS NULL AND (n.said_at, n.id) < ($2, $3)
		ORDER BY n.said_at DESC, n.id DESC LIMIT $4`, userID, before.At, before.ID, limit)
}

// TrashedNotes returns notes in the trash, the latest first, that went there
// before another did.
func (s *Store) TrashedNotes(ctx context.Context, userID int64, before Moment, limit int) (_ []core.Note, err error) {
	defer wrap(&err, "notes in the trash")
	before = before.orEnd()
	return all[core.Note](ctx, s, `-- trashed notes
		SELECT `+noteColumns+` FROM notes n
		WHERE n.user_id = $1 AND n.deleted_at IS NOT NULL AND (n.deleted_at, n.id) < ($2, $3)
		ORDER BY n.deleted_at DESC, n.id DESC LIMIT $4`, userID, before.At, before.ID, limit)
}

// LatestNote returns the latest live note that the user said, or an error of kind
// core.ErrNotFound.
func (s *Store) LatestNote(ctx context.Context, userID int64) (_ core.Note, err error) {
	defer wrap(&err, "latest note")
	return one[core.Note](ctx, s, `-- latest note
		SELECT `+noteColumns+` FROM notes n WHERE n.user_id = $1 AND n.deleted_at IS NULL AND n.source = ''
		ORDER BY n.said_at DESC, n.id DESC LIMIT 1`, userID)
}
