package core

import (
	"time"
)

// MaxNoteLen is the most characters (Unicode code points) in a note.
const MaxNoteLen = 20_000

// A NoteState says how far the analysis of a note has come.
type NoteState string

// The states of a note.
const (
	NotePending NoteState = "pending" // waits for its analysis
	NoteDone    NoteState = "done"    // its facts are drawn
	NoteFailed  NoteState = "failed"  // no engine could read it; it can be tried again
)

// A NoteSource says where a note comes from.
type NoteSource string

// The sources of a note.
const (
	SourceUser     NoteSource = ""         // the user said or forwarded it
	SourceTelegram NoteSource = "telegram" // a day of a chat, between its author and the user
)

// A Note is what the user wrote, kept word for word.
type Note struct {
	UserID    int64
	ID        int64
	Text      string
	State     NoteState
	Revision  int    // raised by every edit and undo; a result for an older one is dropped
	Step      int64  // the act that made it, in the audit events
	Engine    string // which engine read it; "" while none has
	Author    string // who wrote it, when the user only forwarded it
	Quote     string // the words of Kith's that it replies to
	Source    NoteSource
	SaidAt    time.Time
	DeletedAt *time.Time // in the trash since; nil when live
}

// NoteText returns text as a note keeps it, or an error of kind ErrInvalid
// with the sentence that says what is wrong with it.
func NoteText(text string) (string, error) {
	text = Clean(text)
	switch {
	case Blank(text):
		return "", Tell(ErrInvalid, "There's nothing in that message to remember. Write a sentence about somebody you know.")
	case !within(text, MaxNoteLen):
		return "", Tell(ErrInvalid, "That note is longer than 20,000 characters. Please send it in parts.")
	}
	return text, nil
}

// A MentionState says what is known of a name in a note.
type MentionState string

// The states of a mention.
const (
	MentionResolved  MentionState = "resolved"  // it is a contact
	MentionAsked     MentionState = "asked"     // the user is asked who it is
	MentionDismissed MentionState = "dismissed" // the user said: nobody
)

// A MentionSource says why a mention is about its contact.
type MentionSource string

// The sources of a mention.
const (
	MentionNamed  MentionSource = "named"  // the name fits one contact
	MentionNew    MentionSource = "new"    // a full name nobody had: the contact was added
	MentionReply  MentionSource = "reply"  // the note was said to be about the contact, or replies to something that is
	MentionBefore MentionSource = "before" // no name: the person last spoken about
	MentionChosen MentionSource = "chosen" // the user picked the contact
)

// A Mention is a person spoken of in a note, by name or not.
type Mention struct {
	UserID    int64
	ID        int64
	NoteID    int64
	Name      string // as written in the note; "" when nobody is named
	ContactID int64  // 0 while not known
	State     MentionState
	Source    MentionSource
}
