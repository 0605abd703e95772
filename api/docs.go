package api

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/swaggest/swgui/v5/static"
	"github.com/vearutop/statigz"
)

//go:embed page
var pageFiles embed.FS

// docs serves the document that describes the API, and a page to read it.
func (s *Server) docs(r chi.Router, api huma.API) {
	// Making it takes a tenth of a start, and few read it.
	document := sync.OnceValue(func() []byte {
		text, err := json.Marshal(api.OpenAPI())
		if err != nil {
			panic(err) // an operation has a type that JSON cannot have
		}
		return text
	})
	r.Get("/api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document())
	})
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	r.Get("/api/docs", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "docs.html") })
	r.Get("/api/docs/docs.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "docs.js") })
	r.Get("/api/docs/*", http.StripPrefix("/api/docs/", statigz.FileServer(static.FS)).ServeHTTP)
}
