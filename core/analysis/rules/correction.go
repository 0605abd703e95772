package rules

import "regexp"

const (
	took  = `^(?:(?:no|nope|sorry|oops|wait|actually)[,.!]* )*`
	right = `(?P<right>[^,.;:!?]{1,80}?)`
	wrong = `(?P<wrong>[^,.;:!?]{1,80}?)`
)

// corrections are the ways to say that somebody else was meant.
var corrections = []*regexp.Regexp{
	regexp.MustCompile(`(?i)` + took + `not ` + wrong + `(?:[,;]| but|, but)(?: it was| that was| i meant)? ` + right + `[.!]*$`),
	regexp.MustCompile(`(?i)` + took + `(?:(?:that|this|it)(?: was|['’]s| is)|i meant?) ` + right + `(?:,? (?:and )?not ` + wrong + `)?[.!]*$`),
	regexp.MustCompile(`(?i)` + took + right + `,? (?:and )?not ` + wrong + `[.!]*$`),
	regexp.MustCompile(`(?i)^(?:no|nope|sorry)[,.!]+ ` + right + `[.!]*$`),
}

// Correction reports whether text, said of a note, does nothing but say who is
// meant, and in whose place, "" for whoever it is: "no, that was Ben", "not Ana,
// Ben". Known has the names of people, as for Mentions.
func Correction(text string, known []string) (meant, instead string, ok bool) {
	for _, c := range corrections {
		m := c.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if i := c.SubexpIndex("wrong"); i >= 0 {
			instead = m[i]
		}
		meant = m[c.SubexpIndex("right")]
		return meant, instead, isName(meant, known) && (instead == "" || isName(instead, known))
	}
	return "", "", false
}

// isName reports whether text is the name of one person, and nothing else.
func isName(text string, known []string) bool {
	found := Mentions("Met "+text, known)
	return len(found) == 1 && found[0].Name == text
}
