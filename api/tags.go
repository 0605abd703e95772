package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// tagRoutes registers the labels on contacts.
func (s *Server) tagRoutes(api huma.API) {
	route(s, api, reads, op(http.MethodGet, "/api/tags", "List tags by name"), s.tags)
	route(s, api, changes, op(http.MethodPost, "/api/tags", "Add a tag"), s.addTag)
	route(s, api, reads, op(http.MethodGet, "/api/tags/{id}", "A tag"), s.tag)
	route(s, api, changes, op(http.MethodPatch, "/api/tags/{id}", "Rename a tag"), s.renameTag)
	route(s, api, changes, op(http.MethodDelete, "/api/tags/{id}", "Remove a tag, from all contacts too"), s.dropTag)
	route(s, api, changes, op(http.MethodPut, "/api/contacts/{id}/tags/{tag_id}", "Put a tag on a contact"), s.putTag)
	route(s, api, changes, op(http.MethodDelete, "/api/contacts/{id}/tags/{tag_id}", "Take a tag off a contact"), s.takeTag)
}

// A Tag is a label on contacts.
type Tag struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name" example:"friends"`
	Contacts  int64     `json:"contacts" doc:"How many contacts have it"`
	CreatedAt time.Time `json:"created_at"`
}

func asTag(t store.Tag) Tag {
	return Tag{ID: t.ID, Name: t.Name, Contacts: t.Contacts, CreatedAt: t.CreatedAt.UTC()}
}

type tagsReply struct {
	Tags       []Tag   `json:"tags"`
	NextCursor *string `json:"next_cursor" doc:"null at the end"`
}

type tagReply struct {
	Tag Tag `json:"tag"`
}

func (s *Server) tags(ctx context.Context, u core.User, in *Page) (*reply[tagsReply], error) {
	from, err := after[store.NamePlace](*in, "tags")
	if err != nil {
		return nil, err
	}
	rows, err := people.Tags(ctx, s.Store, u.ID, from, in.Limit+1)
	if err != nil {
		return nil, err
	}
	shown, next := cut(*in, "tags", rows, store.Tag.Place)
	return answer(tagsReply{Tags: each(shown, asTag), NextCursor: next})
}

type nameIn struct {
	Name string `json:"name" minLength:"1" maxLength:"100" example:"friends"`
}

type addTagIn struct{ Body nameIn }

func (s *Server) addTag(ctx context.Context, u core.User, in *addTagIn) (*reply[tagReply], error) {
	return tagAnswer(people.AddTag(ctx, s.Store, u.ID, in.Body.Name))
}

func (s *Server) tag(ctx context.Context, u core.User, in *idIn) (*reply[tagReply], error) {
	return tagAnswer(people.Tag(ctx, s.Store, u.ID, in.ID))
}

type renameTagIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body nameIn
}

func (s *Server) renameTag(ctx context.Context, u core.User, in *renameTagIn) (*reply[tagReply], error) {
	return tagAnswer(people.RenameTag(ctx, s.Store, u.ID, in.ID, in.Body.Name))
}

func tagAnswer(t store.Tag, err error) (*reply[tagReply], error) {
	if err != nil {
		return nil, err
	}
	return answer(tagReply{Tag: asTag(t)})
}

func (s *Server) dropTag(ctx context.Context, u core.User, in *idIn) (*reply[done], error) {
	return doneAnswer(people.DropTag(ctx, s.Store, u.ID, in.ID))
}

type contactTagIn struct {
	ID    int64 `path:"id" minimum:"1"`
	TagID int64 `path:"tag_id" minimum:"1"`
}

func (s *Server) putTag(ctx context.Context, u core.User, in *contactTagIn) (*reply[done], error) {
	return doneAnswer(people.PutTag(ctx, s.Store, u.ID, in.ID, in.TagID))
}

func (s *Server) takeTag(ctx context.Context, u core.User, in *contactTagIn) (*reply[done], error) {
	return doneAnswer(people.TakeTag(ctx, s.Store, u.ID, in.ID, in.TagID))
}
