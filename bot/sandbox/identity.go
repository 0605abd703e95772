package sandbox

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-telegram/bot/models"
)

const (
	botName     = "Kith"
	botUsername = "kith_sandbox_bot"
	identityKey = "identity"
)

// identity holds the two secrets of a sandbox: the bot's token and the key in the
// address of the page.
type identity struct {
	Token string `json:"token"`
	Page  string `json:"page"`
}

// loadIdentity returns the kept identity, with the token replaced by the given one
// and with new secrets for those there are none of.
func loadIdentity(j *journal, kept map[string]json.RawMessage, token string) (identity, error) {
	var id identity
	if body, ok := kept[identityKey]; ok {
		if err := json.Unmarshal(body, &id); err != nil {
			return identity{}, fmt.Errorf("read sandbox identity: %w", err)
		}
	}
	if token != "" {
		id.Token = token
	}
	if id.Token == "" {
		id.Token = "7000000001:" + rand.Text() + rand.Text()[:9]
	}
	if id.Page == "" {
		id.Page = rand.Text()
	}
	if id.botID() <= 0 {
		return identity{}, fmt.Errorf("bot token: it has the form 123456:secret")
	}
	j.put(identityKey, id)
	return id, nil
}

func (id identity) botID() int64 {
	number, secret, _ := strings.Cut(id.Token, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || secret == "" {
		return 0
	}
	return n
}

func (id identity) bot() models.User {
	return models.User{ID: id.botID(), IsBot: true, FirstName: botName, Username: botUsername}
}
