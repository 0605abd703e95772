package sandbox

import (
	"fmt"
	"net/http"
)

// refusal is an answer with ok=false, in Telegram's words.
type refusal struct {
	Code        int
	Description string
	RetryAfter  int
}

func (r *refusal) Error() string { return r.Description }

func badRequest(format string, args ...any) error {
	return &refusal{Code: http.StatusBadRequest, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(reason string) error {
	return &refusal{Code: http.StatusForbidden, Description: "Forbidden: " + reason}
}

func conflict(reason string) error {
	return &refusal{Code: http.StatusConflict, Description: "Conflict: " + reason}
}
