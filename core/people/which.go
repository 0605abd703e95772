package people

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Person is a contact as far as a name goes.
type Person struct {
	ContactID int64
	FullName  string
}

// Which is what a name in a note may mean.
type Which struct {
	Fits []Person // who the name fits equally well; one, several or none
	Near []Person // who it nearly fits, to be asked about when none fits
}

// One returns the person the name means, and reports whether it means one.
func (w Which) One() (Person, bool) {
	if len(w.Fits) == 1 {
		return w.Fits[0], true
	}
	return Person{}, false
}

// Most names that one text or one name is compared with.
const mostNames = 500

// InText returns the names of contacts that may be spoken of in text: those
// whose first word stands in it.
func InText(ctx context.Context, db *store.Store, userID int64, text string) ([]store.Name, error) {
	list := words(text)
	if len(list) == 0 {
		return nil, nil
	}
	return db.NamesStarting(ctx, userID, list, mostNames)
}

// Find says who a written name is. The first of these rules that anybody fits
// wins: the name exactly; without case and accents; the first name alone; a
// full name with a small slip. Known has the names to try first, from InText.
func Find(ctx context.Context, db *store.Store, userID int64, written string, known []store.Name) (Which, error) {
	if fits := match(written, known); len(fits) > 0 {
		return Which{Fits: fits}, nil
	}
	like, err := db.NamesLike(ctx, userID, written, 20)
	if err != nil {
		return Which{}, err
	}
	if fits := match(written, like); len(fits) > 0 {
		return Which{Fits: fits}, nil
	}
	candidates, err := slippedNames(ctx, db, userID, written)
	return slips(written, like, candidates), err
}

// Slipped returns the people whose name may be the written one but for a small
// slip, where no name is like it.
func Slipped(ctx context.Context, db *store.Store, userID int64, written string) ([]Person, error) {
	candidates, err := slippedNames(ctx, db, userID, written)
	which := slips(written, nil, candidates)
	return slices.Concat(which.Fits, which.Near), err
}

// slippedNames returns the names that may be the written one but for a slip.
func slippedNames(ctx context.Context, db *store.Store, userID int64, written string) ([]store.Name, error) {
	if utf8.RuneCountInString(Fold(written)) < slipFrom {
		return nil, nil
	}
	return db.NamesSlipped(ctx, userID, written, mostNames)
}

// match applies the rules that need no guessing.
func match(written string, names []store.Name) []Person {
	written = strings.TrimPrefix(written, "@")
	key := Fold(written)
	rules := []func(store.Name) bool{
		func(n store.Name) bool { return n.Name == written },
		func(n store.Name) bool { return Fold(n.Name) == key },
		func(n store.Name) bool { return !strings.Contains(key, " ") && given(Fold(n.Name)) == key },
	}
	for _, fits := range rules {
		if people := who(names, fits); len(people) > 0 {
			return people
		}
	}
	return nil
}

// Shorter names differ by one letter from too many others.
const slipFrom = 4

// slips applies the last rule, to names that are like the written one and to
// candidates for a slip. A slip in a full name leaves no doubt; one in a first
// name alone may be another name ("Maria", "Mario"), so it is only near.
func slips(written string, like, candidates []store.Name) Which {
	key := Fold(written)
	if utf8.RuneCountInString(key) < slipFrom {
		return Which{Near: who(like, func(n store.Name) bool { return strings.HasPrefix(Fold(n.Name), key) })}
	}
	all := slices.Concat(like, candidates)
	if strings.Contains(key, " ") {
		fits := who(all, func(n store.Name) bool { return slipped(key, Fold(n.Name)) })
		near := who(like, func(n store.Name) bool { return slipped(given(key), given(Fold(n.Name))) })
		return Which{Fits: fits, Near: near}
	}
	return Which{Near: who(all, func(n store.Name) bool {
		return slipped(key, given(Fold(n.Name))) || slipped(key, Fold(n.Name))
	})}
}

// who returns the people whose names fit, each once.
func who(names []store.Name, fits func(store.Name) bool) []Person {
	var people []Person
	for _, n := range names {
		p := Person{ContactID: n.ContactID, FullName: n.FullName}
		if fits(n) && !slices.Contains(people, p) {
			people = append(people, p)
		}
	}
	return people
}

// A Spoken is a name as a note has it.
type Spoken struct {
	Name  string
	Full  bool         // it has a given and a family name
	Known []store.Name // to be tried first, from InText
	About int64        // the contact that the note is about, whom a name means that fits them; 0 for none
}

// Resolve says who a name in a note is, as a mention that is not kept yet. A
// full name that nobody is like becomes a new contact. A nickname in it is
// remembered.
func Resolve(ctx context.Context, tx *store.Store, userID int64, s Spoken) (core.Mention, error) {
	m := core.Mention{UserID: userID, Name: s.Name, State: core.MentionAsked, Source: core.MentionNamed}
	which, err := Find(ctx, tx, userID, s.Name, s.Known)
	if err != nil {
		return m, err
	}
	bare, nick := Nickname(s.Name)
	if nick != "" && len(which.Fits) == 0 {
		s.Name = bare
		if which, err = Find(ctx, tx, userID, bare, s.Known); err != nil {
			return m, err
		}
	}
	if s.meansAbout(which) {
		which.Fits = []Person{{ContactID: s.About}}
	}
	if one, ok := which.One(); ok {
		m.ContactID, m.State = one.ContactID, core.MentionResolved
		return m, rememberNick(ctx, tx, userID, one.ContactID, nick)
	}
	if !s.Full || len(which.Fits) > 0 || len(which.Near) > 0 || shortForm(s.Name, s.Known) {
		return m, nil
	}
	c, err := Add(ctx, tx, userID, m.Name)
	if err != nil {
		return m, err
	}
	m.ContactID, m.State, m.Source = c.ID, core.MentionResolved, core.MentionNew
	return m, nil
}

var nicknamed = regexp.MustCompile(`^(\S+(?: \S+)*) [("“‘«](\p{L}[\p{L}'’.-]*)[)"”’»] (\S.*)$`)

// Nickname takes the nickname out of a full name: "Elizabeth (Liz) Carter" is
// Elizabeth Carter, called Liz. A name without one is returned as it is.
func Nickname(name string) (bare, nick string) {
	m := nicknamed.FindStringSubmatch(name)
	if m == nil {
		return name, ""
	}
	return m[1] + " " + m[3], m[2]
}

// rememberNick gives a contact another name, unless somebody else goes by it.
func rememberNick(ctx context.Context, tx *store.Store, userID, contactID int64, nick string) error {
	if nick == "" {
		return nil
	}
	which, err := Find(ctx, tx, userID, nick, nil)
	if err != nil || len(which.Fits) > 0 {
		return err
	}
	return tx.AddAlias(ctx, userID, contactID, nick, "user")
}

// meansAbout reports whether a name, which may mean others too, is that of whom
// the note is about.
func (s Spoken) meansAbout(which Which) bool {
	theirs := slices.DeleteFunc(slices.Clone(s.Known), func(n store.Name) bool { return n.ContactID != s.About })
	return len(match(s.Name, theirs)) > 0 || len(which.Fits) == 0 && shortForm(s.Name, theirs) ||
		slices.ContainsFunc(which.Fits, func(p Person) bool { return p.ContactID == s.About })
}

// shortForm reports whether somebody is known by just the first name of
// written: "Ana" may be "Ana Torres".
func shortForm(written string, known []store.Name) bool {
	first := given(Fold(written))
	return slices.ContainsFunc(known, func(n store.Name) bool { return Fold(n.Name) == first })
}

// Add adds a person, with the nickname that the name has. A live contact of the
// same name is returned as it is.
func Add(ctx context.Context, tx *store.Store, userID int64, name string) (core.Contact, error) {
	name, err := core.ContactName(name)
	if err != nil {
		return core.Contact{}, err
	}
	name, nick := Nickname(name)
	c, err := tx.EnsureContact(ctx, core.Contact{UserID: userID, FullName: Capitalize(name), Tier: core.TierRegular})
	if err != nil {
		return core.Contact{}, err
	}
	return c, rememberNick(ctx, tx, userID, c.ID, nick)
}

// Capitalize writes a name typed in lower case, as people do on phones, as a name.
func Capitalize(name string) string {
	if name != strings.ToLower(name) {
		return name
	}
	parts := strings.Fields(name)
	for i, part := range parts {
		r, size := utf8.DecodeRuneInString(part)
		parts[i] = string(unicode.ToTitle(r)) + part[size:]
	}
	return strings.Join(parts, " ")
}

// Texts returns the names as they are written.
func Texts(names []store.Name) []string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = n.Name
	}
	return texts
}
