package core

import "time"

// A TaskKind names a kind of background work.
type TaskKind string

// The kinds of task.
const (
	TaskAnalyzeNote    TaskKind = "analyze_note"
	TaskImproveNote    TaskKind = "improve_note" // has a model read what the rules read while none answered
	TaskAnswerQuestion TaskKind = "answer_question"
	TaskNoteChats      TaskKind = "note_chats"   // makes notes of what was said in chats
	TaskAnalyzeChat    TaskKind = "analyze_chat" // reads such a note
	TaskImportChats    TaskKind = "import_chats" // reads chats out of a file
	TaskSyncContacts   TaskKind = "sync_telegram_contacts"
	TaskSyncMessages   TaskKind = "process_telegram_messages"
)

// A TaskState says how far a task has come.
type TaskState string

// The states of a task. The last three are final.
const (
	TaskQueued    TaskState = "queued"
	TaskRunning   TaskState = "running"
	TaskDone      TaskState = "done"
	TaskFailed    TaskState = "failed"
	TaskCancelled TaskState = "cancelled"
)

// A TaskRef names a task's row.
type TaskRef struct {
	UserID int64 `json:"user"`
	ID     int64 `json:"task"`
}

// A Task is background work that a person can watch.
type Task struct {
	UserID    int64
	ID        int64
	PublicID  string // unguessable, for the API
	Kind      TaskKind
	State     TaskState
	NoteID    int64  // what analyze_note, improve_note and analyze_chat read; 0 otherwise
	Revision  int    // of the note when the task was made
	BatchID   int64  // the batch that its note came in with; 0 when it came alone
	MessageID int64  // the message that shows the result; 0 when none does
	Owner     string // who works on it; "" while nobody does
	Attempts  int
	Progress  int     // 0..100
	Result    *Synced // of a sync that is done
	Message   string  // what it is doing, or why it failed
	CreatedAt time.Time
}

// Synced is what came of reading a linked account.
type Synced struct {
	Contacts  int  `json:"contacts"` // how many there are
	New       int  `json:"new"`
	Updated   int  `json:"updated"`
	Skipped   int  `json:"skipped"`
	Undecided int  `json:"undecided"`
	Chats     int  `json:"chats,omitempty"`    // that were read
	Messages  int  `json:"messages,omitempty"` // in them
	Unchanged bool `json:"unchanged"`          // nothing had changed, so nothing was read
}

// Syncs reports whether tasks of that kind read a linked account, which one
// process has.
func (k TaskKind) Syncs() bool { return k == TaskSyncContacts || k == TaskSyncMessages }

// Ended reports whether t is over, however it went.
func (t Task) Ended() bool {
	return t.State == TaskDone || t.State == TaskFailed || t.State == TaskCancelled
}

// Ref returns the name of t's row.
func (t Task) Ref() TaskRef { return TaskRef{UserID: t.UserID, ID: t.ID} }

// A Batch is notes that came in together, each with its task.
type Batch struct {
	UserID   int64
	ID       int64
	PublicID string // unguessable, for the API
}
