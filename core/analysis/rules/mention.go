package rules

import (
	"slices"
	"strings"
)

// A Mention is a person whom a text names.
type Mention struct {
	Name       string // as the text has it, at its fullest
	Start, End int    // where the text has it, in bytes
	Known      bool   // reports whether it is one of the known names
	Full       bool   // reports whether it has a given and a family name
}

// Mentions returns the people whom text speaks of by name, each once, in the
// order in which they first appear. The names in known, of people and of
// accounts, are found in any case and without accents, also by their first
// word; others only where the sentence shows that they are a person. Relatives
// of somebody else ("her son Leo") are no mentions unless they are known, nor are
// the user's own ("Mom called") where others are named.
func Mentions(text string, known []string) []Mention {
	var all []Mention
	for _, p := range find(text, known) {
		all = append(all, p.Mention)
	}
	return all
}

// A person is somebody named in a text, with every place where it does so.
type person struct {
	Mention
	kin   bool     // goes by what they are to the user
	parts []string // the folded words of the name, without the nickname
	nick  string   // folded
	at    []spot
}

// A spot is a place in a text, in bytes.
type spot struct{ start, end int }

// find returns the people named in text.
func find(text string, known []string) []person {
	f := finder{text: text, words: split(text), known: knownNames(known), kin: map[string]bool{}}
	f.shouted = f.isShouted()
	for i := 0; i < len(f.words); {
		if n := f.nameAt(i); n.words > 0 {
			f.add(n)
			i = n.first + n.words
			continue
		}
		i++
	}
	return f.withoutKin()
}

// withoutKin returns the people, without relatives that nobody knows where there
// are others.
func (f *finder) withoutKin() []person {
	unknown := func(p person) bool { return p.kin && !p.Known }
	if slices.ContainsFunc(f.people, func(p person) bool { return !unknown(p) }) {
		return slices.DeleteFunc(f.people, unknown)
	}
	return f.people
}

// A finder goes through the words of a text and gathers the people in it.
type finder struct {
	text    string
	words   []word
	known   []knownName
	people  []person
	kin     map[string]bool // relatives named so far; they are nobody's mention
	shouted bool            // all in capitals, which then say nothing
	lastEnd int             // the word after the last name found
}

// A name is a run of words that names a person.
type name struct {
	first, words int
	known        bool
	kin          bool
}

func (f *finder) isShouted() bool {
	caps, small := 0, 0
	for _, w := range f.words {
		switch {
		case w.allCaps():
			caps++
		case strings.ToLower(w.text) == w.text && len(w.text) > 1:
			small++
		}
	}
	return caps > 2 && caps > 3*small
}

func (f *finder) word(i int) word {
	if i < 0 || i >= len(f.words) {
		return word{}
	}
	return f.words[i]
}

// nameAt returns the name that starts at word i, or none.
func (f *finder) nameAt(i int) name {
	if f.inAddress(i) {
		return name{}
	}
	if n := f.knownAt(i); n.words > 0 {
		return n
	}
	if n := f.handleAt(i); n.words > 0 {
		return n
	}
	if f.relativeAt(i) {
		return name{first: i, words: 1, kin: true}
	}
	if f.word(i).upper() && f.isKin(i) {
		f.kin[f.word(i).low] = true
		return name{}
	}
	return f.unknownAt(i)
}

// maxAddress is how far around a word its address may reach, in bytes.
const maxAddress = 80

// inAddress reports whether word i is part of an e-mail or web address.
func (f *finder) inAddress(i int) bool {
	w := f.words[i]
	from, to := max(0, w.start-maxAddress), min(len(f.text), w.end+maxAddress)
	if n := strings.LastIndexAny(f.text[from:w.start], " \n\t(<,;"); n >= 0 {
		from += n + 1
	}
	if n := strings.IndexAny(f.text[w.end:to], " \n\t)>,;"); n >= 0 {
		to = w.end + n
	}
	chunk := f.text[from:to]
	return strings.LastIndexByte(chunk, '@') > 0 || strings.Contains(chunk, "://") || strings.HasPrefix(chunk, "www.")
}

// handleAt returns a Telegram username: "@ana_t".
func (f *finder) handleAt(i int) name {
	w := f.word(i)
	if w.start == 0 || f.text[w.start-1] != '@' || len(w.text) < 3 {
		return name{}
	}
	if w.start > 1 && !strings.ContainsAny(f.text[w.start-2:w.start-1], " \n\t(,;:") {
		return name{} // an e-mail address
	}
	return name{first: i, words: 1}
}

// add files a name under the person it belongs to.
func (f *finder) add(n name) {
	ws := f.words[n.first : n.first+n.words]
	at := spot{ws[0].start, ws[len(ws)-1].end}
	if at.start > 0 && f.text[at.start-1] == '@' {
		at.start--
	}
	parts, nick := nameParts(ws)
	f.lastEnd = n.first + n.words
	m := Mention{
		Name: f.text[at.start:at.end], Start: at.start, End: at.end, Known: n.known,
		Full: n.words > 1 && !strings.HasPrefix(f.text[at.start:], "@"),
	}
	for i := range f.people {
		if f.people[i].same(parts) {
			f.people[i].again(m, parts, at)
			return
		}
	}
	f.people = append(f.people, person{Mention: m, kin: n.kin, parts: parts, nick: nick, at: []spot{at}})
}

// same reports whether parts name p: the same words, or one of them.
func (p *person) same(parts []string) bool {
	short, long := parts, p.parts
	if len(short) > len(long) {
		short, long = long, short
	}
	switch {
	case len(parts) == 1 && parts[0] == p.nick:
		return true
	case len(short) == len(long):
		return slices.Equal(short, long)
	}
	return slices.Equal(short, long[:len(short)]) || len(short) == 1 && short[0] == long[len(long)-1]
}

func (p *person) again(m Mention, parts []string, at spot) {
	p.at = append(p.at, at)
	m.Known = m.Known || p.Known
	if len(parts) > len(p.parts) {
		p.Mention, p.parts = m, parts
	}
	p.Known = m.Known
}
