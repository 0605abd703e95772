package api

import (
	"encoding/base64"
	"encoding/json"
	"reflect"

	"github.com/kith-platform/kith/core"
)

// A Page is what of a list is asked for. The input of an operation that answers
// a list embeds it.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"8000" doc:"next_cursor of the answer before, with the same filters and order; nothing for the beginning"`
}

// A place is what a cursor holds: in which list, and the key of the last one shown.
type place[K any] struct {
	List string `json:"l"`
	Key  K      `json:"k"`
}

// after returns the key that the list goes on after: the zero value at its
// beginning. List tells lists apart, and orders and filters of one.
func after[K any](p Page, list string) (key K, err error) {
	if p.Cursor == "" {
		return key, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	var at place[K]
	if err != nil || json.Unmarshal(text, &at) != nil || at.List != list || unkeepable(reflect.ValueOf(at), "") != "" {
		return key, core.Tell(core.ErrInvalid, "cursor: this is not a next_cursor of this list. Leave it out to begin anew.")
	}
	return at.Key, nil
}

// cut returns of rows, one more than asked for where there are more, those to
// show, and the cursor for the rest: nil when there is none.
func cut[T, K any](p Page, list string, rows []T, key func(T) K) (shown []T, next *string) {
	if len(rows) <= p.Limit {
		return rows, nil
	}
	rows = rows[:p.Limit]
	text, err := json.Marshal(place[K]{List: list, Key: key(rows[len(rows)-1])})
	if err != nil {
		panic(err) // keys are plain values
	}
	cursor := base64.RawURLEncoding.EncodeToString(text)
	return rows, &cursor
}

// each returns rows as they are answered: a list, never null.
func each[T, A any](rows []T, as func(T) A) []A {
	list := make([]A, len(rows))
	for i, row := range rows {
		list[i] = as(row)
	}
	return list
}
