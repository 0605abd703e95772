package core

import "unicode"

// readable reports whether r shows something to a reader.
func readable(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r)
}
