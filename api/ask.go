package api

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/recall"
)

type askIn struct {
	Body struct {
		Question string `json:"question" minLength:"1" maxLength:"2000" example:"Who do I know in Porto?"`
	}
}

type askReply struct {
	Answer  string   `json:"answer" doc:"Plain text; says so when nothing is known" example:"Ana Torres: Moving to Porto in March."`
	Sources []Source `json:"sources" doc:"The notes it comes from"`
	Engine  string   `json:"engine" doc:"Which model put it into words, or rules" example:"rules"`
}

// A Source is a note that an answer comes from.
type Source struct {
	NoteID int64  `json:"note_id"`
	Quote  string `json:"quote" doc:"Its words, exactly"`
}

// answerWithin is how long models may take, all of them.
const answerWithin = 40 * time.Second

// ask answers from memory. Where no model is to be had in time, with what was found.
func (s *Server) ask(ctx context.Context, u core.User, in *askIn) (*reply[askReply], error) {
	takeTime(ctx, answerWithin)
	ctx, stop := s.patient(ctx, answerWithin)
	defer stop()
	r, err := s.Answerer.Reply(ctx, s.Store, u, in.Body.Question)
	if err != nil {
		return nil, err
	}
	if r.Trouble != nil {
		s.Log.WarnContext(ctx, "question is answered without a model", "err", r.Trouble)
	}
	return answer(askReply{Answer: r.Text, Engine: r.Engine, Sources: each(r.Sources, func(s recall.Source) Source { return Source(s) })})
}

// patient returns a context that ends after a while, or when Kith stops.
func (s *Server) patient(ctx context.Context, while time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, while)
	go func() {
		select {
		case <-s.Stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
