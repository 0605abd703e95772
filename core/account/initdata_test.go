package account_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/account"
	"github.com/kith-platform/kith/core/store/storetest"
)

const (
	botToken   = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
	otherToken = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsax"
)

// now is when init data is looked at.
var now = time.Unix(1_800_000_000, 0)

// initData returns the fields, in whatever order, signed for the bot.
func initData(token string, fields map[string]string) string {
	hash := func(key []byte, text string) []byte {
		mac := hmac.New(sha256.New, key)
		fmt.Fprint(mac, text)
		return mac.Sum(nil)
	}
	var lines, pairs []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		lines = append(lines, name+"="+fields[name])
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(fields[name]))
	}
	pairs = append(pairs, "hash="+hex.EncodeToString(hash(hash([]byte("WebAppData"), token), strings.Join(lines, "\n"))))
	rand.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	return strings.Join(pairs, "&")
}

// opened returns the fields of a Mini App that user 279058397 opened some time ago.
func opened(ago time.Duration) map[string]string {
	return map[string]string{
		"query_id":  "AAHdF6IQAAAAAN0XohDhrOrc",
		"user":      `{"id":279058397,"first_name":"Ana \"&=\n+ 🦊","last_name":"Torres","username":"ana","language_code":"pt","allows_write_to_pm":true}`,
		"auth_date": fmt.Sprint(now.Add(-ago).Unix()),
		"signature": "zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ",
	}
}

// with returns fields in which one is another, or with "" missing.
func with(fields map[string]string, name, value string) map[string]string {
	fields = maps.Clone(fields)
	fields[name] = value
	if value == "" {
		delete(fields, name)
	}
	return fields
}

// documented is a payload whose hash is not made by this test: that of
// docs.telegram-mini-apps.com, of May 2022.
const (
	documentedToken = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8"
	documented      = "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2"
)

func TestPromise31ValidInitData(t *testing.T) {
	t.Parallel()
	if id, err := account.ReadInitData(documentedToken, documented, time.Unix(1662771648, 0)); id != 279058397 || err != nil {
		t.Errorf("the documented payload is user %d's (%v), want 279058397", id, err)
	}
	for what, fields := range map[string]map[string]string{
		"opened just now": opened(0), "opened a while ago": opened(30 * time.Minute), "opened an hour ago": opened(time.Hour),
		"without a signature":        with(opened(0), "signature", ""),
		"without a query":            with(opened(0), "query_id", ""),
		"with what is not there yet": with(opened(0), "new field", "a=b&c\nd"),
		"from a chat":                with(with(opened(0), "chat_type", "private"), "chat_instance", "-8"),
		"by a link":                  with(opened(0), "start_param", "x"),
		"by user 1":                  with(opened(0), "user", `{"id": 279058397}`),
	} {
		for range 20 { // in another order each time
			if id, err := account.ReadInitData(botToken, initData(botToken, fields), now); id != 279058397 || err != nil {
				t.Errorf("%s: user %d (%v), want 279058397", what, id, err)
			}
		}
	}
}

func TestPromise31OtherInitData(t *testing.T) {
	t.Parallel()
	good := initData(botToken, opened(time.Minute))
	for what, data := range map[string]string{
		"nothing":                   "",
		"of another bot":            initData(otherToken, opened(0)),
		"of a second ahead":         initData(botToken, opened(-time.Second)),
		"of more than an hour":      initData(botToken, opened(time.Hour+time.Second)),
		"without a date":            initData(botToken, with(opened(0), "auth_date", "")),
		"of a date in words":        initData(botToken, with(opened(0), "auth_date", "today")),
		"of the end of time":        initData(botToken, with(opened(0), "auth_date", "9223372036854775807")),
		"of before time":            initData(botToken, with(opened(0), "auth_date", "-9223372036854775808")),
		"without a user":            initData(botToken, with(opened(0), "user", "")),
		"of a user without an id":   initData(botToken, with(opened(0), "user", "{}")),
		"of a user in words":        initData(botToken, with(opened(0), "user", "279058397")),
		"of a user below 0":         initData(botToken, with(opened(0), "user", `{"id":-279058397}`)),
		"with a second user":        good + "&user=%7B%22id%22%3A1%7D",
		"with a second hash":        good + "&hash=0",
		"with one field more":       good + "&x=1",
		"with an empty field":       good + "&",
		"in another query":          "x=" + url.QueryEscape(good),
		"with the hash in capitals": strings.Replace(good, hashOf(good), strings.ToUpper(hashOf(good)), 1),
		"without the hash":          strings.Replace(good, "hash="+hashOf(good), "hash=", 1),
	} {
		if id, err := account.ReadInitData(botToken, data, now); !errors.Is(err, account.ErrInitData) || id != 0 {
			t.Errorf("%s: user %d (%v), want ErrInitData", what, id, err)
		}
	}
}

func hashOf(data string) string {
	_, rest, _ := strings.Cut(data, "hash=")
	return rest[:64]
}

// TestPromise31Mutants changes, drops, doubles and swaps bytes of good init
// data: of 10,000 that say something else none is accepted.
func TestPromise31Mutants(t *testing.T) {
	t.Parallel()
	good := initData(botToken, opened(time.Minute))
	said, err := url.ParseQuery(good)
	check(t, err)
	for n := 0; n < 10_000; {
		mutant := mutate([]byte(good), 1+rand.IntN(3))
		if values, err := url.ParseQuery(mutant); err == nil && maps.EqualFunc(values, said, slices.Equal) {
			continue // it is written otherwise, and says the same
		}
		n++
		if id, err := account.ReadInitData(botToken, mutant, now); err == nil {
			t.Fatalf("user %d by the mutant %q of %q", id, mutant, good)
		}
	}
}

// mutate makes some small changes.
func mutate(data []byte, changes int) string {
	const alphabet = "0123456789abcdefABCDEF%&=+;{}\":, \n\x00"
	for range changes {
		i, j := rand.IntN(len(data)), rand.IntN(len(data))
		c := alphabet[rand.IntN(len(alphabet))]
		switch rand.IntN(6) {
		case 0:
			data[i] = c
		case 1:
			data = slices.Insert(data, i, c)
		case 2:
			data = slices.Delete(data, i, min(i+1+rand.IntN(8), len(data)))
		case 3:
			data[i], data[j] = data[j], data[i]
		case 4:
			data = slices.Insert(data, i, data[min(i, j):max(i, j)]...)
		case 5:
			data[i] ^= 1 << rand.IntN(8)
		}
	}
	return string(data)
}

func TestByInitData(t *testing.T) {
	t.Parallel()
	db, sql := storetest.Open(t)
	if _, err := account.ByInitData(t.Context(), db, botToken, initData(botToken, opened(0)), now); !errors.Is(err, account.ErrStranger) {
		t.Errorf("a stranger: %v, want ErrStranger", err)
	}
	_, err := sql.Exec(t.Context(), `INSERT INTO users (telegram_id) VALUES (279058397)`)
	check(t, err)
	if user, err := account.ByInitData(t.Context(), db, botToken, initData(botToken, opened(0)), now); user.TelegramID != 279058397 || err != nil {
		t.Errorf("signed in as %+v (%v), want who opened it", user, err)
	}
	if _, err := account.ByInitData(t.Context(), db, botToken, "user=1", now); !errors.Is(err, account.ErrInitData) {
		t.Errorf("made up: %v, want ErrInitData", err)
	}
	_, err = sql.Exec(t.Context(), `UPDATE users SET disabled_at = now()`)
	check(t, err)
	if _, err := account.ByInitData(t.Context(), db, botToken, initData(botToken, opened(0)), now); !errors.Is(err, account.ErrDisabled) {
		t.Errorf("who is shut out: %v, want ErrDisabled", err)
	}
}

func FuzzReadInitData(f *testing.F) {
	good := initData(botToken, opened(time.Minute))
	said, _ := url.ParseQuery(good)
	for _, data := range []string{good, documented, "", "&", "hash=", "user=%7B%7D&auth_date=1&hash=0"} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		id, err := account.ReadInitData(botToken, data, now)
		if err != nil {
			return
		}
		if values, err := url.ParseQuery(data); err != nil || !maps.EqualFunc(values, said, slices.Equal) {
			t.Errorf("user %d by %q", id, data)
		}
	})
}
