package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/store"
)

// noteRoutes registers notes, and the tasks that read them.
func (s *Server) noteRoutes(api huma.API) {
	route(s, api, changes, op(http.MethodPost, "/api/notes/process", "Keep a note about a contact, and draw the facts from it"), s.processNote)
	route(s, api, changes, batchOp(), s.processBatch)
	route(s, api, changes, op(http.MethodPost, "/api/notes/task/{task_id}/cancel", "End a task that is not over; of a batch, what has not begun"), s.cancelTask)
	route(s, api, reads, op(http.MethodGet, "/api/notes/{contact_id}/raw", "List the notes about a contact, the latest first"), s.rawNotes)
	route(s, api, reads, op(http.MethodGet, "/api/notes", "List notes, the latest first"), s.notes)
	route(s, api, reads, op(http.MethodGet, "/api/notes/{id}", "A note with what was made of it"), s.note)
	route(s, api, changes, op(http.MethodPatch, "/api/notes/{id}", "Give a note other words, and have it read again"), s.reviseNote)
	route(s, api, changes, op(http.MethodDelete, "/api/notes/{id}", "Take a note back with all it caused: it goes to the trash"), s.deleteNote)
	route(s, api, changes, op(http.MethodPost, "/api/notes/{id}/retry", "Have a note read again that could not be read"), s.retryNote)
	route(s, api, changes, op(http.MethodPut, "/api/notes/{id}/mentions/{mention_id}", "Say who somebody is of whom a note speaks"), s.assignMention)
	route(s, api, reads, op(http.MethodGet, "/api/notes/task/{task_id}/status", "How far a task is, and what came of it"), s.taskStatus)
}

type rawNotesIn struct {
	Page
	ContactID int64 `path:"contact_id" minimum:"1"`
}

// A RawNote is a note without what was made of it.
type RawNote struct {
	ID           int64          `json:"id"`
	Content      string         `json:"content"`
	CreatedAt    time.Time      `json:"created_at"`
	MetadataTags map[string]any `json:"metadata_tags" doc:"What came with it"`
}

type rawNotesReply struct {
	Notes      []RawNote `json:"notes"`
	NextCursor *string   `json:"next_cursor" doc:"null at the end"`
}

// rawNotes lists the notes about a contact.
func (s *Server) rawNotes(ctx context.Context, u core.User, in *rawNotesIn) (*reply[rawNotesReply], error) {
	notes, next, err := s.notesAbout(ctx, u, in.Page, in.ContactID)
	if err != nil {
		return nil, err
	}
	metadata, err := s.Store.NotesMetadata(ctx, u.ID, each(notes, idOf))
	if err != nil {
		return nil, err
	}
	return answer(rawNotesReply{NextCursor: next, Notes: each(notes, func(n core.Note) RawNote {
		tags := metadata[n.ID]
		if tags == nil { // the note is gone since
			tags = map[string]any{}
		}
		return RawNote{ID: n.ID, Content: n.Text, CreatedAt: n.SaidAt.UTC(), MetadataTags: tags}
	})})
}

func (s *Server) notesAbout(ctx context.Context, u core.User, p Page, contactID int64) (_ []core.Note, next *string, err error) {
	if _, err := s.Store.Contact(ctx, u.ID, contactID); err != nil {
		return nil, nil, err
	}
	return notesPage(p, fmt.Sprintf("notes about %d", contactID), said, func(before store.Moment, limit int) ([]core.Note, error) {
		return s.Store.NotesAbout(ctx, u.ID, contactID, before, limit)
	})
}

// notesPage returns a page of a list of notes in the order of place, which rows
// reads, and the cursor for the rest.
func notesPage(p Page, list string, place func(core.Note) store.Moment, rows func(before store.Moment, limit int) ([]core.Note, error)) (_ []core.Note, next *string, err error) {
	before, err := after[store.Moment](p, list)
	if err != nil {
		return nil, nil, err
	}
	notes, err := rows(before, p.Limit+1)
	shown, next := cut(p, list, notes, place)
	return shown, next, err
}

func said(n core.Note) store.Moment { return store.Moment{At: n.SaidAt, ID: n.ID} }

// trashed returns the place of a note in the trash.
func trashed(n core.Note) store.Moment { return store.Moment{At: *n.DeletedAt, ID: n.ID} }

func idOf(n core.Note) int64 { return n.ID }

type notesIn struct {
	Page
	ContactID int64 `query:"contact_id" minimum:"1" doc:"Those about a contact only"`
	Trash     bool  `query:"trash" doc:"Those in the trash instead, the latest to go there first"`
}

type notesReply struct {
	Notes      []Note  `json:"notes"`
	NextCursor *string `json:"next_cursor" doc:"null at the end"`
}

// notes lists notes with what was made of them.
func (s *Server) notes(ctx context.Context, u core.User, in *notesIn) (*reply[notesReply], error) {
	rows, next, err := s.listed(ctx, u, in)
	if err != nil {
		return nil, err
	}
	all, err := capture.ConfirmAll(ctx, s.Store, u.ID, each(rows, idOf))
	if err != nil {
		return nil, err
	}
	list := []Note{}
	for _, n := range rows {
		if c, ok := all[n.ID]; ok { // it may be gone since
			list = append(list, asNote(c))
		}
	}
	return answer(notesReply{Notes: list, NextCursor: next})
}

func (s *Server) listed(ctx context.Context, u core.User, in *notesIn) (_ []core.Note, next *string, err error) {
	switch {
	case in.Trash && in.ContactID != 0:
		return nil, nil, core.Tell(core.ErrInvalid, "trash: the notes in the trash are not listed by contact_id.")
	case in.Trash:
		return notesPage(in.Page, "notes in the trash", trashed, func(before store.Moment, limit int) ([]core.Note, error) {
			return s.Store.TrashedNotes(ctx, u.ID, before, limit)
		})
	case in.ContactID != 0:
		return s.notesAbout(ctx, u, in.Page, in.ContactID)
	}
	return notesPage(in.Page, "notes", said, func(before store.Moment, limit int) ([]core.Note, error) {
		return s.Store.NotesPage(ctx, u.ID, before, limit)
	})
}
