package core

import "time"

// A MessageKind says what a message of Kith's shows.
type MessageKind string

// The kinds of message.
const (
	MessageNote   MessageKind = "note"   // the confirmation of a note
	MessageCard   MessageKind = "card"   // a contact
	MessagePeople MessageKind = "people" // the list of contacts
	MessageFound  MessageKind = "found"  // what /find found
	MessageAnswer MessageKind = "answer" // the answer to a question
	MessagePhrase MessageKind = "phrase" // a fixed sentence or an error
)

// Phrases that a feature owes by itself, because something happened.
const (
	PhraseSync             = "sync"           // with how far it is
	PhraseAccountLinked    = "account_linked" // with the account's name
	PhraseAccountEnded     = "account_ended"  // with the sentence why
	PhraseAccountUnlinked  = "account_unlinked"
	PhraseAccountForgotten = "account_forgotten" // it is not signed out
	PhraseReminder         = "reminder"          // with the reminder as Subject
)

// ViewUndecided is the face of the list of contacts that asks who somebody at
// Telegram is: the first past the one with the id Subject.
const ViewUndecided = "undecided"

// MessageArgs has what a message shows beside the rows it is about.
type MessageArgs struct {
	Query    string  `json:"query,omitempty"`    // the words asked or searched for
	Page     int64   `json:"page,omitempty"`     // of a list, from 0
	Part     int     `json:"part,omitempty"`     // of a text too long for one message, from 0
	View     string  `json:"view,omitempty"`     // which of its faces: "choose", "edit", …
	Subject  int64   `json:"subject,omitempty"`  // the mention, fact, note or reminder the view is of
	Phrase   string  `json:"phrase,omitempty"`   // which fixed sentence
	Sentence string  `json:"sentence,omitempty"` // of an error a person caused
	Ref      string  `json:"ref,omitempty"`      // the reference of an error of Kith's own
	Name     string  `json:"name,omitempty"`     // a name the sentence speaks of
	Sync     *Sync   `json:"sync,omitempty"`     // how far the reading of an account is
	Answer   *Answer `json:"answer,omitempty"`   // a model's answer, once there is one
}

// A Sync is how far the reading of a linked account is.
type Sync struct {
	Percent int     `json:"percent"`
	Done    *Synced `json:"done,omitempty"`
	Problem string  `json:"problem,omitempty"` // why it came to nothing
}

// An Answer is what a model made of the notes found.
type Answer struct {
	Text    string  `json:"text"`
	Sources []int64 `json:"sources"` // the notes it was made from
	Engine  string  `json:"engine"`
}

// A Message is one message that Kith owes a chat, or has shown there.
type Message struct {
	UserID            int64
	ID                int64
	ChatID            int64
	Kind              MessageKind
	NoteID            int64 // 0 when it is about no note
	ContactID         int64 // 0 when it is about no contact
	Paced             bool  // nobody asked for it just now, so it keeps to the slow lane
	Args              MessageArgs
	ReplyTo           int64 // the Telegram message it answers; 0 for none
	Wanted            int   // the version that is owed
	Shown             int   // the version that the chat has
	TelegramMessageID int64 // 0 until sent
	Attempts          int
	CreatedAt         time.Time
}
