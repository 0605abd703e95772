package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	tg "github.com/go-telegram/bot"
)

// fetch polls once. The library's own poller confirms too early, and keeps its
// call to itself.
func (p *Poller) fetch(ctx context.Context, offset int64) (batch []update, err error) {
	defer func() { p.Bot.Metrics.called("getUpdates", err) }()
	body, err := json.Marshal(map[string]any{
		"offset": offset, "limit": 100, "timeout": int(pollFor.Seconds()), "allowed_updates": allowed,
	})
	if err != nil {
		return nil, fmt.Errorf("ask for updates: %w", err)
	}
	ctx, done := context.WithTimeout(ctx, pollFor+10*time.Second)
	defer done()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("ask for updates: the Bot API address is wrong")
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil { // its text would have the token
		return nil, errors.New("ask for updates: Telegram cannot be reached")
	}
	defer resp.Body.Close()
	return decodeBatch(io.LimitReader(resp.Body, maxBatch))
}

// maxBatch is the most bytes of one answer to a poll.
const maxBatch = 32 << 20

func (p *Poller) url() string {
	server := p.Server
	if server == "" {
		server = "https://api.telegram.org"
	}
	return server + "/bot" + p.Token + "/getUpdates"
}

// decodeBatch reads the answer to a poll.
func decodeBatch(r io.Reader) ([]update, error) {
	var answer struct {
		OK         bool
		ErrorCode  int `json:"error_code"`
		Result     []json.RawMessage
		Parameters struct {
			RetryAfter int `json:"retry_after"`
		}
	}
	if err := json.NewDecoder(r).Decode(&answer); err != nil {
		return nil, errors.New("ask for updates: the answer is no JSON")
	}
	switch {
	case answer.ErrorCode == http.StatusTooManyRequests:
		return nil, &tg.TooManyRequestsError{Message: "ask for updates", RetryAfter: answer.Parameters.RetryAfter}
	case answer.ErrorCode == http.StatusConflict:
		return nil, errors.New("ask for updates: another program polls with this token, or a webhook is set")
	case answer.ErrorCode == http.StatusUnauthorized, answer.ErrorCode == http.StatusNotFound:
		return nil, errors.New("ask for updates: Telegram refuses the token; check TELEGRAM_BOT_TOKEN")
	case !answer.OK:
		return nil, fmt.Errorf("ask for updates: Telegram answers %d", answer.ErrorCode)
	}
	batch := make([]update, 0, len(answer.Result))
	for _, raw := range answer.Result {
		u, err := read(raw)
		if err != nil {
			return nil, err
		}
		batch = append(batch, u)
	}
	return batch, nil
}
