package bot

import (
	"strconv"
	"strings"
)

// A press is what a button says when it is pressed: which message of Kith's it
// stands under, an action and the ids it is for. Buttons outlive restarts and
// upgrades, so what is parsed may be of an older Kith, or made up.
type press struct {
	message int64 // the message's row
	action  string
	ids     []int64
}

// maxPress is the most bytes of callback data, by the Bot API.
const maxPress = 64

// String returns "7:action:1a:2b", the ids in base 36.
func (p press) String() string {
	var b strings.Builder
	b.WriteString(strconv.FormatInt(p.message, 36))
	b.WriteByte(':')
	b.WriteString(p.action)
	for _, id := range p.ids {
		b.WriteByte(':')
		b.WriteString(strconv.FormatInt(id, 36))
	}
	return b.String()
}

// parsePress reads what String writes, and reports whether data is that.
func parsePress(data string) (press, bool) {
	if data == "" || len(data) > maxPress {
		return press{}, false
	}
	message, rest, _ := strings.Cut(data, ":")
	row, err := strconv.ParseInt(message, 36, 64)
	if err != nil || row < 0 {
		return press{}, false
	}
	action, rest, more := strings.Cut(rest, ":")
	p := press{message: row, action: action}
	for more {
		var digits string
		digits, rest, more = strings.Cut(rest, ":")
		id, err := strconv.ParseInt(digits, 36, 64)
		if err != nil || id < 0 {
			return press{}, false
		}
		p.ids = append(p.ids, id)
	}
	return p, true
}

// id returns the nth id, or 0 when there is none.
func (p press) id(n int) int64 {
	if n < len(p.ids) {
		return p.ids[n]
	}
	return 0
}
