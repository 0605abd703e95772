package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/store"
)

type batchIn struct {
	Body struct {
		Notes []NoteAbout `json:"notes" minItems:"1" maxItems:"500"`
	}
}

type batchReply struct {
	TaskID string `json:"task_id"`
	Status string `json:"status" example:"Processing asynchronously"`
}

// A batchNote is what became of one note of a batch.
type batchNote struct {
	RawNoteID   int64       `json:"raw_note_id"`
	ContactID   int64       `json:"contact_id,omitempty"`
	ContactName string      `json:"contact_name,omitempty"`
	Synthesis   []synthesis `json:"synthesis"`
	Error       string      `json:"error,omitempty" doc:"Why there are no facts"`
}

// batchOp describes the only operation with a body of many notes.
func batchOp() huma.Operation {
	o := op(http.MethodPost, "/api/notes/batch", "Keep up to 500 notes, all or none, and draw the facts from them")
	o.DefaultStatus, o.MaxBodyBytes, o.BodyReadTimeout = http.StatusAccepted, 16<<20, 30*time.Second
	return o
}

// processBatch keeps notes in one transaction, each with its own task.
func (s *Server) processBatch(ctx context.Context, u core.User, in *batchIn) (*reply[batchReply], error) {
	var batch core.Batch
	var tasks []core.Task
	err := s.Store.InTx(ctx, func(tx *store.Store) (err error) {
		if batch, err = tx.AddBatch(ctx, u.ID); err != nil {
			return err
		}
		for i, n := range in.Body.Notes {
			task, err := take(ctx, tx, u, n, batch.ID)
			if err != nil {
				return prefixed(fmt.Sprintf("notes[%d].", i), err)
			}
			tasks = append(tasks, task)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		s.Nudge(t)
	}
	return answer(batchReply{TaskID: batch.PublicID, Status: "Processing asynchronously"})
}

// batchStatus says how far a batch is: what its tasks say together.
func (s *Server) batchStatus(ctx context.Context, u core.User, in *taskIn) (*reply[taskReply], error) {
	batch, err := s.Store.BatchByPublicID(ctx, u.ID, in.TaskID)
	if errors.Is(err, core.ErrNotFound) {
		return answer(unseen())
	}
	if err != nil {
		return nil, err
	}
	tasks, err := s.Store.BatchTasks(ctx, u.ID, batch.ID)
	if err != nil {
		return nil, err
	}
	out := together(tasks)
	if out.State == "SUCCESS" || out.State == "FAILURE" {
		out.Result, err = s.batchResult(ctx, u.ID, tasks)
	}
	return &reply[taskReply]{Body: out}, err
}

// together says how far tasks are as one.
func together(tasks []core.Task) taskReply {
	var begun, ended, good int
	for _, t := range tasks {
		if t.State != core.TaskQueued || t.Attempts > 0 {
			begun++
		}
		if t.Ended() {
			ended++
		}
		if t.State == core.TaskDone {
			good++
		}
	}
	if begun == 0 { // or nothing is left of it
		return unseen()
	}
	percent := 100 * ended / len(tasks)
	out := taskReply{State: "PROGRESS", Status: fmt.Sprintf("%d of %d notes are read.", good, len(tasks)), Progress: &percent}
	switch {
	case good > 0 && ended == len(tasks):
		out.State = "SUCCESS"
	case ended == len(tasks):
		out.State, out.Error = "FAILURE", failure(tasks[0])
	}
	return out
}

// batchResult returns what became of the notes that tasks are to read.
func (s *Server) batchResult(ctx context.Context, userID int64, tasks []core.Task) (*processed, error) {
	ids := each(tasks, func(t core.Task) int64 { return t.NoteID })
	all, err := capture.ConfirmAll(ctx, s.Store, userID, ids)
	return &processed{Success: true, Notes: each(tasks, func(t core.Task) batchNote { return asBatchNote(all[t.NoteID], t) })}, err
}

func asBatchNote(c capture.Confirmation, t core.Task) batchNote {
	subject := c.Subject()
	out := batchNote{RawNoteID: t.NoteID, Synthesis: []synthesis{}, ContactID: subject.ContactID, ContactName: c.NameOf(subject)}
	if c.Note.DeletedAt != nil {
		out.Error = takenBack
		return out
	}
	out.Synthesis, out.Error = each(c.FactsAbout(subject), asSynthesis), unreadBecause(c.Note, t)
	return out
}
