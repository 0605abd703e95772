package llmtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The tokens that every good answer says it took.
const (
	TokensIn  = 100
	TokensOut = 20
)

// Answer answers with what f says.
func Answer(f func(Call) string) Behavior {
	return func(w http.ResponseWriter, _ *http.Request, c Call) { Reply(w, c, f(c)) }
}

// Text answers with the same text always.
func Text(text string) Behavior {
	return Answer(func(Call) string { return text })
}

// Slow behaves as next once release is closed, unless the caller hangs up
// before.
func Slow(release <-chan struct{}, next Behavior) Behavior {
	return func(w http.ResponseWriter, r *http.Request, c Call) {
		select {
		case <-release:
			next(w, r, c)
		case <-r.Context().Done():
		}
	}
}

// Obey is a model that any note can talk into anything: it answers with what
// stands between "<<<" and ">>>" in the prompt, and with "{}" without them.
func Obey() Behavior {
	return Answer(func(c Call) string {
		_, rest, _ := strings.Cut(c.Prompt, "<<<")
		wish, _, ok := strings.Cut(rest, ">>>")
		if !ok {
			return "{}"
		}
		// The prompt may carry the note as a JSON string.
		var plain string
		if !json.Valid([]byte(wish)) && json.Unmarshal([]byte(`"`+wish+`"`), &plain) == nil {
			return plain
		}
		return wish
	})
}

// RateLimit turns calls away with status 429.
func RateLimit(after time.Duration) Behavior {
	return func(w http.ResponseWriter, _ *http.Request, c Call) {
		w.Header().Set("Retry-After", fmt.Sprint(int(after.Seconds())))
		refuse(w, http.StatusTooManyRequests, "rate_limit_exceeded", "slow down: "+c.Prompt)
	}
}

// Fail turns calls away with that status. The message quotes the key and the
// prompt, as servers may.
func Fail(status int) Behavior {
	return func(w http.ResponseWriter, _ *http.Request, c Call) {
		refuse(w, status, "internal_error", "no: "+c.Key+" "+c.Prompt)
	}
}

// RefuseKey turns every key away, as each provider does.
func RefuseKey() Behavior {
	return func(w http.ResponseWriter, _ *http.Request, c Call) {
		if c.Provider == "openai" {
			refuse(w, http.StatusUnauthorized, "invalid_api_key", "Incorrect API key provided: "+c.Key)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}`)
	}
}

// RefuseSchema turns calls with a schema away, and behaves as next otherwise.
func RefuseSchema(next Behavior) Behavior {
	return func(w http.ResponseWriter, r *http.Request, c Call) {
		if c.Schema == nil {
			next(w, r, c)
			return
		}
		refuse(w, http.StatusBadRequest, "invalid_request_error", "This response_format type is unavailable now")
	}
}

// Raw answers with a body that the provider's API would never send.
func Raw(body string) Behavior {
	return func(w http.ResponseWriter, _ *http.Request, _ Call) { fmt.Fprint(w, body) }
}

// Huge answers well, in 10 MB.
func Huge() Behavior {
	return Answer(func(Call) string { return strings.Repeat("all work and no play ", 500_000) })
}

// Deep returns a JSON object whose value nests to that depth.
func Deep(depth int) string {
	return `{"facts":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + "}"
}

// CutOff answers that the limit of tokens ended the answer.
func CutOff() Behavior {
	return func(w http.ResponseWriter, _ *http.Request, c Call) {
		reply(w, c, `{"facts":[{"te`, "length", "MAX_TOKENS")
	}
}

// Reply writes text as the provider of c would.
func Reply(w http.ResponseWriter, c Call, text string) { reply(w, c, text, "stop", "STOP") }

func reply(w http.ResponseWriter, c Call, text, openAIEnd, geminiEnd string) {
	quoted, _ := json.Marshal(text) // a string always can be
	if c.Provider == "openai" {
		fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":%q}],"usage":{"prompt_tokens":%d,"completion_tokens":%d}}`,
			quoted, openAIEnd, TokensIn, TokensOut)
		return
	}
	// Half of the tokens went into the thought that comes first.
	fmt.Fprintf(w, `{"candidates":[{"content":{"role":"model","parts":[{"text":"Let me think.","thought":true},{"text":%s}]},"finishReason":%q}],"usageMetadata":{"promptTokenCount":%d,"candidatesTokenCount":%d,"totalTokenCount":%d}}`,
		quoted, geminiEnd, TokensIn, TokensOut/2, TokensIn+TokensOut)
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	text, _ := json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": message, "type": code}})
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
