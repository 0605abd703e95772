package sandbox

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-telegram/bot/models"
)

//go:embed page
var pageFiles embed.FS

// pageWait is how long a request of the page's API waits for news before it answers
// with what there is.
const pageWait = 20 * time.Second

// pageMessages is how many messages of a chat the page begins with.
const pageMessages = 400

func (s *Server) pageRoutes(r chi.Router) {
	r.Use(s.withKey)
	r.Route("/api", func(r chi.Router) {
		r.Get("/state", s.page(s.showState))
		r.Get("/events", s.streamEvents)
		r.Post("/users", s.page(s.postUser))
		r.Post("/groups", s.page(s.postGroup))
		r.Get("/chats/{chat}", s.page(s.showChat))
		r.Put("/chats/{chat}/blocked", s.page(s.putBlocked))
		r.Post("/chats/{chat}/messages", s.page(s.postMessage))
		r.Put("/chats/{chat}/messages/{message}", s.page(s.putMessage))
		r.Post("/chats/{chat}/messages/{message}/press", s.page(s.postPress))
		r.Get("/presses/{press}", s.page(s.showPress))
		r.Post("/files", s.page(s.postFile))
		r.Get("/files/{file}", s.showFile)
		r.Get("/updates", s.page(s.showQueue))
		r.Post("/updates", s.page(s.postUpdate))
		r.Put("/updates/next", s.page(s.putNextUpdate))
		r.Post("/faults", s.page(s.postFault))
		r.Delete("/faults", s.page(s.deleteFaults))
		r.Get("/calls", s.page(s.showCalls))
	})
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	r.Handle("/*", http.StripPrefix("/sandbox/"+s.pageKey, http.FileServerFS(files)))
}

// page makes a handler of a function that returns what to answer.
func (s *Server) page(answer func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		result, err := answer(r)
		var known *refusal
		switch {
		case errors.As(err, &known):
			reply(w, known.Code, map[string]string{"error": known.Description})
		case err != nil:
			s.log.Error("sandbox page", "path", chi.RouteContext(r.Context()).RoutePattern(), "err", err)
			reply(w, http.StatusInternalServerError, map[string]string{"error": "Something went wrong in the sandbox."})
		default:
			reply(w, http.StatusOK, result)
		}
	}
}

func readBody(r *http.Request, dest any) error {
	if err := json.NewDecoder(r.Body).Decode(dest); err != nil {
		return badRequest("can't parse body: %s", err)
	}
	return nil
}

func number(r *http.Request, name string) int64 {
	text := chi.URLParam(r, name)
	if text == "" {
		text = r.URL.Query().Get(name)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// hold calls ready until it is, after each change, for as long as a request may wait.
func hold(ctx context.Context, ready func() (bool, <-chan struct{})) {
	ctx, cancel := context.WithTimeout(ctx, pageWait)
	defer cancel()
	for {
		done, changed := ready()
		if done {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// inChat finds the chat of the address and calls use with the world locked.
func (s *Server) inChat(r *http.Request, use func(*chat) (any, error)) (any, error) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	c := s.world.chats[number(r, "chat")]
	if c == nil {
		return nil, badRequest("chat not found")
	}
	return use(c)
}

// pageState is all that the page needs to begin with.
type pageState struct {
	Rev   int64       `json:"rev"`
	Bot   models.User `json:"bot"`
	Chats []pageChat  `json:"chats"`
}

type pageChat struct {
	User        models.User         `json:"user"`
	Blocked     bool                `json:"blocked"`
	Description string              `json:"description"`
	Commands    []models.BotCommand `json:"commands"`
	Messages    []*Message          `json:"messages"`
}

func (s *Server) showState(*http.Request) (any, error) {
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	state := pageState{Rev: w.events.current(), Bot: w.bot, Chats: []pageChat{}}
	for _, id := range slices.Sorted(maps.Keys(w.users)) {
		u, c := w.users[id], w.chat(id)
		state.Chats = append(state.Chats, pageChat{
			User: *u, Blocked: c.Blocked, Messages: c.latest(pageMessages),
			Description: w.profile.description(u.LanguageCode), Commands: w.profile.menu(id, u.LanguageCode),
		})
	}
	return state, nil
}

func (s *Server) postUser(r *http.Request) (any, error) {
	var u models.User
	if err := readBody(r, &u); err != nil {
		return nil, err
	}
	if u.FirstName == "" {
		return nil, badRequest("a user has a first name")
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	return s.world.addUser(u), nil
}

func (s *Server) postGroup(r *http.Request) (any, error) {
	var group models.Chat
	if err := readBody(r, &group); err != nil {
		return nil, err
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	return s.world.addGroup(group.Title), nil
}

// transcript is a chat at one moment; Rev grows with every change.
type transcript struct {
	Rev      int64      `json:"rev"`
	Messages []*Message `json:"messages"`
}

func (s *Server) showChat(r *http.Request) (any, error) {
	since := number(r, "since")
	var t transcript
	var err error
	hold(r.Context(), func() (bool, <-chan struct{}) {
		var changed <-chan struct{}
		_, err = s.inChat(r, func(c *chat) (any, error) {
			t = transcript{Rev: c.rev, Messages: c.latest(len(c.messages))}
			changed = c.changed.wait()
			return nil, nil
		})
		return err != nil || t.Rev > since, changed
	})
	return t, err
}

func (s *Server) putBlocked(r *http.Request) (any, error) {
	var in struct {
		Blocked bool `json:"blocked"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	return s.inChat(r, func(c *chat) (any, error) { return true, s.setBlocked(c, in.Blocked) })
}

func (s *Server) postMessage(r *http.Request) (any, error) {
	var in Incoming
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	return s.inChat(r, func(c *chat) (any, error) { return s.receive(c, in) })
}

func (s *Server) putMessage(r *http.Request) (any, error) {
	var in struct {
		Text string `json:"text"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	return s.inChat(r, func(c *chat) (any, error) { return s.revise(c, int(number(r, "message")), in.Text) })
}

func (s *Server) postPress(r *http.Request) (any, error) {
	var in struct {
		From int64  `json:"from"`
		Data string `json:"data"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	return s.inChat(r, func(c *chat) (any, error) {
		from, err := s.world.sender(c, in.From)
		if err != nil {
			return nil, err
		}
		id, err := s.pressButton(*from, c, int(number(r, "message")), in.Data)
		return press{ID: id}, err
	})
}

func (s *Server) showPress(r *http.Request) (any, error) {
	w := s.world
	var found *press
	hold(r.Context(), func() (bool, <-chan struct{}) {
		w.mu.Lock()
		defer w.mu.Unlock()
		found = w.presses[chi.URLParam(r, "press")]
		if found == nil {
			return true, nil
		}
		return found.Answer != nil, w.chat(found.Chat).changed.wait()
	})
	if found == nil {
		return nil, badRequest("press not found")
	}
	return found, nil
}

func (s *Server) postFile(r *http.Request) (any, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, badRequest("can't read file")
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	f, err := s.world.addFile(upload{Name: r.URL.Query().Get("name"), Type: r.Header.Get("Content-Type"), Data: data})
	if err != nil {
		return nil, err
	}
	return f.document(), nil
}
