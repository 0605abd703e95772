package sandbox

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
)

// spotted are the entities that Telegram finds by itself, the stronger ones first.
var spotted = []struct {
	kind models.MessageEntityType
	form *regexp.Regexp
}{
	{models.MessageEntityTypeURL, regexp.MustCompile(`https?://[^\s<>"']*[^\s<>"'.,:;!?)\]]`)},
	{models.MessageEntityTypeEmail, regexp.MustCompile(`[\w.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)},
	{models.MessageEntityTypeBotCommand, regexp.MustCompile(`/\w{1,64}(?:@\w{3,32})?`)},
	{models.MessageEntityTypeMention, regexp.MustCompile(`@[A-Za-z]\w{3,31}`)},
	{models.MessageEntityTypeHashtag, regexp.MustCompile(`#[\p{L}\d_]*\p{L}[\p{L}\d_]*`)},
	{models.MessageEntityTypePhoneNumber, regexp.MustCompile(`\+\d[\d ()-]{6,}\d`)},
}

// findEntities returns what is spotted in the text where nothing else claims it.
func findEntities(text string, taken []models.MessageEntity) []models.MessageEntity {
	claims := slices.DeleteFunc(slices.Clone(taken), func(e models.MessageEntity) bool { return !claimsText(e) })
	before := len(claims)
	for _, s := range spotted {
		for _, at := range s.form.FindAllStringIndex(text, -1) {
			e := models.MessageEntity{
				Type:   s.kind,
				Offset: utf16Len(text[:at[0]]),
				Length: utf16Len(text[at[0]:at[1]]),
			}
			free := !slices.ContainsFunc(claims, func(c models.MessageEntity) bool { return overlap(c, e) })
			if free && standsAlone(text, at[0], at[1]) {
				claims = append(claims, e)
			}
		}
	}
	return claims[before:]
}

func claimsText(e models.MessageEntity) bool {
	return isCode(e) || e.Type == models.MessageEntityTypeTextLink || e.Type == models.MessageEntityTypeTextMention
}

// standsAlone reports whether no word, and no path, goes on beyond either end.
func standsAlone(text string, begin, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:begin])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !joins(before) && !joins(after)
}

func joins(r rune) bool {
	return r == '/' || r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// linkTarget is where a link leads, or nothing when it is no link that Telegram
// takes. A tag without an address leads where its text says.
func linkTarget(address, text string) string {
	if address == "" {
		address = text
	}
	target, err := checkLink(address)
	if err != nil {
		return ""
	}
	return target
}

type linkError string

func (e linkError) Error() string { return string(e) }

// The reasons for which Telegram refuses a link.
const (
	errLinkForm     linkError = "Wrong HTTP URL"
	errLinkProtocol linkError = "Unsupported URL protocol"
)

// checkLink completes an address as Telegram does and refuses what leads nowhere from
// a phone.
func checkLink(address string) (string, error) {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", errLinkForm
	}
	switch u.Scheme = strings.ToLower(u.Scheme); u.Scheme {
	case "tg", "ton":
		return address, nil
	case "http", "https":
	default:
		return "", errLinkProtocol
	}
	if !publicHost(u.Hostname()) {
		return "", errLinkForm
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}

func publicHost(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsGlobalUnicast() && !addr.IsPrivate()
	}
	return strings.Contains(strings.Trim(host, "."), ".") &&
		!strings.HasSuffix(host, ".localhost") && !strings.ContainsAny(host, " \"<>")
}
