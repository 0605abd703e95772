package userclient

import (
	"errors"
	"time"

	"github.com/gotd/td/tgerr"
)

// ended returns what to say of an error by which Telegram ended a session for
// good, or "".
func ended(err error) string {
	switch {
	case tgerr.Is(err, "AUTH_KEY_UNREGISTERED", "SESSION_REVOKED", "SESSION_EXPIRED", "AUTH_KEY_INVALID"):
		return "Telegram ended the session: it was signed out among your devices, or your password was changed."
	case tgerr.Is(err, "AUTH_KEY_DUPLICATED"):
		return "Telegram ended the session because it was used from two places at once."
	case tgerr.Is(err, "USER_DEACTIVATED", "USER_DEACTIVATED_BAN"):
		return "Telegram says that the account is deleted or banned."
	}
	return ""
}

// A refusal is what Telegram says of a step of linking.
type refusal struct {
	sentence string
	again    bool // the same step can be tried again
}

// refusals are those that a person can do something about.
var refusals = map[string]refusal{
	"PHONE_CODE_INVALID":      {"That code is not right. Type it as Telegram sent it.", true},
	"PHONE_CODE_EMPTY":        {"That code is not right. Type it as Telegram sent it.", true},
	"PHONE_CODE_EXPIRED":      {"That code has run out, or was sent through a chat. Begin again.", false},
	"PASSWORD_HASH_INVALID":   {"That password is not right.", true},
	"SEND_CODE_UNAVAILABLE":   {"Telegram has no other way to send the code. Wait for it, or begin again.", true},
	"PHONE_NUMBER_INVALID":    {"Telegram does not take that phone number. Write it with its country code.", false},
	"PHONE_NUMBER_BANNED":     {"Telegram has banned that phone number.", false},
	"PHONE_NUMBER_FLOOD":      {"Telegram wants no more tries with that phone number today.", false},
	"PHONE_PASSWORD_FLOOD":    {"Telegram wants no more tries with that phone number today.", false},
	"PHONE_NUMBER_UNOCCUPIED": {"There is no Telegram account with that phone number.", false},
	"API_ID_INVALID":          {"Telegram does not take this Kith's TELEGRAM_API_ID and TELEGRAM_API_HASH. Tell whoever runs it.", false},
	"API_ID_PUBLISHED_FLOOD":  {"Telegram does not take this Kith's TELEGRAM_API_ID and TELEGRAM_API_HASH. Tell whoever runs it.", false},
	"AUTH_TOKEN_EXPIRED":      {"That QR code has run out. Begin again.", false},
	"AUTH_TOKEN_INVALID":      {"That QR code has run out. Begin again.", false},
	"UPDATE_APP_TO_LOGIN":     {"Telegram wants a newer app for this. Tell whoever runs this Kith.", false},
	"SESSION_PASSWORD_NEEDED": {"Telegram asks for the password of your account.", true},
	"AUTH_RESTART":            {"Telegram wants you to begin again.", false},
}

// refused returns what a person is told of an error while linking, and reports
// whether it is one that they can do something about.
func refused(err error, zone *time.Location) (refusal, bool) {
	if wait, ok := tgerr.AsFloodWait(err); ok {
		until := time.Now().Add(wait).In(zone).Format("15:04")
		return refusal{"Telegram asks to wait until " + until + " before the next try.", true}, true
	}
	told, ok := errors.AsType[*tgerr.Error](err)
	if !ok {
		return refusal{}, false
	}
	r, ok := refusals[told.Type]
	return r, ok
}
