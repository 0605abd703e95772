// Package llmtest is a model endpoint for tests. It listens on loopback, speaks
// OpenAI's chat completions and Gemini's generateContent, and behaves as well
// or as badly as it is told.
package llmtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// A Call is one request as the endpoint understood it.
type Call struct {
	Provider string // "openai" or "gemini"
	Key      string // as it came, without "Bearer "
	Model    string
	System   string
	Prompt   string
	Schema   json.RawMessage // in the provider's own form; nil without one
}

// A Behavior answers one call.
type Behavior func(w http.ResponseWriter, r *http.Request, c Call)

// A Server is the endpoint. It is safe for concurrent use.
type Server struct {
	http     *httptest.Server
	mu       sync.Mutex
	behavior Behavior
	calls    []Call
}

// New starts an endpoint that behaves as b. Its owner closes it.
func New(b Behavior) *Server {
	s := &Server{behavior: b}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.openAI)
	mux.HandleFunc("POST /v1beta/models/{call}", s.gemini)
	s.http = httptest.NewServer(mux)
	return s
}

// Close ends all calls and stops the endpoint.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// OpenAI returns the base URL for a client of OpenAI's API.
func (s *Server) OpenAI() string { return s.http.URL + "/v1" }

// Gemini returns the base URL for a client of Gemini's API.
func (s *Server) Gemini() string { return s.http.URL }

// Behave has the calls from now on answered by b.
func (s *Server) Behave(b Behavior) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behavior = b
}

// Calls returns the calls so far, in the order they came.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, c Call) {
	s.mu.Lock()
	s.calls = append(s.calls, c)
	behave := s.behavior
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	behave(w, r, c)
}

func (s *Server) openAI(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Model    string `json:"model"`
		Messages []struct {
			Role    string `json:"role"`
			Content string `json:"content"`
		} `json:"messages"`
		Format struct {
			Schema json.RawMessage `json:"json_schema"`
		} `json:"response_format"`
	}
	if !read(w, r, &body) {
		return
	}
	c := Call{Provider: "openai", Model: body.Model, Schema: body.Format.Schema}
	c.Key = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	for _, m := range body.Messages {
		if m.Role == "system" {
			c.System += m.Content
		} else {
			c.Prompt += m.Content
		}
	}
	s.answer(w, r, c)
}

func (s *Server) gemini(w http.ResponseWriter, r *http.Request) {
	type content struct {
		Parts []struct {
			Text string `json:"text"`
		} `json:"parts"`
	}
	var body struct {
		System   content   `json:"systemInstruction"`
		Contents []content `json:"contents"`
		Config   struct {
			Schema json.RawMessage `json:"responseSchema"`
		} `json:"generationConfig"`
	}
	name, ok := strings.CutSuffix(r.PathValue("call"), ":generateContent")
	if !ok {
		http.NotFound(w, r)
		return
	}
	if !read(w, r, &body) {
		return
	}
	c := Call{Provider: "gemini", Model: name, Schema: body.Config.Schema, Key: r.Header.Get("X-Goog-Api-Key")}
	for _, p := range body.System.Parts {
		c.System += p.Text
	}
	for _, content := range body.Contents {
		for _, p := range content.Parts {
			c.Prompt += p.Text
		}
	}
	s.answer(w, r, c)
}

func read(w http.ResponseWriter, r *http.Request, body any) bool {
	text, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(text, body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
	return err == nil
}
