package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// A method carries out a call and returns its result, or a *refusal.
type method func(s *Server, ctx context.Context, c *call) (any, error)

// methods are those of the Bot API that the sandbox has.
var methods = map[string]method{
	"answerCallbackQuery":    (*Server).answerCallbackQuery,
	"deleteMessage":          (*Server).deleteMessage,
	"deleteMessages":         (*Server).deleteMessages,
	"deleteMyCommands":       (*Server).deleteMyCommands,
	"deleteWebhook":          (*Server).deleteWebhook,
	"editMessageReplyMarkup": (*Server).editMessageReplyMarkup,
	"editMessageText":        (*Server).editMessageText,
	"getChat":                (*Server).getChat,
	"getChatMenuButton":      (*Server).getChatMenuButton,
	"getFile":                (*Server).getFile,
	"getMe":                  (*Server).getMe,
	"getMyCommands":          (*Server).getMyCommands,
	"getMyDescription":       (*Server).getMyDescription,
	"getMyShortDescription":  (*Server).getMyShortDescription,
	"getUpdates":             (*Server).getUpdates,
	"getWebhookInfo":         (*Server).getWebhookInfo,
	"sendChatAction":         (*Server).sendChatAction,
	"sendDocument":           (*Server).sendDocument,
	"sendMessage":            (*Server).sendMessage,
	"sendPhoto":              (*Server).sendPhoto,
	"setChatMenuButton":      (*Server).setChatMenuButton,
	"setMessageReaction":     (*Server).setMessageReaction,
	"setMyCommands":          (*Server).setMyCommands,
	"setMyDescription":       (*Server).setMyDescription,
	"setMyShortDescription":  (*Server).setMyShortDescription,
	"setWebhook":             (*Server).setWebhook,
}

// methodNames finds a method's proper name, as Telegram ignores case.
var methodNames = func() map[string]string {
	names := map[string]string{}
	for name := range methods {
		names[strings.ToLower(name)] = name
	}
	return names
}()

func (s *Server) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(localOnly)
	r.HandleFunc("/bot{token}/{method}", s.serveCall)
	r.Get("/file/bot{token}/*", s.serveFile)
	r.Route("/sandbox/{key}", s.pageRoutes)
	r.NotFound(func(w http.ResponseWriter, _ *http.Request) { refuse(w, notFound()) })
	return r
}

func notFound() *refusal { return &refusal{Code: http.StatusNotFound, Description: "Not Found"} }

func (s *Server) allowed(r *http.Request) error {
	if !sameSecret(chi.URLParam(r, "token"), s.token) {
		return &refusal{Code: http.StatusUnauthorized, Description: "Unauthorized"}
	}
	return nil
}

func (s *Server) serveCall(w http.ResponseWriter, r *http.Request) {
	if err := s.allowed(r); err != nil {
		refuse(w, err)
		return
	}
	name, ok := methodNames[strings.ToLower(chi.URLParam(r, "method"))]
	if !ok {
		s.log.Warn("bot called a method that the sandbox does not have", "method", chi.URLParam(r, "method"))
		refuse(w, notFound())
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	c, err := readCall(r, name)
	if err != nil {
		refuse(w, err)
		return
	}
	if s.onCall != nil {
		s.onCall(c.method, c.params)
	}
	s.answer(w, r, c)
}

// answer carries out the call, with the faults that wait for it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c *call) {
	began := s.now()
	result, err := s.do(r.Context(), c)
	s.calls.add(c, began, s.now(), err)
	switch {
	case errors.Is(err, errCut):
		panic(http.ErrAbortHandler)
	case err != nil:
		refuse(w, err)
	default:
		reply(w, http.StatusOK, map[string]any{"ok": true, "result": result})
	}
}

func (s *Server) do(ctx context.Context, c *call) (any, error) {
	fault := s.faults.take(c, func(f Fault) bool { return f.Cut != CutAfter })
	pause(ctx, fault.delay())
	if err := fault.failure(); err != nil {
		return nil, err
	}
	result, err := methods[c.method](s, ctx, c)
	// A poll is long; what is to be lost is the reply that brings something.
	if updates, ok := result.([]json.RawMessage); ok && len(updates) == 0 {
		return result, err
	}
	fault = s.faults.take(c, func(f Fault) bool { return f.Cut == CutAfter })
	pause(ctx, fault.delay())
	if fault.Cut == CutAfter {
		return nil, errCut
	}
	return result, err
}

func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func refuse(w http.ResponseWriter, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{Code: http.StatusInternalServerError, Description: "Internal Server Error"}
	}
	body := map[string]any{"ok": false, "error_code": r.Code, "description": r.Description}
	if r.RetryAfter > 0 {
		body["parameters"] = map[string]int{"retry_after": r.RetryAfter}
	}
	reply(w, r.Code, body)
}

func reply(w http.ResponseWriter, code int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		code, data = http.StatusInternalServerError, []byte(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	// A client that went away needs no answer.
	_, _ = w.Write(data)
}
