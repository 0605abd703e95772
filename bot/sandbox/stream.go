package sandbox

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// heartbeat keeps a quiet stream from being taken for a dead one.
const heartbeat = 15 * time.Second

// streamEvents sends the events after the one whose number the address, or a browser
// that reconnects, says. A page that missed too many is told to begin again.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request) {
	rev := number(r, "since")
	if last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		rev = last
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		events, more, ok := s.world.events.since(rev)
		if !ok {
			_, _ = fmt.Fprint(w, "event: reset\ndata: {}\n\n") // the page is told, or gone
			return
		}
		for _, e := range events {
			if err := writeEvent(w, e); err != nil {
				return
			}
			rev = e.Rev
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-more:
		case <-beat.C:
			_, _ = fmt.Fprint(w, ":\n\n") // the next flush notices who is gone
		case <-r.Context().Done():
			return
		}
	}
}

func writeEvent(w http.ResponseWriter, e Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.Rev, data)
	return err
}

// showFile sends a file to the page: pictures to be looked at, anything else to be
// saved, so that a document never runs as a page.
func (s *Server) showFile(w http.ResponseWriter, r *http.Request) {
	f, data, err := s.openFile(chi.URLParam(r, "file"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	disposition := "attachment"
	switch f.Type {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		disposition = "inline"
	}
	name := strings.Map(visible, f.Name)
	w.Header().Set("Content-Type", f.Type)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	_, _ = w.Write(data) // a page that went away needs no file
}
