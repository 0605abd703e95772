package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// A Problem is an error as clients get it.
type Problem struct {
	Sentence  string `json:"error" doc:"What is wrong, and what would be right, for a person to read" example:"tier: expected number <= 3."`
	Code      string `json:"code" doc:"A stable word for programs" enum:"invalid,not_signed_in,forbidden,not_found,not_allowed,conflict,too_slow,too_large,wrong_type,not_possible,too_many,unavailable,internal"`
	RequestID string `json:"request_id" doc:"Names the request in the log" example:"K7Q2M9XA"`
	ContactID int64  `json:"contact_id,omitempty" doc:"The contact that has the name already, where that is what is wrong"`

	status  int
	headers http.Header
}

// Error returns the sentence.
func (p *Problem) Error() string { return p.Sentence }

// GetStatus returns the HTTP status. It is huma's name for it.
func (p *Problem) GetStatus() int { return p.status }

// GetHeaders returns what else to send. It is huma's name for it.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// codes are the stable words of the statuses.
var codes = map[int]string{
	http.StatusBadRequest: "invalid", http.StatusUnauthorized: "not_signed_in", http.StatusForbidden: "forbidden",
	http.StatusNotFound: "not_found", http.StatusMethodNotAllowed: "not_allowed", http.StatusConflict: "conflict",
	http.StatusRequestTimeout: "too_slow", http.StatusRequestEntityTooLarge: "too_large", http.StatusUnsupportedMediaType: "wrong_type",
	http.StatusUnprocessableEntity: "not_possible", http.StatusTooManyRequests: "too_many",
	http.StatusServiceUnavailable: "unavailable", http.StatusInternalServerError: "internal",
}

func newProblem(ctx context.Context, status int, sentence string) *Problem {
	return &Problem{Sentence: sentence, Code: codes[status], RequestID: core.Ref(ctx), status: status}
}

// statuses are those of the errors that people can cause.
var statuses = []struct {
	kind   error
	status int
}{
	{core.ErrInvalid, http.StatusBadRequest},
	{core.ErrNotFound, http.StatusNotFound},
	{core.ErrConflict, http.StatusConflict},
	{core.ErrForbidden, http.StatusForbidden},
	{core.ErrNotPossible, http.StatusUnprocessableEntity},
}

// problem makes of a handler's error what its client gets, and logs what is
// Kith's own fault.
func (s *Server) problem(ctx context.Context, err error) *Problem {
	if already, ok := errors.AsType[*Problem](err); ok {
		return already
	}
	for _, known := range statuses {
		if errors.Is(err, known.kind) {
			sentence, told := core.Sentence(err)
			if !told {
				sentence = plain[known.status]
			}
			p := newProblem(ctx, known.status, sentence)
			if taken, ok := errors.AsType[*people.TakenError](err); ok {
				p.ContactID = taken.ContactID
			}
			return p
		}
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) { // who asked has hung up
		return newProblem(ctx, http.StatusServiceUnavailable, plain[http.StatusServiceUnavailable])
	}
	if store.Unavailable(err) {
		s.Log.WarnContext(ctx, "request could not be served", "err", err)
		return newProblem(ctx, http.StatusServiceUnavailable, plain[http.StatusServiceUnavailable])
	}
	s.Log.ErrorContext(ctx, "request broke", "err", err)
	return newProblem(ctx, http.StatusInternalServerError, plain[http.StatusInternalServerError])
}

// plain has what is said where nobody had a better sentence.
var plain = map[int]string{
	http.StatusBadRequest:          "That is not what is expected here.",
	http.StatusUnauthorized:        "You are not signed in.",
	http.StatusForbidden:           "You may not do that.",
	http.StatusNotFound:            "There is nothing here under that id.",
	http.StatusMethodNotAllowed:    "That method is not for this address.",
	http.StatusConflict:            "That is there already.",
	http.StatusUnprocessableEntity: "That cannot be done just now.",
	http.StatusServiceUnavailable:  "Kith cannot reach its database. Try again in a minute.",
	http.StatusInternalServerError: "Something went wrong on our side.",
}

// send answers with a problem outside of an operation.
func send(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that hangs up is nobody to tell.
	_ = json.NewEncoder(w).Encode(newProblem(r.Context(), status, sentence))
}

// adoptProblems has huma, whose only seam for it is package variables, speak of
// errors as Kith does, and promise lists where Kith sends lists.
var adoptProblems = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return refusal(context.Background(), status, msg, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return refusal(ctx.Context(), status, msg, errs)
	}
})

// refusal says what huma found wrong with a request. What does not validate is
// 400 here, and so is a body that ends early.
func refusal(ctx context.Context, status int, msg string, errs []error) *Problem {
	sentence := msg
	if status == http.StatusUnprocessableEntity || status == http.StatusInternalServerError {
		status = http.StatusBadRequest
	}
	switch {
	case status == http.StatusUnsupportedMediaType:
		sentence = "Content-Type: send application/json."
	case status == http.StatusRequestEntityTooLarge:
		sentence = "The body of the request is too large."
	case len(errs) > 0:
		sentence = fault(errs[0])
	}
	if !strings.HasSuffix(sentence, ".") {
		sentence += "."
	}
	return newProblem(ctx, status, sentence)
}

// tooBig finds the field in what encoding/json says of a number that its type
// does not hold.
var tooBig = regexp.MustCompile(`^json: cannot unmarshal number .* into Go struct field \w*\.([\w.]+) of type`)

// fault says what is wrong with which field.
func fault(err error) string {
	var detailer huma.ErrorDetailer
	if !errors.As(err, &detailer) {
		return err.Error()
	}
	d := detailer.ErrorDetail()
	if m := tooBig.FindStringSubmatch(d.Message); m != nil {
		return m[1] + ": that number is too large"
	}
	field := d.Location
	for _, place := range []string{"body.", "query.", "path.", "header."} {
		field = strings.TrimPrefix(field, place)
	}
	if field == "" {
		return d.Message
	}
	return field + ": " + d.Message
}
