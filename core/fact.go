package core

import "time"

// MaxFactLen is the most characters in a fact's text, and in its quote.
const MaxFactLen = 500

// A FactState says what became of a fact.
type FactState string

// The states of a fact.
const (
	FactKept      FactState = "kept"      // part of the memory
	FactAsked     FactState = "asked"     // shown as a question, not kept yet
	FactDiscarded FactState = "discarded" // the user said no
)

// A Slot is a property of a person that has one value at a time, or one that
// questions ask for by value.
type Slot string

// The slots.
const (
	SlotNone     Slot = ""
	SlotHome     Slot = "home"     // where they live; a newer one supersedes
	SlotEmployer Slot = "employer" // where they work; a newer one supersedes
	SlotBirthday Slot = "birthday" // a newer one supersedes
	SlotEmail    Slot = "email"
	SlotPhone    Slot = "phone"
	SlotURL      Slot = "url"
	SlotKin      Slot = "kin"     // value: the relative's name
	SlotPlace    Slot = "place"   // a place that matters but is not their home (yet): from, moving to
	SlotLike     Slot = "like"    // value: what they like
	SlotDislike  Slot = "dislike" // value: what they dislike
	SlotAllergy  Slot = "allergy" // value: what they must not have
)

// Valid reports whether s is one of the slots.
func (s Slot) Valid() bool {
	switch s {
	case SlotNone, SlotHome, SlotEmployer, SlotBirthday, SlotEmail, SlotPhone, SlotURL,
		SlotKin, SlotPlace, SlotLike, SlotDislike, SlotAllergy:
		return true
	}
	return false
}

// A Draft is a fact as an engine proposes it, before it is checked and filed.
type Draft struct {
	About      string // the person's name as the note writes it; "" for whom the note is about
	Category   Category
	Text       string  // the fact in a few words: "Moving to Porto in March"
	Quote      string  // the words of the note that say so, exactly
	Confidence float64 // 0..1
	Slot       Slot
	Value      string   // the slot's value: "Porto"; "" ends it: "left Stripe"
	Due        *Moment  // when something is to be done; nil when no date was said
	Birthday   Birthday // with SlotBirthday
}

// A Meeting is evidence that the user met or spoke with somebody.
type Meeting struct {
	About string // as in Draft
	On    time.Time
}

// A Reading is what an engine makes of one note.
type Reading struct {
	Drafts   []Draft
	Meetings []Meeting
}

// A Fact is one thing learnt from a note about one contact.
type Fact struct {
	UserID     int64
	ID         int64
	NoteID     int64
	MentionID  int64
	ContactID  int64 // 0 while the mention's contact is not known
	Category   Category
	Text       string
	Quote      string // the evidence, word for word
	QuoteStart int    // where the quote starts in the note, in bytes
	Confidence float64
	State      FactState
	Slot       Slot
	Value      string
	DueAt      *time.Time
	SaidAt     time.Time
	MessageID  int64 // of the message that says it, in a note from a chat; 0 otherwise
}

// KeepAt is the confidence from which a fact with evidence is kept at once;
// one below it is asked about.
const KeepAt = 0.6
