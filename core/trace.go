package core

import (
	"context"
	"crypto/rand"
)

type refKey struct{}

// NewRef returns a short random reference, for a request or update that has
// none of its own: eight letters and digits that are easy to read out.
func NewRef() string { return rand.Text()[:8] }

// WithRef returns a context that carries ref. Every log record made with it
// shows the reference, so that one message can be followed through Kith.
func WithRef(ctx context.Context, ref string) context.Context {
	return context.WithValue(ctx, refKey{}, ref)
}

// Ref returns the reference that ctx carries, or "" when it carries none.
func Ref(ctx context.Context) string {
	ref, _ := ctx.Value(refKey{}).(string)
	return ref
}
