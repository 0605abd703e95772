package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core/outbox"
)

// flooded returns what Telegram said when it asked to slow down, or nil.
func flooded(err error) *tg.TooManyRequestsError {
	flood, _ := errors.AsType[*tg.TooManyRequestsError](err)
	return flood
}

// restAfter returns how long Telegram wants to be left alone.
func restAfter(flood *tg.TooManyRequestsError) time.Duration {
	return time.Duration(max(flood.RetryAfter, 1)) * time.Second
}

// unchanged reports whether an edit was refused because the message is so already.
func unchanged(err error) bool {
	return errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), "message is not modified")
}

// vanished reports whether an edit was refused because the message is gone, or
// too old to be edited.
func vanished(err error) bool {
	return errors.Is(err, tg.ErrorBadRequest) && (strings.Contains(err.Error(), "message to edit not found") ||
		strings.Contains(err.Error(), "message can't be edited") || strings.Contains(err.Error(), "MESSAGE_ID_INVALID"))
}

// meaning turns an error of a call into what the outbox knows. The library's
// errors can quote what was sent, so their text goes no further.
func meaning(method string, err error) error {
	flood := flooded(err)
	switch {
	case err == nil:
		return nil
	case flood != nil:
		return outbox.RestError{For: restAfter(flood)}
	case errors.Is(err, tg.ErrorForbidden):
		return fmt.Errorf("%s: %w", method, outbox.ErrBlocked)
	case errors.Is(err, tg.ErrorBadRequest) && strings.Contains(err.Error(), "chat not found"):
		return fmt.Errorf("%s: %w", method, outbox.ErrBlocked)
	case errors.Is(err, tg.ErrorBadRequest):
		return fmt.Errorf("%s: %w", method, outbox.ErrRefused)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", method, context.Canceled)
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		return fmt.Errorf("%s: the bot token is refused", method)
	}
	return fmt.Errorf("%s: Telegram cannot be reached or is in trouble", method)
}

// noPreview keeps links from growing into boxes, and from being fetched.
var noPreview = &models.LinkPreviewOptions{IsDisabled: tg.True()}
