package api

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/store"
)

// A Note is what the user wrote, with what was made of it.
type Note struct {
	ID        int64      `json:"id"`
	Content   string     `json:"content" doc:"Word for word"`
	Author    string     `json:"author,omitempty" doc:"Who wrote it, when the user forwarded it"`
	State     string     `json:"state" enum:"pending,done,failed" doc:"Whether the facts are drawn from it; failed can be tried again"`
	Engine    string     `json:"engine" doc:"Which engine read it; empty while none has" example:"rules"`
	CreatedAt time.Time  `json:"created_at"`
	DeletedAt *time.Time `json:"deleted_at,omitempty" doc:"In the trash since"`
	Mentions  []Mention  `json:"mentions"`
	Facts     []NoteFact `json:"facts"`
}

// A Mention is somebody of whom a note speaks.
type Mention struct {
	ID          int64  `json:"id"`
	Name        string `json:"name" doc:"As the note has it; empty for whom it is about without a name"`
	State       string `json:"state" enum:"resolved,asked,dismissed" doc:"asked: nobody knows yet who it is; dismissed: the user said nobody"`
	ContactID   int64  `json:"contact_id,omitempty"`
	ContactName string `json:"contact_name,omitempty"`
}

// A NoteFact is one thing learnt from a note.
type NoteFact struct {
	ID         int64      `json:"id"`
	MentionID  int64      `json:"mention_id" doc:"Whom it is about"`
	Category   string     `json:"category" example:"Environment and lifestyle"`
	Content    string     `json:"content" example:"Moving to Porto in March"`
	Confidence float64    `json:"confidence" minimum:"0" maximum:"1"`
	State      string     `json:"state" enum:"kept,asked" doc:"asked: the user is asked whether to keep it"`
	Quote      string     `json:"quote" doc:"The words of the note that say so, exactly"`
	MessageID  int64      `json:"message_id,omitempty" doc:"The message of a Telegram chat that says it, by its id there; left out for other notes"`
	DueAt      *time.Time `json:"due_at,omitempty"`
}

func asNote(c capture.Confirmation) Note {
	n := c.Note
	return Note{
		ID: n.ID, Content: n.Text, Author: n.Author, State: string(n.State), Engine: n.Engine,
		CreatedAt: n.SaidAt.UTC(), DeletedAt: utc(n.DeletedAt), Facts: each(c.Facts, asNoteFact),
		Mentions: each(c.Mentions, func(m core.Mention) Mention {
			return Mention{ID: m.ID, Name: m.Name, State: string(m.State), ContactID: m.ContactID, ContactName: c.NameOf(m)}
		}),
	}
}

func asNoteFact(f core.Fact) NoteFact {
	return NoteFact{
		ID: f.ID, MentionID: f.MentionID, Category: f.Category.Name(), Content: f.Text, Confidence: confidence(f),
		State: string(f.State), Quote: f.Quote, MessageID: f.MessageID, DueAt: utc(f.DueAt),
	}
}

type noteReply struct {
	Note   Note   `json:"note"`
	TaskID string `json:"task_id,omitempty" doc:"The task that reads it anew"`
}

func (s *Server) note(ctx context.Context, u core.User, in *idIn) (*reply[noteReply], error) {
	return s.noteNow(ctx, u, in.ID, core.Task{})
}

// noteNow answers how a live note is, which a task may be reading.
func (s *Server) noteNow(ctx context.Context, u core.User, id int64, t core.Task) (*reply[noteReply], error) {
	c, err := capture.Confirm(ctx, s.Store, u.ID, id)
	if err == nil && c.Note.DeletedAt != nil {
		err = core.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return answer(noteReply{Note: asNote(c), TaskID: t.PublicID})
}

type reviseIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Content string `json:"content" minLength:"1" maxLength:"20000"`
	}
}

// reviseNote gives a note other words, and has it read again.
func (s *Server) reviseNote(ctx context.Context, u core.User, in *reviseIn) (*reply[noteReply], error) {
	return s.rereadNote(ctx, u, in.ID, func(ctx context.Context, tx *store.Store, n core.Note) (core.Task, error) {
		task, err := capture.Revise(ctx, tx, n, in.Body.Content)
		return task, prefixed("content: ", err)
	})
}

// retryNote has a note read again that no engine could read.
func (s *Server) retryNote(ctx context.Context, u core.User, in *idIn) (*reply[noteReply], error) {
	return s.rereadNote(ctx, u, in.ID, func(ctx context.Context, tx *store.Store, n core.Note) (core.Task, error) {
		if n.State != core.NoteFailed {
			return core.Task{}, core.Tell(core.ErrNotPossible, "Only a note that could not be read can be tried again.")
		}
		return capture.Retry(ctx, tx, n)
	})
}

func (s *Server) rereadNote(ctx context.Context, u core.User, id int64, do func(context.Context, *store.Store, core.Note) (core.Task, error)) (*reply[noteReply], error) {
	var task core.Task
	err := s.Store.InTx(ctx, func(tx *store.Store) error {
		note, err := capture.Live(ctx, tx, u.ID, id)
		if err == nil {
			task, err = do(ctx, tx, note)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.Nudge(task)
	return s.noteNow(ctx, u, id, task)
}

// deleteNote takes a note back with all it caused.
func (s *Server) deleteNote(ctx context.Context, u core.User, in *idIn) (*reply[done], error) {
	return doneAnswer(s.Store.InTx(ctx, func(tx *store.Store) error {
		undone, err := capture.Undo(ctx, tx, u.ID, in.ID)
		if err == nil && !undone {
			return core.ErrNotFound
		}
		return err
	}))
}

type mentionIn struct {
	ID        int64 `path:"id" minimum:"1"`
	MentionID int64 `path:"mention_id" minimum:"1"`
	Body      struct {
		ContactID int64  `json:"contact_id,omitempty" minimum:"1" doc:"Somebody the user knows"`
		Name      string `json:"name,omitempty" minLength:"1" maxLength:"200" doc:"A name; whoever has it is added when there is nobody"`
		Nobody    bool   `json:"nobody,omitempty" doc:"Nobody to remember"`
	}
}

// assignMention says who somebody is of whom a note speaks.
func (s *Server) assignMention(ctx context.Context, u core.User, in *mentionIn) (*reply[noteReply], error) {
	b := in.Body
	ways := 0
	for _, way := range []bool{b.ContactID != 0, b.Name != "", b.Nobody} {
		if way {
			ways++
		}
	}
	if ways != 1 {
		return nil, core.Tell(core.ErrInvalid, "body: say one of contact_id, name and nobody.")
	}
	err := s.Store.InTx(ctx, func(tx *store.Store) error {
		m, err := tx.Mention(ctx, u.ID, in.MentionID)
		switch {
		case err != nil:
			return err
		case m.NoteID != in.ID:
			return core.ErrNotFound
		case b.Name != "":
			return prefixed("name: ", capture.AssignNamed(ctx, tx, u.ID, m.ID, b.Name))
		}
		return prefixed("contact_id: ", capture.Assign(ctx, tx, u.ID, m.ID, b.ContactID))
	})
	if err != nil {
		return nil, err
	}
	return s.noteNow(ctx, u, in.ID, core.Task{})
}
