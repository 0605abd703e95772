package link

import "strings"

// An InputKind says what the user gave.
type InputKind string

// The kinds of input.
const (
	InputPhone    InputKind = "phone"
	InputCode     InputKind = "code"
	InputPassword InputKind = "password"
	InputAgain    InputKind = "again" // the code is to be sent again
)

// An Input is what the user gave last. It is sealed until it is used.
type Input struct {
	Kind InputKind `json:"kind"`
	Text string    `json:"text,omitempty"`
}

// asPhone returns the digits of a phone number with its country code, and
// reports whether it can be one.
func asPhone(text string) (digits string, ok bool) {
	digits, ok = onlyDigits(strings.TrimPrefix(strings.TrimSpace(text), "+"))
	digits = strings.TrimPrefix(digits, "00")
	return digits, ok && len(digits) >= 7 && len(digits) <= 15
}

// asCode returns the digits of a code, and reports whether it can be one.
func asCode(text string) (digits string, ok bool) {
	digits, ok = onlyDigits(text)
	return digits, ok && len(digits) >= 3 && len(digits) <= 10
}

// onlyDigits drops what people put between digits. It reports false when there
// is anything else.
func onlyDigits(text string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()/\u00a0", r) {
			return -1
		}
		return r
	}, text)
	return digits, strings.Trim(digits, "0123456789") == ""
}

// TypedCode reports whether a message looks like a login code of Telegram's.
func TypedCode(text string) bool {
	digits, ok := onlyDigits(strings.TrimSpace(text))
	return ok && (len(digits) == 5 || len(digits) == 6)
}
