package sandbox

import (
	"encoding/json"
	"net/http"
)

// queueInfo is how the bot keeps up.
type queueInfo struct {
	Pending int   `json:"pending"`
	Next    int64 `json:"next"`
}

// showQueue waits until at most as many updates are pending as the address says.
func (s *Server) showQueue(r *http.Request) (any, error) {
	q := s.queue
	var info queueInfo
	hold(r.Context(), func() (bool, <-chan struct{}) {
		q.mu.Lock()
		defer q.mu.Unlock()
		info = queueInfo{Pending: q.waiting, Next: q.state.Next}
		return !r.URL.Query().Has("most") || int64(info.Pending) <= number(r, "most"), q.changed.wait()
	})
	return info, nil
}

func (s *Server) postUpdate(r *http.Request) (any, error) {
	var raw map[string]json.RawMessage
	if err := readBody(r, &raw); err != nil {
		return nil, err
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	id, err := s.inject(raw)
	return map[string]int64{"update_id": id}, err
}

func (s *Server) putNextUpdate(r *http.Request) (any, error) {
	var in queueInfo
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	if err := s.queue.setNext(in.Next); err != nil {
		return nil, badRequest("%s", err)
	}
	return true, nil
}

func (s *Server) postFault(r *http.Request) (any, error) {
	var f Fault
	if err := readBody(r, &f); err != nil {
		return nil, err
	}
	if f.Cut != "" && f.Cut != CutBefore && f.Cut != CutAfter {
		return nil, badRequest("a connection is cut %q or %q", CutBefore, CutAfter)
	}
	s.faults.add(f)
	return true, nil
}

func (s *Server) deleteFaults(*http.Request) (any, error) {
	s.faults.clear()
	return true, nil
}

// showCalls waits for a call after the one whose number the address says.
func (s *Server) showCalls(r *http.Request) (any, error) {
	seq := int(number(r, "since"))
	var calls []Call
	hold(r.Context(), func() (bool, <-chan struct{}) {
		var more <-chan struct{}
		calls, more = s.calls.since(seq)
		return len(calls) > 0 || !r.URL.Query().Has("wait"), more
	})
	return calls, nil
}
