package api

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/kith-platform/kith/core"
)

// A key as lists have them.
type key struct {
	Name string    `json:"n"`
	At   time.Time `json:"t"`
	ID   int64     `json:"i"`
}

func TestPages(t *testing.T) {
	t.Parallel()
	asked := Page{Limit: 2}
	rows := []key{{"Ana", time.Unix(0, 1000).UTC(), 1}, {"Zoë \"x\"", time.Unix(1e9, 1000).UTC(), 1 << 60}, {"more", time.Time{}, 3}}
	shown, next := cut(asked, "people", rows, func(k key) key { return k })
	if len(shown) != 2 || next == nil {
		t.Fatalf("shown %v, next %v; want two and a cursor", shown, next)
	}
	got, err := after[key](Page{Cursor: *next}, "people")
	if got != rows[1] || err != nil {
		t.Errorf("goes on after %v (%v), want after %v", got, err, rows[1])
	}
	if shown, next := cut(asked, "people", rows[:2], func(k key) key { return k }); len(shown) != 2 || next != nil {
		t.Errorf("shown %v, next %v; want all, and no cursor", shown, next)
	}
	if got, err := after[key](Page{}, "people"); got != (key{}) || err != nil {
		t.Errorf("begins after %v (%v), want the zero value", got, err)
	}
}

func TestCursorsOfOthersAndGarbage(t *testing.T) {
	t.Parallel()
	_, next := cut(Page{Limit: 1}, "people", []key{{Name: "Ana\x00"}, {}}, func(k key) key { return k })
	_, other := cut(Page{Limit: 1}, "tags", []key{{}, {}}, func(k key) key { return k })
	for name, cursor := range map[string]string{
		"U+0000": *next, "another list's": *other, "not base64": "%%%", "not JSON": "bm8", "nothing in it": "e30",
		"another type's": "eyJsIjoicGVvcGxlIiwiayI6N30",
	} {
		_, err := after[key](Page{Cursor: cursor}, "people")
		if sentence, _ := core.Sentence(err); !errors.Is(err, core.ErrInvalid) || sentence[:7] != "cursor:" {
			t.Errorf("%s: %v, want a sentence about the cursor", name, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	_, next := cut(Page{Limit: 1}, "people", []key{{Name: "Ana"}, {}}, func(k key) key { return k })
	f.Add(*next)
	f.Add("")
	f.Add("e30")
	f.Fuzz(func(t *testing.T, cursor string) {
		got, err := after[key](Page{Cursor: cursor}, "people")
		if err == nil && unkeepable(reflect.ValueOf(got), "") != "" {
			t.Errorf("%q is a cursor with %+v", cursor, got)
		}
	})
}

func TestWhatCannotBeKept(t *testing.T) {
	t.Parallel()
	type body struct {
		Name   string            `json:"full_name"`
		More   []string          `json:"aliases,omitempty"`
		Fields map[string]string `json:"custom_fields"`
		Note   *string           `json:"note"`
		Any    any               `json:"any"`
	}
	type in struct {
		Page
		ID   int64  `path:"id"`
		Word string `query:"q"`
		Body body
	}
	bad := "a\x00b"
	for want, spoil := range map[string]func(*in){
		"":                   func(*in) {},
		"q":                  func(i *in) { i.Word = "caf\xe9" },
		"cursor":             func(i *in) { i.Cursor = bad },
		"full_name":          func(i *in) { i.Body.Name = bad },
		"aliases[1]":         func(i *in) { i.Body.More = []string{"fine", bad} },
		"custom_fields":      func(i *in) { i.Body.Fields = map[string]string{bad: "fine"} },
		"custom_fields.team": func(i *in) { i.Body.Fields = map[string]string{"team": bad} },
		"note":               func(i *in) { i.Body.Note = &bad },
		"any":                func(i *in) { i.Body.Any = bad },
	} {
		i := in{Word: "кафе ☕", Body: body{Name: "José", More: []string{"\u202e"}}}
		spoil(&i)
		if got := unkeepable(reflect.ValueOf(&i), ""); got != want {
			t.Errorf("%q cannot be kept, want %q", got, want)
		}
	}
}
