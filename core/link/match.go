package link

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A matching finds the contacts of people at Telegram.
type matching struct {
	candidates map[int64][]store.Candidate // by who seeks them
	claimed    map[int64]bool              // contacts that are found to be somebody
	named      map[string]bool             // names that were given to new contacts
}

// An outcome is who somebody is.
type outcome struct {
	state     store.TelegramState
	contactID int64 // 0 for none
	isNew     bool
	candidate int64 // while undecided, who it may be
	skipped   bool
}

// find says who p is, of whom known says what is kept: the contact of their
// account, or of their phone number, or of their name. Where that is not sure,
// it is undecided.
func (m *matching) find(p person, known store.TelegramPerson) outcome {
	theirs := m.by(p, "id")
	switch {
	case len(theirs) > 0 && !theirs[0].Trashed:
		return outcome{state: store.TelegramKnown, contactID: theirs[0].ContactID}
	case len(theirs) > 0 && slices.ContainsFunc(theirs, func(c store.Candidate) bool { return c.Merged }):
		return outcome{state: store.TelegramKnown} // the other one has an account of its own
	case len(theirs) > 0, known.State == store.TelegramLeftOut:
		return outcome{state: store.TelegramLeftOut, skipped: true}
	}
	if found := m.by(p, "phone"); len(found) > 0 {
		return m.decide(found, len(found) == 1)
	}
	found := m.by(p, "name", "alias")
	if len(found) == 0 {
		return outcome{state: store.TelegramKnown, isNew: true}
	}
	return m.decide(found, len(found) == 1 && sure(p, found[0]))
}

// sure reports whether the contact of p's name is p: a name that is only a
// first name may be another's, and so may that of a contact with another number.
func sure(p person, c store.Candidate) bool {
	return c.By == "name" && strings.EqualFold(c.FullName, p.name) && strings.Contains(p.name, " ") &&
		!p.namesake && (p.phone == "" || !c.HasPhone)
}

// by returns the candidates of p that were found in one of these ways, each
// once, and whose account is not known to be another.
func (m *matching) by(p person, ways ...string) []store.Candidate {
	var found []store.Candidate
	for _, c := range m.candidates[p.ID] {
		again := slices.ContainsFunc(found, func(f store.Candidate) bool { return f.ContactID == c.ContactID })
		if slices.Contains(ways, c.By) && !again && (c.TelegramID == 0 || c.TelegramID == p.ID) && !(c.Merged && c.By != "id") {
			found = append(found, c)
		}
	}
	return found
}

// decide returns the contact that was found, if it is sure and nobody else's.
func (m *matching) decide(found []store.Candidate, sure bool) outcome {
	first := found[0]
	if !sure || first.Trashed || m.claimed[first.ContactID] {
		return outcome{state: store.TelegramUndecided, candidate: first.ContactID}
	}
	m.claimed[first.ContactID] = true
	return outcome{state: store.TelegramKnown, contactID: first.ContactID}
}

// chosen returns what the user has said of p.
func (p person) chosen() (outcome, bool) {
	switch c := p.choice; {
	case c.contactID != 0:
		return outcome{state: store.TelegramKnown, contactID: c.contactID}, true
	case c.isNew:
		return outcome{state: store.TelegramKnown, isNew: true}, true
	case c.leaveOut:
		return outcome{state: store.TelegramLeftOut}, true
	}
	return outcome{}, false
}

// free returns a name for a new contact that no live one has.
func (m *matching) free(p person) string {
	name := p.name
	for _, mark := range []string{handle(p), p.phone, strconv.FormatInt(p.ID, 10)} {
		if !m.taken(p, name, 0) {
			break
		}
		if mark != "" {
			name = cut(p.name, core.MaxNameLen-len(mark)-3) + " (" + mark + ")"
		}
	}
	m.named[strings.ToLower(name)] = true
	return name
}

func handle(p person) string {
	if p.Username == "" {
		return ""
	}
	return "@" + p.Username
}

func cut(text string, limit int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), limit)])
}

// taken reports whether a live contact, but for one, has the name.
func (m *matching) taken(p person, name string, but int64) bool {
	return m.named[strings.ToLower(name)] || slices.ContainsFunc(m.candidates[p.ID], func(c store.Candidate) bool {
		return !c.Trashed && c.ContactID != but && strings.EqualFold(c.FullName, name)
	})
}

// settle keeps people of one batch.
func settle(ctx context.Context, tx *store.Store, userID int64, persons []person) (result count, err error) {
	sought, ids := make([]store.Sought, len(persons)), make([]int64, len(persons))
	for i, p := range persons {
		sought[i] = store.Sought{TelegramID: p.ID, Name: p.name, Phone: p.phone}
		ids[i] = p.ID
	}
	known := map[int64]store.TelegramPerson{}
	was, err := tx.LockTelegramPeople(ctx, userID, ids)
	for _, k := range was {
		known[k.ID] = k
	}
	if err != nil {
		return result, err
	}
	candidates, err := tx.TelegramCandidates(ctx, userID, sought)
	if err != nil {
		return result, err
	}
	m := matching{candidates: map[int64][]store.Candidate{}, claimed: map[int64]bool{}, named: map[string]bool{}}
	for _, c := range candidates {
		m.candidates[c.Seeker] = append(m.candidates[c.Seeker], c)
	}
	return m.keep(ctx, tx, userID, persons, known)
}
