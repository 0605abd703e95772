package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-telegram/bot/models"
)

// A Client acts on a sandbox from outside, as the chat page does: it lets users talk
// to the bot, looks at what came of it, and makes calls go wrong. All its waiting ends
// with the context. It may be used by many goroutines.
type Client struct {
	base string
	http *http.Client
}

// newClient keeps enough connections open for tests that act as many users at once.
func newClient(base string) *Client {
	return &Client{base: base, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
}

// Dial returns a client of the sandbox whose page has this address.
func Dial(pageURL string) (*Client, error) {
	u, err := url.Parse(pageURL)
	if err != nil {
		return nil, fmt.Errorf("sandbox page: %w", err)
	}
	u.RawQuery = ""
	return newClient(strings.TrimSuffix(u.String(), "/")), nil
}

// AddUser adds somebody who may talk to the bot.
func (c *Client) AddUser(ctx context.Context, firstName string) (*User, error) {
	return c.Add(ctx, models.User{FirstName: firstName})
}

// Add adds a user with more than a first name. One without an id gets one; one with
// a known id replaces it.
func (c *Client) Add(ctx context.Context, user models.User) (*User, error) {
	u := &User{client: c}
	return u, c.do(ctx, http.MethodPost, "/users", user, &u.User)
}

// Users returns everybody who may talk to the bot, the first added first.
func (c *Client) Users(ctx context.Context) ([]*User, error) {
	var state struct {
		Chats []*User `json:"chats"`
	}
	err := c.do(ctx, http.MethodGet, "/state", nil, &state)
	for _, u := range state.Chats {
		u.client = c
	}
	return state.Chats, err
}

// AddGroup adds a group with the bot in it.
func (c *Client) AddGroup(ctx context.Context, title string) (models.Chat, error) {
	var group models.Chat
	err := c.do(ctx, http.MethodPost, "/groups", models.Chat{Title: title}, &group)
	return group, err
}

// Inject queues any update: a value whose JSON form is that of a Bot API Update
// without update_id, with exactly one other field. It returns the update's id, or 0
// when the bot has not asked for that kind.
func (c *Client) Inject(ctx context.Context, update any) (int64, error) {
	var queued struct {
		ID int64 `json:"update_id"`
	}
	err := c.do(ctx, http.MethodPost, "/updates", update, &queued)
	return queued.ID, err
}

// SetNextUpdateID makes the ids of updates go on from here, as Telegram does after a
// quiet week. It is refused while updates are unconfirmed.
func (c *Client) SetNextUpdateID(ctx context.Context, id int64) error {
	return c.do(ctx, http.MethodPut, "/updates/next", queueInfo{Next: id}, nil)
}

// Pending returns how many updates the bot has not confirmed.
func (c *Client) Pending(ctx context.Context) (int, error) {
	var info queueInfo
	err := c.do(ctx, http.MethodGet, "/updates", nil, &info)
	return info.Pending, err
}

// WaitConfirmed waits until the bot has confirmed every update.
func (c *Client) WaitConfirmed(ctx context.Context) error {
	for {
		var info queueInfo
		if err := c.do(ctx, http.MethodGet, "/updates?most=0", nil, &info); err != nil {
			return fmt.Errorf("wait for updates to be confirmed: %w", err)
		}
		if info.Pending == 0 {
			return nil
		}
	}
}

// Fail makes the next calls that the fault fits go wrong. Faults are used in the
// order in which they were added.
func (c *Client) Fail(ctx context.Context, f Fault) error {
	return c.do(ctx, http.MethodPost, "/faults", f, nil)
}

// ClearFaults forgets the faults that have not been used.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, "/faults", nil, nil)
}

// Calls returns the bot's calls after the one with the number since, 0 for all. Only
// the last few thousand are remembered.
func (c *Client) Calls(ctx context.Context, since int) ([]Call, error) {
	var calls []Call
	err := c.do(ctx, http.MethodGet, fmt.Sprintf("/calls?since=%d", since), nil, &calls)
	return calls, err
}

// WaitCall waits for a call after the one with the number since that fits.
func (c *Client) WaitCall(ctx context.Context, since int, fits func(Call) bool) (Call, error) {
	for {
		var calls []Call
		if err := c.do(ctx, http.MethodGet, fmt.Sprintf("/calls?wait&since=%d", since), nil, &calls); err != nil {
			return Call{}, fmt.Errorf("wait for call: %w", err)
		}
		for _, call := range calls {
			if fits(call) {
				return call, nil
			}
			since = call.Seq
		}
	}
}

// Chat returns the messages of a chat, oldest first.
func (c *Client) Chat(ctx context.Context, id int64) ([]Message, error) {
	_, messages, err := c.chat(ctx, id, 0)
	return messages, err
}

// chat waits for a state of the chat that is newer than rev.
func (c *Client) chat(ctx context.Context, id, rev int64) (int64, []Message, error) {
	var t struct {
		Rev      int64     `json:"rev"`
		Messages []Message `json:"messages"`
	}
	err := c.do(ctx, http.MethodGet, fmt.Sprintf("/chats/%d?since=%d", id, rev), nil, &t)
	return t.Rev, t.Messages, err
}

// Wait waits until the messages of the chat are as wanted and returns them. Its error
// tells what the chat showed last.
func (c *Client) Wait(ctx context.Context, id int64, wanted func(chat []Message) bool) ([]Message, error) {
	var last []Message
	var rev int64
	for {
		newer, messages, err := c.chat(ctx, id, rev)
		if err != nil {
			return last, fmt.Errorf("wait for chat %d: %w; it shows:\n%s", id, err, script(last))
		}
		rev, last = newer, messages
		if wanted(messages) {
			return messages, nil
		}
	}
}

// script writes a chat as text, for the reader of a failed test.
func script(chat []Message) string {
	var out strings.Builder
	for _, m := range chat {
		who := "bot"
		if !m.FromBot() {
			who = "user"
		}
		fmt.Fprintf(&out, "%d %s: %s%s %q\n", m.ID, who, m.Text, m.Caption, m.Buttons())
	}
	return out.String()
}

// Upload stores a file, which messages can then name by its file_id.
func (c *Client) Upload(ctx context.Context, name string, data []byte) (models.Document, error) {
	var file models.Document
	path := "/files?" + url.Values{"name": {name}}.Encode()
	err := c.send(ctx, http.MethodPost, path, "application/octet-stream", data, &file)
	return file, err
}

// Download returns the bytes of a file that a user or the bot sent.
func (c *Client) Download(ctx context.Context, fileID string) ([]byte, error) {
	var data []byte
	err := c.send(ctx, http.MethodGet, "/files/"+url.PathEscape(fileID), "", nil, &data)
	return data, err
}

func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	if in == nil {
		return c.send(ctx, method, path, "", nil, out)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return c.send(ctx, method, path, "application/json", body, out)
}

// send makes one request and decodes the answer into out: JSON, or bytes for *[]byte.
func (c *Client) send(ctx context.Context, method, path, contentType string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/api"+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	r.Header.Set("Content-Type", contentType)
	resp, err := c.http.Do(r)
	if err != nil {
		return hideKey(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return hideKey(err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("sandbox: %s", problem(data, resp.Status))
	}
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out = data
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}

// hideKey drops the address, which holds the page's key, from the error.
func hideKey(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return fmt.Errorf("sandbox: %w", err)
}

func problem(body []byte, status string) string {
	var told struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &told) != nil || told.Error == "" {
		return status
	}
	return told.Error
}
