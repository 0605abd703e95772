package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
)

// describe begins the document of the API. What it describes is what is
// registered with it.
func (s *Server) describe() huma.Config {
	adoptProblems()
	config := huma.DefaultConfig("Kith", s.Version)
	config.CreateHooks = nil // no $schema in answers
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.Info.Description = "Kith remembers the people in your life. Every answer is JSON; an error is a sentence, a stable word and the id of the request."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: s.sessions.Cookie.Name, Description: "Set by signing in."},
		"token":   {Type: "http", Scheme: "bearer", Description: "A personal token, from POST /api/auth/tokens."},
	}
	return config
}

// operations registers everything under /api.
func (s *Server) operations(r chi.Router, config huma.Config) {
	config.RejectUnknownQueryParameters = true
	api := humachi.New(r, config)
	s.authRoutes(api)
	s.tokenRoutes(api)
	s.noteRoutes(api)
	s.analyticsRoutes(api)
	s.docs(r, api)
}

// noteRoutes registers notes, and the tasks that read them.
func (s *Server) noteRoutes(api huma.API) {
	route(s, api, changes, op(http.MethodPost, "/api/notes/process", "Keep a note about a contact, and draw the facts from it"), s.processNote)
	route(s, api, changes, batchOp(), s.processBatch)
	route(s, api, changes, op(http.MethodPost, "/api/notes/task/{task_id}/cancel", "End a task that is not over; of a batch, what has not begun"), s.cancelTask)
	route(s, api, reads, op(http.MethodGet, "/api/notes/{contact_id}/raw", "List the notes about a contact, the latest first"), s.rawNotes)
	route(s, api, reads, op(http.MethodGet, "/api/notes", "List notes, the latest first"), s.notes)
	route(s, api, reads, op(http.MethodGet, "/api/notes/{id}", "A note with what was made of it"), s.note)
	route(s, api, changes, op(http.MethodPatch, "/api/notes/{id}", "Give a note other words, and have it read again"), s.reviseNote)
	route(s, api, changes, op(http.MethodDelete, "/api/notes/{id}", "Take a note back with all it caused: it goes to the trash"), s.deleteNote)
	route(s, api, changes, op(http.MethodPost, "/api/notes/{id}/retry", "Have a note read again that could not be read"), s.retryNote)
	route(s, api, changes, op(http.MethodPut, "/api/notes/{id}/mentions/{mention_id}", "Say who somebody is of whom a note speaks"), s.assignMention)
	route(s, api, reads, op(http.MethodGet, "/api/notes/task/{task_id}/status", "How far a task is, and what came of it"), s.taskStatus)
}
