package api

import (
	"cmp"
	"context"
	"errors"
	"math"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/store"
)

// A NoteAbout is a note as it is sent.
type NoteAbout struct {
	ContactID int64  `json:"contact_id" minimum:"1" doc:"Whom it is about"`
	Content   string `json:"content" minLength:"10" maxLength:"20000" example:"Coffee with Ana, she moves to Porto in March" doc:"Kept word for word"`
}

type processIn struct {
	Body struct {
		NoteAbout
		Async bool `json:"async,omitempty" doc:"Answer at once with the id of the task, to be asked for its status"`
	}
}

// A processed note is what is answered of it: with async the task alone.
type processed struct {
	Success     bool        `json:"success"`
	RawNoteID   int64       `json:"raw_note_id,omitempty"`
	Synthesis   []synthesis `json:"synthesis,omitzero" doc:"The facts about the contact, those that the user is still asked about too"`
	ContactName string      `json:"contact_name,omitempty" example:"Ana Torres"`
	AIError     string      `json:"ai_error,omitempty" doc:"Why there are no facts, or none yet. The note is kept"`
	TaskID      string      `json:"task_id,omitempty" doc:"The task, where it is not over"`
	Status      string      `json:"status,omitempty" example:"Processing asynchronously"`
	Notes       []batchNote `json:"notes,omitzero" doc:"Of a batch: its notes, in the order they were sent"`
}

type synthesis struct {
	Category   string  `json:"category" example:"Environment and lifestyle"`
	Content    string  `json:"content" example:"Moving to Porto in March"`
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1"`
}

// processNote keeps a note, and waits until it is read unless told not to.
func (s *Server) processNote(ctx context.Context, u core.User, in *processIn) (*reply[processed], error) {
	var task core.Task
	err := s.Store.InTx(ctx, func(tx *store.Store) (err error) {
		task, err = take(ctx, tx, u, in.Body.NoteAbout, 0)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.Nudge(task)
	if in.Body.Async {
		return answer(processed{Success: true, TaskID: task.PublicID, Status: "Processing asynchronously"})
	}
	if task, err = s.settled(ctx, task); err != nil {
		return nil, err
	}
	out, err := s.processed(ctx, task)
	return &reply[processed]{Body: out}, err
}

// take keeps a note about a contact, one of a batch or 0, and returns the task
// that reads it.
func take(ctx context.Context, tx *store.Store, u core.User, n NoteAbout, batch int64) (core.Task, error) {
	if _, err := tx.Contact(ctx, u.ID, n.ContactID); err != nil {
		return core.Task{}, prefixed("contact_id: ", err)
	}
	_, task, err := capture.Take(ctx, tx, capture.Message{
		User: u, Text: n.Content, SaidAt: time.Now(), About: n.ContactID, Batch: batch,
	})
	return task, prefixed("content: ", err)
}

// prefixed has an error that a person caused say before its sentence where it is.
func prefixed(where string, err error) error {
	for _, known := range statuses {
		if errors.Is(err, known.kind) {
			sentence, _ := core.Sentence(err)
			return core.Tell(known.kind, "%s%s", where, cmp.Or(sentence, plain[known.status]))
		}
	}
	return err
}

// notePatience is how long a request waits for its note to be read.
const notePatience = 30 * time.Second

// settled waits for a task to be over, and returns how it is then.
func (s *Server) settled(ctx context.Context, t core.Task) (core.Task, error) {
	patience := cmp.Or(s.Patience, notePatience)
	takeTime(ctx, patience)
	late := time.After(patience)
	for pause := 10 * time.Millisecond; ; pause = min(pause*3/2, 500*time.Millisecond) {
		t, err := s.Store.Task(ctx, t.Ref())
		if err != nil || t.Ended() {
			return t, err
		}
		select {
		case <-time.After(pause):
		case <-late:
			return t, nil
		case <-s.Stopping:
			return t, nil
		}
	}
}

// processed returns what became so far of the note that a task is to read. That
// it is in the trash is an error of kind core.ErrNotFound.
func (s *Server) processed(ctx context.Context, t core.Task) (processed, error) {
	c, err := capture.Confirm(ctx, s.Store, t.UserID, t.NoteID)
	switch {
	case err != nil:
		return processed{}, err
	case c.Note.DeletedAt != nil:
		return processed{}, core.Tell(core.ErrNotFound, takenBack)
	}
	subject := c.Subject()
	out := processed{
		Success: true, RawNoteID: t.NoteID, ContactName: c.NameOf(subject),
		Synthesis: each(c.FactsAbout(subject), asSynthesis), AIError: unreadBecause(c.Note, t),
	}
	if !t.Ended() {
		out.TaskID = t.PublicID
	}
	return out, nil
}

// What is said of notes without facts.
const (
	takenBack = "The note was taken back."
	goesOn    = "The note is kept. Reading it takes longer than usual, and goes on."
	unread    = "The note is kept, but no facts could be drawn from it. It can be tried again."
	cancelled = "It was cancelled. The note is kept, and can be tried again."
)

// unreadBecause says why a note is not read, after what became of its task; ""
// when it is.
func unreadBecause(n core.Note, t core.Task) string {
	switch {
	case n.State == core.NotePending:
		return goesOn
	case n.State == core.NoteFailed && t.State == core.TaskCancelled:
		return cancelled
	case n.State == core.NoteFailed:
		return unread
	}
	return ""
}

func asSynthesis(f core.Fact) synthesis {
	return synthesis{Category: f.Category.Name(), Content: f.Text, Confidence: confidence(f)}
}

// confidence returns how sure a fact is, without the digits that it gets from
// being kept as a small number.
func confidence(f core.Fact) float64 { return math.Round(f.Confidence*1000) / 1000 }
