package sandbox

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
)

// htmlTags are the tags of parse mode HTML and the entities they make.
var htmlTags = map[string]models.MessageEntityType{
	"a":          models.MessageEntityTypeTextLink,
	"b":          models.MessageEntityTypeBold,
	"strong":     models.MessageEntityTypeBold,
	"i":          models.MessageEntityTypeItalic,
	"em":         models.MessageEntityTypeItalic,
	"u":          models.MessageEntityTypeUnderline,
	"ins":        models.MessageEntityTypeUnderline,
	"s":          models.MessageEntityTypeStrikethrough,
	"strike":     models.MessageEntityTypeStrikethrough,
	"del":        models.MessageEntityTypeStrikethrough,
	"span":       models.MessageEntityTypeSpoiler,
	"tg-spoiler": models.MessageEntityTypeSpoiler,
	"tg-emoji":   models.MessageEntityTypeCustomEmoji,
	"code":       models.MessageEntityTypeCode,
	"pre":        models.MessageEntityTypePre,
	"blockquote": models.MessageEntityTypeBlockquote,
}

// An htmlTag is a start tag whose end has not been met.
type htmlTag struct {
	name     string
	argument string // of the one attribute that counts for this tag
	offset   int    // in UTF-16 units of the text
	start    int    // in bytes of the text
}

// htmlParser reads parse mode HTML as Telegram does: not HTML, but a handful of tags
// that must be closed in order.
type htmlParser struct {
	in       string
	pos      int
	out      strings.Builder
	units    int // UTF-16 units written
	open     []htmlTag
	entities []models.MessageEntity
}

// parseHTML returns the text without tags, and what the tags said about it.
func parseHTML(source string) (string, []models.MessageEntity, error) {
	p := &htmlParser{in: source}
	for p.pos < len(p.in) {
		if err := p.step(); err != nil {
			return "", nil, err
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, badMarkup("Can't find end tag corresponding to start tag \"%s\"", p.open[n-1].name)
	}
	return p.out.String(), p.entities, nil
}

func badMarkup(format string, args ...any) error {
	return badRequest("can't parse entities: "+format, args...)
}

func (p *htmlParser) step() error {
	switch p.peek() {
	case '<':
		if strings.HasPrefix(p.in[p.pos:], "</") {
			return p.endTag()
		}
		return p.startTag()
	case '&':
		if r, size := htmlEntity(p.in[p.pos:]); size > 0 {
			p.pos += size
			p.write(r)
			return nil
		}
	}
	r, size := utf8.DecodeRuneInString(p.in[p.pos:])
	p.pos += size
	p.write(r)
	return nil
}

func (p *htmlParser) write(r rune) {
	p.out.WriteRune(r)
	p.units++
	if r > 0xffff {
		p.units++
	}
}

// peek is the byte at the position, 0 at the end.
func (p *htmlParser) peek() byte {
	if p.pos < len(p.in) {
		return p.in[p.pos]
	}
	return 0
}

// until moves on to the first byte out of stops, or to the end, and returns what it
// passed.
func (p *htmlParser) until(stops string) string {
	begin := p.pos
	if i := strings.IndexAny(p.in[p.pos:], stops); i >= 0 {
		p.pos += i
	} else {
		p.pos = len(p.in)
	}
	return p.in[begin:p.pos]
}

const htmlSpace = " \t\n\r\v\f"

func (p *htmlParser) skipSpace() {
	p.pos = len(p.in) - len(strings.TrimLeft(p.in[p.pos:], htmlSpace))
}

func (p *htmlParser) startTag() error {
	begin := p.pos
	p.pos++
	tag := htmlTag{name: strings.ToLower(p.until(htmlSpace + ">")), offset: p.units, start: p.out.Len()}
	if p.peek() == 0 {
		return badMarkup("Unclosed start tag at byte offset %d", begin)
	}
	if _, ok := htmlTags[tag.name]; !ok {
		return badMarkup("Unsupported start tag \"%s\" at byte offset %d", tag.name, begin)
	}
	for p.skipSpace(); p.peek() != '>'; p.skipSpace() {
		if err := p.attribute(&tag, begin); err != nil {
			return err
		}
	}
	p.pos++
	if tag.name == "span" && tag.argument != "spoiler" {
		return badMarkup(`Tag "span" must have class "tg-spoiler" at byte offset %d`, begin)
	}
	p.open = append(p.open, tag)
	return nil
}

func (p *htmlParser) attribute(tag *htmlTag, begin int) error {
	name := p.until(htmlSpace + "=>/\"'")
	if name == "" {
		return badMarkup("Empty attribute name in the tag \"%s\" at byte offset %d", tag.name, begin)
	}
	p.skipSpace()
	value := ""
	switch p.peek() {
	case '=':
		p.pos++
		p.skipSpace()
		var err error
		if value, err = p.attributeValue(); err != nil {
			return err
		}
	case 0:
		return badMarkup("Unclosed start tag \"%s\" at byte offset %d", tag.name, begin)
	}
	if p.peek() == 0 {
		return badMarkup("Unclosed start tag at byte offset %d", begin)
	}
	tag.take(strings.ToLower(name), value)
	return nil
}

// take remembers the attribute if it is the one that counts.
func (t *htmlTag) take(name, value string) {
	switch {
	case t.name == "a" && name == "href", t.name == "tg-emoji" && name == "emoji-id":
		t.argument = value
	case t.name == "code" && name == "class":
		t.argument, _ = strings.CutPrefix(value, "language-")
	case t.name == "span" && name == "class":
		t.argument, _ = strings.CutPrefix(value, "tg-")
	case t.name == "blockquote" && name == "expandable":
		t.argument = "expandable"
	}
}

func (p *htmlParser) attributeValue() (string, error) {
	quote := p.peek()
	if quote != '"' && quote != '\'' {
		return p.nameToken()
	}
	p.pos++
	var value strings.Builder
	for p.peek() != 0 && p.peek() != quote {
		if r, size := htmlEntity(p.in[p.pos:]); size > 0 {
			value.WriteRune(r)
			p.pos += size
			continue
		}
		value.WriteByte(p.in[p.pos])
		p.pos++
	}
	if p.peek() == quote {
		p.pos++
	}
	return value.String(), nil
}

func (p *htmlParser) nameToken() (string, error) {
	begin := p.pos
	for isNameByte(p.peek()) {
		p.pos++
	}
	if c := p.peek(); c != 0 && c != '>' && !strings.ContainsRune(htmlSpace, rune(c)) {
		return "", badMarkup("Unexpected end of name token at byte offset %d", begin)
	}
	return strings.ToLower(p.in[begin:p.pos]), nil
}

func isNameByte(c byte) bool {
	return c == '.' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func (p *htmlParser) endTag() error {
	begin := p.pos
	if len(p.open) == 0 {
		return badMarkup("Unexpected end tag at byte offset %d", begin)
	}
	p.pos += len("</")
	name := strings.ToLower(p.until(htmlSpace + ">"))
	p.skipSpace()
	if p.peek() != '>' {
		return badMarkup("Unclosed end tag at byte offset %d", begin)
	}
	p.pos++
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return badMarkup(`Unmatched end tag at byte offset %d, expected "</%s>", found "</%s>"`, begin, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	p.close(tag)
	return nil
}

// close makes an entity of the tag and what stands in it, unless nothing does.
func (p *htmlParser) close(tag htmlTag) {
	e := models.MessageEntity{Type: htmlTags[tag.name], Offset: tag.offset, Length: p.units - tag.offset}
	if e.Length == 0 {
		return
	}
	switch tag.name {
	case "a":
		if e.URL = linkTarget(tag.argument, p.out.String()[tag.start:]); e.URL == "" {
			return
		}
	case "tg-emoji":
		e.CustomEmojiID = tag.argument
	case "code":
		e.Language = tag.argument
	case "pre":
		e.Language = p.takeLanguage(e)
	case "blockquote":
		if tag.argument != "" {
			e.Type = models.MessageEntityTypeExpandableBlockquote
		}
	}
	p.entities = append(p.entities, e)
}

// takeLanguage merges a code tag that fills the whole pre tag into it.
func (p *htmlParser) takeLanguage(pre models.MessageEntity) string {
	last := len(p.entities) - 1
	if last < 0 {
		return ""
	}
	code := p.entities[last]
	if code.Type != models.MessageEntityTypeCode || code.Offset != pre.Offset || code.Length != pre.Length {
		return ""
	}
	p.entities = p.entities[:last]
	return code.Language
}

var htmlNames = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}

// htmlEntity decodes the reference that s begins with; the size is 0 when there is
// none that Telegram knows.
func htmlEntity(s string) (r rune, size int) {
	if !strings.HasPrefix(s, "&") {
		return 0, 0
	}
	end := 1
	for end < len(s) && end < 10 && (isNameByte(s[end]) && s[end] != '.' && s[end] != '-' || s[end] == '#') {
		end++
	}
	r = htmlRune(s[1:end])
	if r == 0 {
		return 0, 0
	}
	if end < len(s) && s[end] == ';' {
		end++
	}
	return r, end
}

// htmlRune is the character that a reference names, or 0.
func htmlRune(name string) rune {
	number, numeric := strings.CutPrefix(name, "#")
	if !numeric {
		return htmlNames[name]
	}
	base := 10
	if hex, ok := strings.CutPrefix(number, "x"); ok {
		number, base = hex, 16
	}
	n, err := strconv.ParseUint(number, base, 32)
	if err != nil || n >= 0x10ffff || !utf8.ValidRune(rune(n)) {
		return 0
	}
	return rune(n)
}
