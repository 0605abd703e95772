package rules

import "strings"

// parents are what people call their own by, as by a name: "Mom called".
var parents = set("mom mum mama mam mommy mummy dad papa daddy grandma grandpa granny grandad nana")

// relatives are who they are to the user, if they are the user's: "my sister".
var relatives = folded(kinMale + " " + kinFemale +
	" partner spouse brother-in-law sister-in-law mother-in-law father-in-law granny grandad nana mommy mummy daddy mam")

// Relative reports whether a person is named just by what they are to the user:
// "sister", of "my sister moved". One who goes by it as by a name, as Mom, is not.
func Relative(name string) bool { return relatives[name] }

// relativeAt reports whether word i is a relative of the user's who goes by what
// they are, and is spoken of as a person is: "Mom called", "lunch with my
// sister". A name behind it is theirs: "my sister Maria".
func (f *finder) relativeAt(i int) bool {
	w, at := f.word(i), i
	for n := 1; n <= 2 && (n == 1 || describing[f.word(i-1).low]); n++ {
		if low := f.word(i - n).low; (low == "my" || low == "our") && joined(f.word(i-n)) {
			at = i - n
			break
		}
	}
	next := f.word(i + 1)
	switch {
	case f.shouted, at == i && !parents[w.low], !relatives[w.low]:
		return false
	case f.othersRelative(at):
		return false
	case w.after == " " && f.nameShape(i+1), next.low == "called" && next.after == " " && f.nameShape(i+2), next.low == "named":
		return false
	case w.possessive:
		return f.starts(at) && personNouns[next.low]
	case f.afterPerson(at), f.inList(at):
		return !f.isThing(i, 1)
	}
	return (f.starts(at) || f.afterThat(at)) && f.relativeDoes(i)
}

// othersRelative reports whether word i, which is what somebody is to others, is
// not the user's: "her mom", "Ana's sister", "the son".
func (f *finder) othersRelative(i int) bool {
	return f.word(i-1).possessive || notMine[f.word(i-1).low]
}

var notMine = set("her his their your its whose a an the this that some every another one")

// relativeDoes reports whether something is said of the relative at word i.
func (f *finder) relativeDoes(i int) bool {
	w, next := f.word(i), f.word(i+1)
	switch {
	case strings.ContainsAny(w.after, ":–—"):
		return true
	case w.after != " ":
		return false
	case next.low == "and":
		return f.word(i+2).low == "i" || parents[f.word(i+2).low]
	}
	for n := i + 1; n < i+3 && adverbs[next.low]; n++ {
		next = f.word(n + 1)
	}
	return copulas[next.low] || verbs[next.low] && strings.HasSuffix(next.low, "s") || pastForm(next.low)
}
