package api

import (
	"context"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// A Contact is all that is filled in and known about a person, but for facts.
type Contact struct {
	ID               int64             `json:"id"`
	FullName         string            `json:"full_name" example:"Ana Torres"`
	Aliases          []string          `json:"aliases"`
	Tier             int               `json:"tier" minimum:"1" maximum:"3" doc:"1 close, 2 regular, 3 distant"`
	Emails           []string          `json:"emails"`
	Phones           []string          `json:"phones"`
	URLs             []string          `json:"urls"`
	Addresses        []string          `json:"addresses"`
	Company          string            `json:"company" doc:"As filled in, or else as the newest fact says; empty when not known"`
	Location         string            `json:"location" doc:"The same"`
	Birthday         string            `json:"birthday" doc:"The same; --03-14 where the year is not known" example:"1990-03-14"`
	TelegramUsername string            `json:"telegram_username" doc:"Without @; empty when not known"`
	IsVerified       bool              `json:"is_verified" doc:"Telegram verified the account"`
	IsPremium        bool              `json:"is_premium" doc:"The account has Telegram Premium"`
	CustomFields     map[string]string `json:"custom_fields"`
	Tags             []Label           `json:"tags"`
	Groups           []Label           `json:"groups"`
	Relationships    []Relation        `json:"relationships" doc:"At most 200, the oldest"`
	LastContactAt    *time.Time        `json:"last_contact_at" doc:"When you last met or spoke; null for never"`
	CreatedAt        time.Time         `json:"created_at"`
	UpdatedAt        time.Time         `json:"updated_at"`
}

// A Label is a tag or group that a contact has.
type Label struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func asLabel(l store.Label) Label { return Label{ID: l.ID, Name: l.Name} }

// A KnownFact is one thing learnt about a contact.
type KnownFact struct {
	ID         int64    `json:"id"`
	Content    string   `json:"content" example:"Moving to Porto in March"`
	Confidence float64  `json:"confidence" minimum:"0" maximum:"1"`
	Evidence   Evidence `json:"evidence"`
}

// Evidence is where something was learnt.
type Evidence struct {
	NoteID    int64     `json:"note_id"`
	Quote     string    `json:"quote" doc:"The words of the note, exactly"`
	SaidAt    time.Time `json:"said_at"`
	MessageID int64     `json:"message_id,omitempty" doc:"The message of a Telegram chat that says it, by its id there; left out for other notes"`
}

type contactReply struct {
	Contact Contact `json:"contact"`
}

type knownReply struct {
	Contact     Contact                `json:"contact"`
	Categorized map[string][]KnownFact `json:"categorized_data" doc:"By the category's name; without those of which nothing is known. At most 1,000 facts, the newest"`
}

func (s *Server) contact(ctx context.Context, u core.User, in *idIn) (*reply[knownReply], error) {
	p, err := people.Known(ctx, s.Store, u.ID, in.ID)
	if err != nil {
		return nil, err
	}
	return answer(knownReply{Contact: asContact(p), Categorized: categorized(p.Facts)})
}

func asContact(p people.Profile) Contact {
	return Contact{
		ID: p.ID, FullName: p.FullName, Aliases: each(p.Aliases, asItIs), Tier: int(p.Tier),
		Emails: reaches(p, core.ReachEmail), Phones: reaches(p, core.ReachPhone), URLs: reaches(p, core.ReachURL), Addresses: reaches(p, core.ReachAddress),
		Company: p.Company, Location: p.Location, Birthday: p.Birthday.String(), TelegramUsername: p.TelegramUsername,
		Tags: each(p.Tags, asLabel), Groups: each(p.Groups, asLabel), Relationships: each(p.Relationships, seenBy(p.ID)),
		IsVerified: p.Verified, IsPremium: p.Premium, CustomFields: p.CustomFields, CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(),
		LastContactAt: utc(p.LastMet),
	}
}

func asItIs(text string) string { return text }

// reaches returns the ways of a kind to reach a contact.
func reaches(p people.Profile, kind core.ReachKind) []string {
	list := []string{}
	for _, r := range p.Reaches {
		if r.Kind == kind {
			list = append(list, r.Value)
		}
	}
	return list
}

func categorized(facts []core.Fact) map[string][]KnownFact {
	by := map[string][]KnownFact{}
	for _, f := range facts {
		by[f.Category.Name()] = append(by[f.Category.Name()], asKnown(f))
	}
	return by
}

func asKnown(f core.Fact) KnownFact {
	return KnownFact{
		ID: f.ID, Content: f.Text, Confidence: confidence(f),
		Evidence: Evidence{NoteID: f.NoteID, Quote: f.Quote, SaidAt: f.SaidAt.UTC(), MessageID: f.MessageID},
	}
}
