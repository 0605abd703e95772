package sandbox

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"

	"github.com/go-telegram/bot/models"
)

const (
	defaultConnections = 40
	maxConnections     = 100
	maxSecret          = 256
)

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

// webhookConfig says where updates are posted; no URL means that they are fetched.
type webhookConfig struct {
	URL         string `json:"url"`
	Secret      string `json:"secret"`
	Connections int    `json:"connections"`
}

func (s *Server) setWebhook(_ context.Context, c *call) (any, error) {
	config, err := readWebhook(c)
	if err != nil {
		return nil, err
	}
	var allowed []string
	if err := c.object("allowed_updates", &allowed); err != nil {
		return nil, err
	}
	s.queue.setWebhook(config, allowed, c.flag("drop_pending_updates"))
	s.hook.forgetErrors()
	return true, nil
}

func readWebhook(c *call) (webhookConfig, error) {
	address := c.text("url")
	if address == "" {
		return webhookConfig{}, nil
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return webhookConfig{}, badRequest("bad webhook: Invalid URL specified")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return webhookConfig{}, badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	}
	secret := c.text("secret_token")
	switch {
	case len(secret) > maxSecret:
		return webhookConfig{}, badRequest("secret token is too long")
	case !secretForm.MatchString(secret):
		return webhookConfig{}, badRequest("secret token contains unallowed characters")
	}
	connections := defaultConnections
	if c.has("max_connections") {
		connections = int(min(max(c.integer("max_connections"), 1), maxConnections))
	}
	return webhookConfig{URL: address, Secret: secret, Connections: connections}, nil
}

func (s *Server) deleteWebhook(_ context.Context, c *call) (any, error) {
	s.queue.setWebhook(webhookConfig{}, nil, c.flag("drop_pending_updates"))
	s.hook.forgetErrors()
	return true, nil
}

// setWebhook switches the way of delivery. Allowed updates stay as they are when nil.
func (q *queue) setWebhook(config webhookConfig, allowed []string, drop bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if config.URL != "" {
		q.interrupt("terminated by setWebhook request")
	}
	q.state.Webhook = config
	if allowed != nil {
		q.state.Allowed = allowed
	}
	q.keep()
	if drop {
		q.confirmWhile(func(*update) bool { return true })
	}
	q.changed.fire()
}

func (s *Server) getWebhookInfo(context.Context, *call) (any, error) {
	failed, at := s.hook.lastError()
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	info := models.WebhookInfo{
		URL:                q.state.Webhook.URL,
		PendingUpdateCount: q.waiting,
		MaxConnections:     q.state.Webhook.Connections,
		AllowedUpdates:     q.state.Allowed,
		LastErrorMessage:   failed,
	}
	if failed != "" {
		info.LastErrorDate = int(at.Unix())
	}
	return info, nil
}

// request is the POST that carries the update.
func (c webhookConfig) request(ctx context.Context, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if c.Secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", c.Secret)
	}
	return r, nil
}
