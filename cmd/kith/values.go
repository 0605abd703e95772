package main

import (
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An environ says what Kith is run for.
type environ string

// The environments.
const (
	envDevelopment environ = "development"
	envProduction  environ = "production"
	envTesting     environ = "testing" // development without .env
)

// UnmarshalText reads the name of an environment.
func (e *environ) UnmarshalText(text []byte) error {
	switch v := environ(text); v {
	case envDevelopment, envProduction, envTesting:
		*e = v
		return nil
	}
	return fmt.Errorf("%q is not known; write development, production or testing", text)
}

// An apiID is the number that my.telegram.org gives an application; 0 when
// there is none.
type apiID int

// UnmarshalText reads a number above 0.
func (id *apiID) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n <= 0 {
		return errors.New("is not a number above 0; copy api_id from my.telegram.org/apps")
	}
	*id = apiID(n)
	return nil
}

// String returns the number, or "" for 0.
func (id apiID) String() string {
	if id == 0 {
		return ""
	}
	return strconv.Itoa(int(id))
}

// A pace is how many calls a second are made.
type pace float64

// UnmarshalText reads a number of calls that Telegram bears.
func (p *pace) UnmarshalText(text []byte) error {
	n, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(n >= 0.1 && n <= 30) {
		return fmt.Errorf("%q is not a number from 0.1 to 30; Telegram makes who is faster than about 3 wait", text)
	}
	*p = pace(n)
	return nil
}

// A count is a number of things, 0 or more.
type count int64

// UnmarshalText reads a number.
func (c *count) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 63)
	if err != nil {
		return fmt.Errorf("%q is not a number; write one such as 2000000, or 0 for no limit", text)
	}
	*c = count(n)
	return nil
}

// An address is a TCP address, host:port; the host may be left out.
type address string

// UnmarshalText reads host:port.
func (a *address) UnmarshalText(text []byte) error {
	_, port, err := net.SplitHostPort(string(text))
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is not an address; write host:port, such as 127.0.0.1:5000 or :5000", text)
	}
	*a = address(text)
	return nil
}

// A loopback is a TCP address that nobody reaches from another machine.
type loopback string

// UnmarshalText reads host:port with a host that is this machine.
func (l *loopback) UnmarshalText(text []byte) error {
	var a address
	if err := a.UnmarshalText(text); err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(string(a)) // it is an address
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("%q can be reached from other machines; write 127.0.0.1:6060 or localhost:6060", text)
	}
	*l = loopback(a)
	return nil
}

// A keyFile is the path of a PEM file.
type keyFile string

// UnmarshalText reads a path, and looks whether it is a PEM file.
func (f *keyFile) UnmarshalText(text []byte) error {
	content, err := os.ReadFile(string(text))
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", text, errors.Unwrap(err))
	}
	if block, _ := pem.Decode(content); block == nil {
		return fmt.Errorf("%s is not a PEM file; it begins with -----BEGIN", text)
	}
	*f = keyFile(text)
	return nil
}

// prefixes are the networks of a list.
type prefixes []netip.Prefix

// UnmarshalText reads networks and addresses with commas between them.
func (p *prefixes) UnmarshalText(text []byte) error {
	*p = nil
	for _, word := range list(string(text)) {
		prefix, err := netip.ParsePrefix(word)
		if addr, addrErr := netip.ParseAddr(word); addrErr == nil {
			prefix, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return fmt.Errorf("%q is not a network; write 10.0.0.0/8 or 192.168.1.7, with commas between several", word)
		}
		*p = append(*p, prefix.Masked())
	}
	return nil
}

// String returns the networks with commas between them.
func (p prefixes) String() string {
	words := make([]string, len(p))
	for i, prefix := range p {
		words[i] = prefix.String()
	}
	return strings.Join(words, ",")
}

// An engine reads notes and answers questions.
type engine string

// The engines.
const (
	engineGemini engine = "gemini"
	engineOpenAI engine = "openai"
	engineRules  engine = "rules"
)

// engines are tried in their order.
type engines []engine

// UnmarshalText reads the names of engines with commas between them.
func (e *engines) UnmarshalText(text []byte) error {
	*e = nil
	for _, word := range list(strings.ToLower(string(text))) {
		switch name := engine(word); {
		case name != engineGemini && name != engineOpenAI && name != engineRules:
			return fmt.Errorf("%q is not an engine; the engines are gemini, openai and rules", word)
		case slices.Contains(*e, name):
			return fmt.Errorf("%q is there twice", word)
		default:
			*e = append(*e, name)
		}
	}
	return nil
}

// String returns the names with commas between them.
func (e engines) String() string {
	words := make([]string, len(e))
	for i, name := range e {
		words[i] = string(name)
	}
	return strings.Join(words, ",")
}

// A timezone is the IANA name of a time zone.
type timezone string

// UnmarshalText reads the name of a time zone.
func (z *timezone) UnmarshalText(text []byte) error {
	if _, err := time.LoadLocation(string(text)); err != nil || string(text) == "Local" {
		return fmt.Errorf("%q is not a time zone; write an IANA name such as Europe/Lisbon", text)
	}
	*z = timezone(text)
	return nil
}

// machineZone returns the time zone of this machine, as the link at localtime
// names it, or UTC when it has no name.
func machineZone(localtime string) (z timezone) {
	target, err := os.Readlink(localtime)
	_, name, found := strings.Cut(target, "zoneinfo/")
	if err != nil || !found || z.UnmarshalText([]byte(name)) != nil {
		return "UTC"
	}
	return z
}

// A level is the least important kind of log record that is written.
type level struct{ slog.Level }

// UnmarshalText reads the name of a level.
func (l *level) UnmarshalText(text []byte) error {
	switch strings.ToLower(string(text)) {
	case "debug":
		l.Level = slog.LevelDebug
	case "info":
		l.Level = slog.LevelInfo
	case "warn":
		l.Level = slog.LevelWarn
	case "error":
		l.Level = slog.LevelError
	default:
		return fmt.Errorf("%q is not a level; write debug, info, warn or error", text)
	}
	return nil
}

// String returns the level's name as it is written in a setting.
func (l level) String() string { return strings.ToLower(l.Level.String()) }

// A span is a length of time of a minute or more.
type span time.Duration

const day = span(24 * time.Hour)

// UnmarshalText reads a number of days, such as 7d, or hours and minutes, such
// as 12h or 90m.
func (s *span) UnmarshalText(text []byte) error {
	length, err := time.ParseDuration(string(text))
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		length = time.Duration(n) * time.Duration(day)
		if n > maxDays {
			err = strconv.ErrRange
		}
	}
	if err != nil || length < time.Minute {
		return fmt.Errorf("%q is not a length of time of a minute or more; write 7d or 12h", text)
	}
	*s = span(length)
	return nil
}

// maxDays is as long as anything is kept: a century.
const maxDays = 36500

// String returns the length as it is written in a setting.
func (s span) String() string {
	if s%day == 0 {
		return fmt.Sprintf("%dd", s/day)
	}
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(time.Duration(s).String())
}

// days returns the length in days, the last of which may have begun only.
func (s span) days() int { return int((s + day - 1) / day) }

// A number is one above 0.
type number int

// UnmarshalText reads a number above 0.
func (n *number) UnmarshalText(text []byte) error {
	v, err := strconv.Atoi(string(text))
	if err != nil || v < 1 {
		return fmt.Errorf("%q is not a number above 0", text)
	}
	*n = number(v)
	return nil
}

// A toggle is on or off.
type toggle bool

// UnmarshalText reads true or false.
func (t *toggle) UnmarshalText(text []byte) error {
	on, err := strconv.ParseBool(strings.ToLower(string(text)))
	if err != nil {
		return fmt.Errorf("%q is neither true nor false", text)
	}
	*t = toggle(on)
	return nil
}

// list splits text at its commas.
func list(text string) []string {
	var words []string
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}
