package core

import (
	"errors"
	"fmt"
)

// The kinds of error that a person can cause. Every other error is Kith's own.
var (
	ErrInvalid     = errors.New("invalid")
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("conflict")
	ErrForbidden   = errors.New("forbidden")
	ErrNotPossible = errors.New("not possible in this state")
)

// sentenceError carries a sentence that is fit to be shown to a person.
type sentenceError struct {
	kind     error
	sentence string
}

func (e *sentenceError) Error() string { return e.sentence }
func (e *sentenceError) Unwrap() error { return e.kind }

// Tell makes an error of one of the kinds above whose sentence people may
// read. The sentence says what is wrong and what would be right.
func Tell(kind error, format string, args ...any) error {
	return &sentenceError{kind: kind, sentence: fmt.Sprintf(format, args...)}
}

// Sentence returns what to say to a person about err, and reports whether err
// was made by Tell. For any other error the sentence is empty: the edge has
// its own words for Kith's own trouble.
func Sentence(err error) (string, bool) {
	if told, ok := errors.AsType[*sentenceError](err); ok {
		return told.sentence, true
	}
	return "", false
}
