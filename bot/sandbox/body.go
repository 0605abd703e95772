package sandbox

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
)

const (
	maxText    = 4096 // UTF-16 units after entities parsing
	maxCaption = 1024
)

// A body is the text of a message, or its caption, with its entities.
type body struct {
	text     string
	entities []models.MessageEntity
}

// body reads a text in the call's parse mode.
func (c *call) body(field, entities string) (body, error) {
	b := body{text: c.text(field)}
	if !utf8.ValidString(b.text) {
		return body{}, badRequest("strings must be encoded in UTF-8")
	}
	var err error
	switch mode := c.text("parse_mode"); strings.ToLower(mode) {
	case "":
		err = c.object(entities, &b.entities)
	case "html":
		b.text, b.entities, err = parseHTML(b.text)
	case "markdown", "markdownv2":
		err = badRequest("parse mode %s is not supported by the sandbox, use HTML", mode)
	default:
		err = badRequest("unsupported parse_mode")
	}
	if err != nil {
		return body{}, err
	}
	return b.tidy(), nil
}

// tidy does what Telegram does to every text: control characters go, white space
// around the text goes, entities are put in order, links and commands become entities.
func (b body) tidy() body {
	b.clipEntities()
	b.text = strings.Map(visible, b.text)
	rest := strings.TrimLeft(b.text, " \n")
	if len(b.entities) > 0 {
		kept := min(len(b.text)-len(rest), byteOffset(b.text, b.entities[0].Offset))
		rest = b.text[kept:]
	}
	shift := utf16Len(b.text) - utf16Len(rest)
	for i := range b.entities {
		b.entities[i].Offset -= shift
	}
	b.text = strings.TrimRight(rest, " \n")
	b.clipEntities()
	b.entities = append(b.entities, findEntities(b.text, b.entities)...)
	b.clipEntities()
	return b
}

// visible replaces control characters without changing how long the text is.
func visible(r rune) rune {
	if r < ' ' && r != '\n' {
		return ' '
	}
	return r
}

// clipEntities orders the entities, cuts off what lies outside of the text, and drops
// those in or around code, which stands alone.
func (b *body) clipEntities() {
	slices.SortStableFunc(b.entities, func(x, y models.MessageEntity) int {
		if x.Offset != y.Offset {
			return x.Offset - y.Offset
		}
		return y.Length - x.Length
	})
	length := utf16Len(b.text)
	var kept []models.MessageEntity
	for _, e := range b.entities {
		e.Offset = max(e.Offset, 0)
		e.Length = min(e.Length, length-e.Offset)
		if e.Type != models.MessageEntityTypePre {
			e.Language = ""
		}
		if e.Length > 0 && !slices.ContainsFunc(kept, func(k models.MessageEntity) bool { return isCode(k) && overlap(k, e) }) {
			kept = append(kept, e)
		}
	}
	b.entities = kept
}

func isCode(e models.MessageEntity) bool {
	return e.Type == models.MessageEntityTypeCode || e.Type == models.MessageEntityTypePre
}

func overlap(a, b models.MessageEntity) bool {
	return a.Offset < b.Offset+b.Length && b.Offset < a.Offset+a.Length
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// byteOffset is where in s the given number of UTF-16 units ends.
func byteOffset(s string, units int) int {
	for i, r := range s {
		if units <= 0 {
			return i
		}
		units--
		if r > 0xffff {
			units--
		}
	}
	return len(s)
}
