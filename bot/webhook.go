package bot

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// A Webhook takes the updates that Telegram delivers. It answers 200 only when
// an update and all its effects are committed.
type Webhook struct {
	bot    *Bot
	path   string
	header string
	open   atomic.Bool // once the bot knows its name, and the schema is there
	lanes  [256]sync.Mutex
}

// The secrets of the webhook, and what strangers are told by, come from one key.
const (
	purposePath    = "kith webhook path"
	purposeHeader  = "kith webhook header"
	purposeRefusal = "kith refusals"
)

// derive returns 32 bytes for a purpose from the secret key (HKDF, RFC 5869).
func derive(key, purpose string) []byte {
	out, err := hkdf.Key(sha256.New, []byte(key), nil, purpose, 32)
	if err != nil {
		panic("derive a key: " + err.Error()) // the length is a constant that fits
	}
	return out
}

// RefusalKey returns the key by which it is known in Redis who was refused today.
func RefusalKey(secretKey string) []byte { return derive(secretKey, purposeRefusal) }

// NewWebhook returns the webhook of a bot, with secrets from the secret key.
func NewWebhook(b *Bot, secretKey string) *Webhook {
	return &Webhook{
		bot:    b,
		path:   hex.EncodeToString(derive(secretKey, purposePath)[:16]),
		header: hex.EncodeToString(derive(secretKey, purposeHeader)[:16]),
	}
}

// maxUpdate is the most bytes of one update.
const maxUpdate = 1 << 20

// ServeHTTP deals with one update. The request's path value "secret" and its
// header must be the secrets that Telegram was given.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	pathFits := same(r.PathValue("secret"), h.path)
	headerFits := same(r.Header.Get("X-Telegram-Bot-Api-Secret-Token"), h.header)
	if !pathFits || !headerFits {
		http.Error(w, "not for you", http.StatusUnauthorized)
		return
	}
	if !h.open.Load() {
		http.Error(w, "starting", http.StatusServiceUnavailable)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		http.Error(w, "too large for an update", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(w, "the update broke off", http.StatusBadRequest)
		return
	}
	u, err := read(raw)
	if err != nil {
		http.Error(w, "not an update", http.StatusBadRequest)
		return
	}
	if err := h.handle(r.Context(), u); err != nil {
		h.bot.Log.WarnContext(r.Context(), "update will come again", "update", u.ID, "err", err)
		http.Error(w, "try again", http.StatusServiceUnavailable)
	}
}

// handle deals with an update, after those of its chat that came before.
func (h *Webhook) handle(ctx context.Context, u update) error {
	lane := &h.lanes[uint64(u.chat())%uint64(len(h.lanes))]
	lane.Lock()
	defer lane.Unlock()
	return h.bot.Handle(ctx, u)
}

// same compares in constant time.
func same(got, want string) bool {
	g, w := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(g[:], w[:]) == 1
}
