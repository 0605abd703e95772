package api

import (
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
	s.entryRoutes(api)
	s.tokenRoutes(api)
	s.adminRoutes(api)
	s.contactRoutes(api)
	s.factRoutes(api)
	s.mergeRoutes(api)
	s.bulkRoutes(api)
	s.auditRoutes(api)
	s.tagRoutes(api)
	s.groupRoutes(api)
	s.relationshipRoutes(api)
	s.reminderRoutes(api)
	s.noteRoutes(api)
	s.recallRoutes(api)
	s.telegramRoutes(api)
	s.analyticsRoutes(api)
	s.docs(r, api)
}
