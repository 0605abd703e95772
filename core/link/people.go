package link

import (
	"context"
	"slices"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/people"
	"github.com/kith-platform/kith/core/store"
)

// A PeopleResult says what became of people at Telegram. Those about whom
// nothing is new are not counted.
type PeopleResult struct {
	New       int // contacts that were added
	Updated   int // contacts that were found to be one of them, or changed
	Skipped   int // bots, deleted accounts, and whom the user has deleted or left out
	Undecided int // who may be a contact, and may not: the user is asked
}

// A count is a result with how many the user was not asked about before.
type count struct {
	PeopleResult
	asked int
}

func (r *count) add(o count) {
	r.New, r.Updated = r.New+o.New, r.Updated+o.Updated
	r.Skipped, r.Undecided, r.asked = r.Skipped+o.Skipped, r.Undecided+o.Undecided, r.asked+o.asked
}

// SyncPeople brings the user's contacts into line with all those in the user's
// Telegram account. Who is no longer there is kept, and marked. What the user
// typed is never changed. Doing it again changes nothing.
func SyncPeople(ctx context.Context, db *store.Store, userID int64, all []core.TelegramPerson) (PeopleResult, error) {
	here := slices.DeleteFunc(slices.Clone(all), noPerson)
	result, err := meet(ctx, db, userID, all, true)
	if err != nil {
		return result, err
	}
	ids := make([]int64, len(here))
	for i, p := range here {
		ids[i] = p.ID
	}
	return result, db.RemoveTelegramPeople(ctx, userID, ids)
}

// MeetPeople is SyncPeople for some people: those of whom Telegram has news, or
// with whom the user has a chat.
func MeetPeople(ctx context.Context, db *store.Store, userID int64, some []core.TelegramPerson) (PeopleResult, error) {
	return meet(ctx, db, userID, some, false)
}

// Meet is MeetPeople for people of whom not all is known: of who is known
// already nothing changes.
func Meet(ctx context.Context, db *store.Store, userID int64, some ...core.TelegramPerson) error {
	ids := make([]int64, len(some))
	for i, p := range some {
		ids[i] = p.ID
	}
	known, err := db.KnownTelegramPeople(ctx, userID, ids)
	if err != nil {
		return err
	}
	some = slices.DeleteFunc(some, func(p core.TelegramPerson) bool { return slices.Contains(known, p.ID) })
	if len(some) == 0 {
		return nil
	}
	_, err = MeetPeople(ctx, db, userID, some)
	return err
}

// noPerson reports whether p is nobody to be remembered.
func noPerson(p core.TelegramPerson) bool { return p.Bot || p.Deleted || p.ID <= 0 }

// batch is how many people are kept at a time.
const batch = 1000

// meet keeps people, batch by batch. All of it is one step.
func meet(ctx context.Context, db *store.Store, userID int64, list []core.TelegramPerson, inContacts bool) (PeopleResult, error) {
	persons, skipped := tidy(list, inContacts)
	result := count{PeopleResult: PeopleResult{Skipped: skipped}}
	step := int64(0)
	for some := range slices.Chunk(persons, batch) {
		err := db.InTx(ctx, func(tx *store.Store) (err error) {
			if step == 0 {
				if step, err = tx.NewStep(ctx); err != nil {
					return err
				}
			}
			if err := tx.ResumeStep(ctx, step, core.ActorTelegram); err != nil {
				return err
			}
			done, err := settle(ctx, tx, userID, some)
			result.add(done)
			return err
		})
		if err != nil {
			return result.PeopleResult, err
		}
	}
	if result.asked == 0 {
		return result.PeopleResult, nil
	}
	return result.PeopleResult, ask(ctx, db, userID)
}

// ask has the user's chat, if there is one, ask who the people are of whom it
// is not sure: by the question that stands there, when it is of today.
func ask(ctx context.Context, db *store.Store, userID int64) error {
	user, err := db.User(ctx, userID)
	if err != nil || user.TelegramID == 0 {
		return err
	}
	return db.AskUndecided(ctx, core.Message{
		UserID: userID, ChatID: user.TelegramID, Kind: core.MessagePeople, Paced: true, Args: core.MessageArgs{View: core.ViewUndecided},
	})
}

// A person is somebody at Telegram whose contact is to be found.
type person struct {
	core.TelegramPerson
	name       string
	phone      string // in E.164; "" when it is not shown, or none
	namesake   bool   // another has the name, too
	inContacts bool
	choice     choice
}

// A choice is what the user says of somebody at Telegram.
type choice struct {
	contactID int64 // who they are
	isNew     bool  // they are a contact of their own
	leaveOut  bool  // they are none
}

// tidy returns people without those who are nobody, each once, the last that
// was said of them, and how many are left out.
func tidy(list []core.TelegramPerson, inContacts bool) (persons []person, skipped int) {
	at, called := map[int64]int{}, map[string]int{}
	for _, p := range list {
		if noPerson(p) {
			skipped++
			continue
		}
		next := newPerson(p)
		next.inContacts = inContacts
		if i, again := at[p.ID]; again {
			persons[i] = next
			continue
		}
		at[p.ID] = len(persons)
		persons = append(persons, next)
	}
	for _, p := range persons {
		called[people.Fold(p.name)]++
	}
	for i := range persons {
		persons[i].namesake = called[people.Fold(persons[i].name)] > 1
	}
	return persons, skipped
}

func newPerson(p core.TelegramPerson) person {
	p.FirstName, p.LastName, p.Username, p.Phone = core.Clean(p.FirstName), core.Clean(p.LastName), core.Clean(p.Username), core.Clean(p.Phone)
	phone := ""
	if p.Phone != "" {
		// Telegram writes international numbers, without the plus.
		phone, _ = people.International(p.Phone)
	}
	return person{TelegramPerson: p, name: p.Name(), phone: phone}
}
