package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"
)

// What a caller can tell apart when Ask fails. A timeout is
// context.DeadlineExceeded; everything else is the provider's trouble. No
// error of this package or of those below it holds a key, an address or words
// of the request.
var (
	ErrRateLimited = errors.New("rate limited")                 // wrapped by RateLimitError
	ErrKeyRefused  = errors.New("the key is refused")           // does not heal by itself
	ErrTooLarge    = errors.New("the answer is too large")      // more than MaxAnswer bytes, or than the request's MaxTokens
	ErrFormat      = errors.New("the format is not known")      // the provider cannot hold an answer to a schema
	ErrDeclined    = errors.New("the model declines to answer") // this request
	ErrNonsense    = errors.New("the answer is not as asked")   // not JSON, or not of the schema
)

// A RateLimitError says that the provider wants fewer calls.
type RateLimitError struct {
	RetryAfter time.Duration // from now; 0 when the provider does not say
}

func (e *RateLimitError) Error() string {
	if e.RetryAfter == 0 {
		return ErrRateLimited.Error()
	}
	return fmt.Sprintf("%v for %v", ErrRateLimited, e.RetryAfter)
}

// Unwrap returns ErrRateLimited.
func (e *RateLimitError) Unwrap() error { return ErrRateLimited }

// A StatusError is any other refusal by the provider.
type StatusError struct {
	Code   int    // of HTTP
	Reason string // the provider's own code for it, such as "model_not_found"; may be ""
}

func (e *StatusError) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("status %d", e.Code)
	}
	return fmt.Sprintf("status %d: %s", e.Code, e.Reason)
}

// Safe returns what an SDK's err says without what a server or an address says:
// either may hold a key or words of the request.
func Safe(err error) error {
	if addressed, ok := errors.AsType[*url.Error](err); ok {
		return addressed.Err
	}
	_, cut := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, ErrTooLarge):
		return ErrTooLarge
	case cut, errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return err
	}
	return fmt.Errorf("%w (%T)", ErrNonsense, err)
}
