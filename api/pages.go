package api

import (
	"io/fs"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// pages serves the pages to sign in, and to link a Telegram account on.
func (s *Server) pages(r chi.Router) {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	for path, file := range map[string]string{
		"/sign-in": "sign-in.html", "/sign-in/sign-in.js": "sign-in.js", "/sign-in/sign-in.css": "sign-in.css", "/sign-in/ask.js": "ask.js",
		"/connect": "connect.html", "/connect/connect.js": "connect.js",
	} {
		r.Get(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeFileFS(w, r, files, file)
		})
	}
}
