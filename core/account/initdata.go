package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/store"
)

// initDataLife is how old what a Mini App sends may be.
const initDataLife = time.Hour

// ErrInitData says that what a Mini App sent was not made by Telegram for this
// bot within the last hour.
var ErrInitData = errors.New("init data is not good")

// ByInitData returns the enabled user in whose Telegram a Mini App of the bot
// with that token was opened, by the init data that the app was given. Its
// errors are ErrInitData, ErrStranger and ErrDisabled.
func ByInitData(ctx context.Context, db *store.Store, token, initData string, now time.Time) (core.User, error) {
	telegramID, err := ReadInitData(token, initData, now)
	if err != nil {
		return core.User{}, err
	}
	return Admit(ctx, db, telegramID)
}

// ReadInitData returns the Telegram id of the user in init data, or ErrInitData.
//
// It is checked as https://core.telegram.org/bots/webapps describes under
// "Validating data received via the Mini App": hash is the HMAC-SHA-256 of all
// other fields, sorted, by a key that is made of the bot's token.
func ReadInitData(token, initData string, now time.Time) (telegramID int64, err error) {
	fields, ok := readFields(initData)
	if !ok || token == "" || !signed(token, fields) {
		return 0, ErrInitData
	}
	at, err := strconv.ParseInt(fields["auth_date"], 10, 64)
	made := time.Unix(at, 0)
	if err != nil || made.After(now) || now.Sub(made) > initDataLife {
		return 0, ErrInitData
	}
	var user struct{ ID int64 }
	if err := json.Unmarshal([]byte(fields["user"]), &user); err != nil || user.ID <= 0 {
		return 0, ErrInitData
	}
	return user.ID, nil
}

// readFields reads a query in which every field is there once, and reports
// whether it is one.
func readFields(query string) (map[string]string, bool) {
	fields := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		rawName, rawValue, ok := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(rawName)
		value, valueErr := url.QueryUnescape(rawValue)
		if _, twice := fields[name]; !ok || twice || nameErr != nil || valueErr != nil {
			return nil, false
		}
		fields[name] = value
	}
	return fields, true
}

// signed reports whether the fields were signed for the bot.
func signed(token string, fields map[string]string) bool {
	var lines []string
	for name, value := range fields {
		if name != "hash" {
			lines = append(lines, name+"="+value)
		}
	}
	slices.Sort(lines)
	key := sign([]byte("WebAppData"), token)
	want := hex.EncodeToString(sign(key, strings.Join(lines, "\n")))
	return hmac.Equal([]byte(fields["hash"]), []byte(want))
}

func sign(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
