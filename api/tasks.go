package api

import (
	"cmp"
	"context"
	"errors"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/store"
)

type taskIn struct {
	TaskID string `path:"task_id" doc:"As it was answered when the task began"`
}

// A taskReply says how far a task is. The states are those that clients know
// from the system before Kith.
type taskReply struct {
	State    string     `json:"state" enum:"PENDING,PROGRESS,SUCCESS,FAILURE" doc:"A task that nobody has seen is PENDING, too"`
	Status   string     `json:"status" example:"Waiting to begin."`
	Progress *int       `json:"progress,omitempty" minimum:"0" maximum:"100" doc:"In percent"`
	Result   *processed `json:"result,omitempty" doc:"Of a note"`
	Synced   *synced    `json:"synced,omitempty" doc:"Of a linked account"`
	Error    string     `json:"error,omitempty"`
}

// synced is what came of reading a linked account.
type synced struct {
	Contacts  int  `json:"contacts" doc:"How many the account has"`
	New       int  `json:"new"`
	Updated   int  `json:"updated"`
	Skipped   int  `json:"skipped" doc:"Bots, deleted accounts, and whom the user has deleted or left out"`
	Undecided int  `json:"undecided" doc:"Who may be a contact, and may not: the user is asked in the chat"`
	Chats     int  `json:"chats" doc:"That were read"`
	Messages  int  `json:"messages" doc:"That were looked at in them"`
	Unchanged bool `json:"unchanged" doc:"Nothing had changed, so nothing was read"`
}

// taskStatus says how far a task, or batch, of the user's is. Somebody else's
// looks like one that nobody has seen.
func (s *Server) taskStatus(ctx context.Context, u core.User, in *taskIn) (*reply[taskReply], error) {
	task, err := s.Store.TaskByPublicID(ctx, u.ID, in.TaskID)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return s.batchStatus(ctx, u, in)
	case err != nil:
		return nil, err
	}
	out := asTask(task)
	out.Synced = (*synced)(task.Result)
	if task.State == core.TaskDone && task.NoteID != 0 {
		result, err := s.processed(ctx, task)
		switch {
		case errors.Is(err, core.ErrNotFound):
			out.Status = takenBack
		case err != nil:
			return nil, err
		default:
			out.Result = &result
		}
	}
	return answer(out)
}

// cancelTask ends a task, or what of a batch has not begun.
func (s *Server) cancelTask(ctx context.Context, u core.User, in *taskIn) (*reply[done], error) {
	return doneAnswer(s.Store.InTx(ctx, func(tx *store.Store) error {
		task, err := tx.TaskByPublicID(ctx, u.ID, in.TaskID)
		if err == nil {
			return capture.Cancel(ctx, tx, task)
		}
		if !errors.Is(err, core.ErrNotFound) {
			return err
		}
		batch, err := tx.BatchByPublicID(ctx, u.ID, in.TaskID)
		if err != nil {
			return err
		}
		return capture.CancelBatch(ctx, tx, batch)
	}))
}

const waiting = "Waiting to begin."

// unseen returns the status of what nobody has seen.
func unseen() taskReply { return taskReply{State: "PENDING", Status: waiting} }

func asTask(t core.Task) taskReply {
	out := taskReply{Progress: &t.Progress}
	switch {
	case t.State == core.TaskQueued && t.Attempts == 0:
		out.State, out.Status = "PENDING", waiting
	case t.State == core.TaskQueued:
		out.State, out.Status = "PROGRESS", "The last try did not work. It is tried again by itself."
	case t.State == core.TaskRunning:
		out.State, out.Status = "PROGRESS", cmp.Or(t.Message, "Under way.")
	case t.State == core.TaskDone:
		out.State, out.Status = "SUCCESS", "Done."
	default:
		out.State, out.Status, out.Error = "FAILURE", "It did not work.", failure(t)
	}
	return out
}

// failure says why a task came to nothing.
func failure(t core.Task) string {
	switch {
	case t.State == core.TaskCancelled:
		return cancelled
	case t.Kind == core.TaskAnalyzeNote:
		return unread
	}
	return t.Message
}
