package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const mask = "xxxxx"

// A secret is a setting that is masked however it is printed, logged or
// marshalled. The zero value is one that is not set.
type secret struct {
	// Behind a pointer, so that even %#v of a struct around it shows nothing.
	hidden *string
	shown  string
}

// reveal returns what s hides, or "" when it is not set.
func (s secret) reveal() string {
	if s.hidden == nil {
		return ""
	}
	return *s.hidden
}

// isSet reports whether s has a value.
func (s secret) isSet() bool { return s.hidden != nil }

// String returns what may be shown of s.
func (s secret) String() string { return s.shown }

// Format writes what may be shown of s, whatever the verb.
func (s secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.shown) }

// LogValue returns what may be shown of s.
func (s secret) LogValue() slog.Value { return slog.StringValue(s.shown) }

// MarshalJSON returns what may be shown of s.
func (s secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.shown) }

// UnmarshalText makes s a secret of which nothing may be shown.
func (s *secret) UnmarshalText(text []byte) error {
	value := string(text)
	*s = secret{hidden: &value, shown: mask}
	return nil
}

// passwords returns the parts of s that must not appear in any text.
func (s secret) passwords() []string {
	switch s.shown {
	case "":
		return nil
	case mask:
		return []string{s.reveal()}
	}
	return urlPasswords(s.reveal())
}

var botTokenForm = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)

// A botToken is what @BotFather gives.
type botToken struct{ secret }

// UnmarshalText reads the token of a bot.
func (b *botToken) UnmarshalText(text []byte) error {
	if !botTokenForm.Match(text) {
		return errors.New("is not a bot token; copy it from @BotFather, it looks like 123456789:AAF…")
	}
	return b.secret.UnmarshalText(text)
}

const minSecretKeyLen = 32

// A secretKey is what Kith seals with.
type secretKey struct{ secret }

// UnmarshalText reads a key of 32 characters or more.
func (k *secretKey) UnmarshalText(text []byte) error {
	if n := len([]rune(string(text))); n < minSecretKeyLen {
		return fmt.Errorf("has %d characters; it needs %d or more, as `openssl rand -hex 32` makes them", n, minSecretKeyLen)
	}
	return k.secret.UnmarshalText(text)
}

// withKey returns c with the key that Kith seals with: as it is set, or that of
// the kith up that keeps its data here.
func (c Config) withKey() (Config, error) {
	if c.SecretKey.isSet() {
		return c, nil
	}
	kept, err := os.ReadFile(filepath.Join(c.DataDir, keyFileName))
	if err != nil {
		return c, errors.New("KITH_SECRET_KEY is not set; write the one that Kith runs with")
	}
	return c, c.SecretKey.UnmarshalText([]byte(strings.TrimSpace(string(kept))))
}
