package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/capture"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// factRoutes registers what was learnt about contacts.
func (s *Server) factRoutes(api huma.API) {
	route(s, api, changes, op(http.MethodPatch, "/api/facts/{id}", "Change a fact"), s.changeFact)
	route(s, api, changes, op(http.MethodDelete, "/api/facts/{id}", "Discard a fact"), s.discardFact)
	route(s, api, changes, op(http.MethodPut, "/api/contacts/{id}/categories", "Replace what is known of a contact"), s.replaceFacts)
}

// A Fact is one thing learnt, and what became of it.
type Fact struct {
	KnownFact
	ContactID *int64 `json:"contact_id" doc:"null while nobody knows who is meant"`
	Category  string `json:"category" example:"Environment and lifestyle"`
	State     string `json:"state" enum:"kept,asked,discarded" doc:"asked: the user is asked whether to keep it"`
}

type changeFactIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Content  *string         `json:"content,omitempty" minLength:"1" maxLength:"500" doc:"Other words, which keep the fact"`
		Category *string         `json:"category,omitempty" maxLength:"100" example:"Social"`
		State    *core.FactState `json:"state,omitempty" enum:"kept,discarded"`
	}
}

type factReply struct {
	Fact Fact `json:"fact"`
}

func (s *Server) changeFact(ctx context.Context, u core.User, in *changeFactIn) (*reply[factReply], error) {
	change := capture.FactChange{Text: in.Body.Content, State: in.Body.State}
	if in.Body.Category != nil {
		category, err := categoryNamed("category", *in.Body.Category)
		if err != nil {
			return nil, err
		}
		change.Category = &category
	}
	return s.factAfter(ctx, u, in.ID, change)
}

func (s *Server) discardFact(ctx context.Context, u core.User, in *idIn) (*reply[done], error) {
	discarded := core.FactDiscarded
	_, err := s.factAfter(ctx, u, in.ID, capture.FactChange{State: &discarded})
	return doneAnswer(err)
}

// factAfter changes a fact, and answers how it is then.
func (s *Server) factAfter(ctx context.Context, u core.User, id int64, change capture.FactChange) (*reply[factReply], error) {
	var f core.Fact
	err := s.Store.InTx(ctx, func(tx *store.Store) (err error) {
		if _, err := tx.NewStep(ctx); err != nil {
			return err
		}
		f, err = capture.ChangeFact(ctx, tx, u.ID, id, change)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer(factReply{Fact: asFact(f)})
}

func asFact(f core.Fact) Fact {
	fact := Fact{KnownFact: asKnown(f), Category: f.Category.Name(), State: string(f.State)}
	if f.ContactID != 0 {
		fact.ContactID = &f.ContactID
	}
	return fact
}

// categoryNamed returns the category that a client names in a field.
func categoryNamed(field, name string) (core.Category, error) {
	category, ok := core.CategoryNamed(name)
	if !ok {
		return "", core.Tell(core.ErrInvalid, "%s: %q is none of the 20 categories.", field, name)
	}
	return category, nil
}

type replaceFactsIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Categorized map[string][]struct {
			ID      int64  `json:"id,omitempty" minimum:"1" doc:"Of the fact that it is; without, it is added"`
			Content string `json:"content" minLength:"1" maxLength:"500"`
		} `json:"categorized_data" maxProperties:"20" doc:"By the category's name. Facts left out are discarded"`
	}
}

func (s *Server) replaceFacts(ctx context.Context, u core.User, in *replaceFactsIn) (*reply[knownReply], error) {
	known, err := in.known()
	if err != nil {
		return nil, err
	}
	if err := s.Store.InTx(ctx, func(tx *store.Store) error {
		return capture.ReplaceFacts(ctx, tx, u.ID, in.ID, known)
	}); err != nil {
		return nil, err
	}
	return s.contact(ctx, u, &idIn{ID: in.ID})
}

// known returns what the body says is known, each fact once.
func (in *replaceFactsIn) known() ([]capture.Known, error) {
	var known []capture.Known
	seen := map[int64]bool{}
	for _, category := range core.Categories() { // in an order that is always the same
		for name, facts := range in.Body.Categorized {
			named, err := categoryNamed("categorized_data", name)
			if err != nil {
				return nil, err
			}
			if named != category {
				continue
			}
			for i, f := range facts {
				if f.ID != 0 && seen[f.ID] {
					return nil, core.Tell(core.ErrInvalid, "categorized_data: fact %d is there twice.", f.ID)
				}
				if core.Blank(f.Content) {
					return nil, core.Tell(core.ErrInvalid, "categorized_data.%s[%d].content: a fact needs words.", name, i)
				}
				seen[f.ID] = true
				known = append(known, capture.Known{ID: f.ID, Category: category, Text: f.Content})
			}
		}
	}
	if len(known) > people.MostKnown {
		return nil, core.Tell(core.ErrInvalid, "categorized_data: at most %d facts.", people.MostKnown)
	}
	return known, nil
}
