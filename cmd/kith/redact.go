package main

import (
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"
)

// Shorter secrets are not looked for: masking every "kith" in a log because
// the database's password is "kith" would hide more than it protects.
const minRedactedLen = 8

// A redactor masks secrets wherever they stand in a text. A library's error
// may quote one: net/http names the URL, and Telegram's has the bot's token.
// The zero value knows no secrets.
type redactor struct{ replacer *strings.Replacer }

// newRedactor returns a redactor of the secrets, also as URLs, JSON and Go
// strings write them.
func newRedactor(secrets []string) redactor {
	var pairs []string
	for _, s := range secrets {
		if len(s) < minRedactedLen {
			continue
		}
		asJSON, _ := json.Marshal(s) // strings cannot fail
		for _, form := range []string{
			s, url.QueryEscape(s), url.PathEscape(s), url.UserPassword("", s).String()[1:],
			unquote(string(asJSON)), quote(s), quote(quote(s)),
		} {
			pairs = append(pairs, form, mask)
		}
	}
	return redactor{strings.NewReplacer(pairs...)}
}

// quote returns s as it stands in a quoted string.
func quote(s string) string { return unquote(strconv.Quote(s)) }

func unquote(s string) string { return s[1 : len(s)-1] }

// text returns s without secrets.
func (r redactor) text(s string) string {
	if r.replacer == nil {
		return s
	}
	return r.replacer.Replace(s)
}

// writer returns a writer to w that masks secrets. Each Write must have whole
// records, as those of slog's handlers do.
func (r redactor) writer(w io.Writer) io.Writer { return &redactingWriter{r, w} }

type redactingWriter struct {
	redactor
	to io.Writer
}

func (w *redactingWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.to, w.text(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
