package api

import (
	"context"
	"net/http"
	"time"
)

// longest is how long a request may take, so that a database that hangs is said
// to be away.
const longest = 10 * time.Second

// endKey finds, in a request's context, the timer that ends it.
type endKey struct{}

// inTime has requests end in time.
func (s *Server) inTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, end := context.WithCancel(r.Context())
		defer end()
		timer := time.AfterFunc(longest, func() {
			s.Log.WarnContext(ctx, "request takes too long")
			end()
		})
		defer timer.Stop()
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, endKey{}, timer)))
	})
}

// takeTime gives a request so much time for what takes it, and after that as
// much as any other.
func takeTime(ctx context.Context, wait time.Duration) {
	if timer, ok := ctx.Value(endKey{}).(*time.Timer); ok {
		timer.Reset(wait + longest)
	}
}
