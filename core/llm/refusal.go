package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// maxRefusal is how much of a refusal is read, and longestRest the longest
// wait that is believed.
const (
	maxRefusal  = 16 << 10
	longestRest = 24 * time.Hour
)

// A refusalBody is what Gemini and the speakers of OpenAI's API say of an
// error. Their messages are left alone: they may quote the key or the note.
type refusalBody struct {
	Error struct {
		Code    any    `json:"code"`
		Type    string `json:"type"`
		Status  string `json:"status"`
		Details []struct {
			RetryDelay string `json:"retryDelay"`
		} `json:"details"`
	} `json:"error"`
}

// refusal returns the error that a status other than 2xx stands for.
func refusal(resp *http.Response) error {
	// What could not be read of a refusal only makes its error less precise.
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	var body refusalBody
	_ = json.Unmarshal(text, &body)

	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests:
		return &RateLimitError{RetryAfter: rest(resp.Header.Get("Retry-After"), body)}
	case code == http.StatusUnauthorized, code == http.StatusForbidden, keyInvalid(text):
		return fmt.Errorf("%w (status %d)", ErrKeyRefused, code)
	case code == http.StatusBadRequest && formatUnknown.Match(text):
		return fmt.Errorf("%w (status %d)", ErrFormat, code)
	default:
		return &StatusError{Code: code, Reason: body.reason()}
	}
}

// keyInvalid reports whether this is how Gemini turns a wrong key away, which
// it does with status 400.
func keyInvalid(text []byte) bool { return bytes.Contains(text, []byte(`"API_KEY_INVALID"`)) }

var (
	formatUnknown = regexp.MustCompile(`(?i)response[_ ]format|json_schema`)
	// Letters only, so that no key passes for the name of an error.
	reasonForm = regexp.MustCompile(`^[A-Za-z]+(_[A-Za-z]+)*$`)
)

// reason returns the most precise name that the provider has for the error.
func (b refusalBody) reason() string {
	code, _ := b.Error.Code.(string)
	for _, name := range []string{code, b.Error.Status, b.Error.Type} {
		if len(name) <= 40 && reasonForm.MatchString(name) {
			return name
		}
	}
	return ""
}

// rest returns how long to leave the provider alone, from the header or
// Gemini's RetryInfo.
func rest(header string, body refusalBody) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.ParseFloat(header, 64); err == nil {
		wait = time.Duration(min(max(seconds, 0), longestRest.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(header); err == nil {
		wait = time.Until(at)
	}
	for _, d := range body.Error.Details {
		if delay, err := time.ParseDuration(d.RetryDelay); err == nil {
			wait = max(wait, delay)
		}
	}
	return min(max(wait, 0), longestRest)
}
