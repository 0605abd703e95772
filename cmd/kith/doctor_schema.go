package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kith-platform/kith/core/store"
)

// lookAtSchema compares the schema of the database with what the migrations
// make.
func lookAtSchema(ctx context.Context, c Config) (finding, error) {
	url, err := directURL(c)
	if err != nil { // the line about Postgres says why
		return finding{text: "there is no database to compare"}, nil
	}
	drift, err := store.Drift(ctx, url)
	switch {
	case errors.Is(err, store.ErrNotCompared):
		return finding{text: "not compared: " + store.ErrNotCompared.Error()}, nil
	case err != nil:
		return finding{}, fmt.Errorf("cannot be compared: %w", reason(err))
	case len(drift) > 0:
		return finding{}, fmt.Errorf("is not what the migrations make (- missing, + beyond); somebody changed it by hand:\n     %s", strings.Join(drift, "\n     "))
	}
	return finding{true, "is what the migrations make"}, nil
}
