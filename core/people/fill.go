package people

import (
	"maps"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// A Filling is what a user fills in about a contact. Nil leaves a field as it
// is; the empty value clears one that may be empty.
type Filling struct {
	FullName         *string
	Tier             *core.Tier
	Aliases          *[]string
	Birthday         *string // as core.ParseBirthday reads it
	Company          *string
	Location         *string
	TelegramUsername *string // with or without @
	CustomFields     *map[string]string
	Reaches          map[core.ReachKind][]string // all of a kind, for the kinds that are named
}

// Most of what may be filled in about one contact.
const (
	MaxAliases    = 50
	MaxReaches    = 20 // of one kind
	MaxReachLen   = 500
	MaxLineLen    = 200 // of a company or a place
	MaxFields     = 50
	MaxFieldName  = 100
	MaxFieldValue = 2000
)

// fill puts what the user fills in over what there is, tidied. An error is of
// kind core.ErrInvalid, and names the field.
func (f *Filling) fill(now store.Filled) (_ store.Filled, err error) {
	for _, set := range []func(*store.Filled) error{f.name, f.tier, f.birthday, f.lines, f.username, f.custom} {
		if err := set(&now); err != nil {
			return now, err
		}
	}
	return now, nil
}

func (f *Filling) name(now *store.Filled) (err error) {
	if f.FullName != nil {
		now.FullName, err = core.ContactName(*f.FullName)
	}
	return inField("full_name", err)
}

func (f *Filling) tier(now *store.Filled) error {
	if f.Tier != nil {
		now.Tier = *f.Tier
	}
	if now.Tier < core.TierClose || now.Tier > core.TierDistant {
		return core.Tell(core.ErrInvalid, "tier: 1 is close, 2 regular, 3 distant.")
	}
	return nil
}

func (f *Filling) birthday(now *store.Filled) (err error) {
	switch {
	case f.Birthday == nil:
	case *f.Birthday == "":
		now.Birthday = core.Birthday{}
	default:
		now.Birthday, err = core.ParseBirthday(*f.Birthday)
	}
	return err
}

func (f *Filling) lines(now *store.Filled) error {
	for _, line := range []struct {
		field string
		said  *string
		kept  *string
	}{{"company", f.Company, &now.Company}, {"location", f.Location, &now.Location}} {
		if line.said == nil {
			continue
		}
		*line.kept = strings.Join(strings.Fields(core.Clean(*line.said)), " ")
		switch {
		case core.Blank(*line.kept):
			*line.kept = ""
		case utf8.RuneCountInString(*line.kept) > MaxLineLen:
			return tooLong(line.field, MaxLineLen)
		}
	}
	return nil
}

var usernameShape = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{3,31}$`)

func (f *Filling) username(now *store.Filled) error {
	if f.TelegramUsername == nil {
		return nil
	}
	now.TelegramUsername = strings.TrimPrefix(strings.TrimSpace(*f.TelegramUsername), "@")
	if now.TelegramUsername != "" && !usernameShape.MatchString(now.TelegramUsername) {
		return core.Tell(core.ErrInvalid, "telegram_username: 4 to 32 letters, digits and underscores, beginning with a letter.")
	}
	return nil
}

func (f *Filling) custom(now *store.Filled) error {
	if f.CustomFields == nil {
		return nil
	}
	now.CustomFields = map[string]string{}
	for name, value := range *f.CustomFields {
		name, value = strings.TrimSpace(core.Clean(name)), core.Clean(value)
		switch {
		case core.Blank(name):
			return core.Tell(core.ErrInvalid, "custom_fields: a field needs a name.")
		case utf8.RuneCountInString(name) > MaxFieldName:
			return core.Tell(core.ErrInvalid, "custom_fields: a name may have at most %d characters.", MaxFieldName)
		case utf8.RuneCountInString(value) > MaxFieldValue:
			return core.Tell(core.ErrInvalid, "custom_fields: %s may have at most %d characters.", name, MaxFieldValue)
		}
		now.CustomFields[name] = value
	}
	if len(now.CustomFields) > MaxFields {
		return core.Tell(core.ErrInvalid, "custom_fields: at most %d of them.", MaxFields)
	}
	return nil
}

// aliases returns the other names to keep of a contact called fullName, without
// repetitions.
func (f *Filling) aliases(fullName string) ([]string, error) {
	seen, list := map[string]bool{Fold(fullName): true}, []string{}
	for _, name := range *f.Aliases {
		name, err := core.ContactName(name)
		if err != nil {
			return nil, inField("aliases", err)
		}
		if !seen[Fold(name)] {
			seen[Fold(name)] = true
			list = append(list, name)
		}
	}
	if len(list) > MaxAliases {
		return nil, core.Tell(core.ErrInvalid, "aliases: at most %d of them.", MaxAliases)
	}
	return list, nil
}

// reaches returns the ways of a kind to reach a contact, in the form in which
// they are kept, without repetitions.
func (f *Filling) reaches(kind core.ReachKind) ([]string, error) {
	list := []string{}
	for _, value := range f.Reaches[kind] {
		value, err := Reach(kind, value)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, value) {
			list = append(list, value)
		}
	}
	if len(list) > MaxReaches {
		return nil, core.Tell(core.ErrInvalid, "%s: at most %d of them.", kind, MaxReaches)
	}
	return list, nil
}

// Reach returns a way to reach somebody in the form in which it is kept, or an
// error of kind core.ErrInvalid that names the kind.
func Reach(kind core.ReachKind, value string) (string, error) {
	value = strings.TrimSpace(core.Clean(value))
	if utf8.RuneCountInString(value) > MaxReachLen {
		return "", tooLong(string(kind), MaxReachLen)
	}
	switch kind {
	case core.ReachEmail:
		return email(value)
	case core.ReachPhone:
		return phone(value)
	case core.ReachURL:
		return link(value)
	}
	if core.Blank(value) {
		return "", core.Tell(core.ErrInvalid, "%s: it is empty.", kind)
	}
	return value, nil
}

func email(value string) (string, error) {
	if a, err := mail.ParseAddress(value); err != nil || a.Address != value || len(value) > 254 {
		return "", core.Tell(core.ErrInvalid, "email: %q is no e-mail address.", value)
	}
	return value, nil
}

var localPhone = regexp.MustCompile(`^[0-9 ()./-]+$`)

// phone keeps an international number in the form of E.164. One without the
// country could be of any, so it stays as written.
func phone(value string) (string, error) {
	international, ok := strings.CutPrefix(value, "00")
	if !ok {
		international, ok = strings.CutPrefix(value, "+")
	}
	if ok {
		if number, ok := International(international); ok {
			return number, nil
		}
	}
	digits := len(strings.Map(onlyDigits, value))
	if ok || !localPhone.MatchString(value) || digits < 3 || digits > 15 {
		return "", core.Tell(core.ErrInvalid, "phone: %q is no telephone number; write it like +351 912 345 678.", value)
	}
	return value, nil
}

// International returns in the form of E.164 a number that begins with the code
// of a country, with or without a plus before it, and reports whether it is one.
func International(value string) (number string, ok bool) {
	n, err := phonenumbers.Parse("+"+strings.TrimPrefix(value, "+"), phonenumbers.UNKNOWN_REGION)
	if err != nil || !phonenumbers.IsPossibleNumber(n) || n.GetExtension() != "" {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

func onlyDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

func link(value string) (string, error) {
	full := value
	if !strings.Contains(value, "://") {
		full = "https://" + value
	}
	u, err := url.Parse(full)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") ||
		strings.ContainsAny(value, " \t\r\n") {
		return "", core.Tell(core.ErrInvalid, "url: %q is no web address.", value)
	}
	return value, nil
}

// inField says in which field somebody's mistake is.
func inField(field string, err error) error {
	if sentence, told := core.Sentence(err); told {
		return core.Tell(core.ErrInvalid, "%s: %s", field, sentence)
	}
	return err
}

func tooLong(field string, most int) error {
	return core.Tell(core.ErrInvalid, "%s: at most %d characters.", field, most)
}

// same reports whether nothing was changed.
func same(a, b store.Filled) bool {
	fields := maps.Equal(a.CustomFields, b.CustomFields)
	a.CustomFields, b.CustomFields = nil, nil
	return fields && a.FullName == b.FullName && a.Tier == b.Tier && a.Birthday == b.Birthday &&
		a.Company == b.Company && a.Location == b.Location && a.TelegramUsername == b.TelegramUsername
}
