package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/exchange"
	"github.com/kith-platform/kith/core/outbox"
)

// maxFile is the most bytes of a file that bots may fetch, by the Bot API.
const maxFile = 20 << 20

// isExport reports whether a document may be an export of Telegram Desktop; one
// as web pages is refused once it was looked at.
func isExport(d *models.Document) bool {
	if d == nil {
		return false
	}
	name := strings.ToLower(d.FileName)
	return strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".html") || d.MimeType == "application/json"
}

// document has the chats in a file imported.
func (b *Bot) document(ctx context.Context, t *turn, d *models.Document) error {
	if d.FileSize > maxFile {
		return core.Tell(core.ErrInvalid, "That file has more than 20 MB, and Telegram lets bots fetch no more. Export one chat at a time, or ask whoever runs this Kith for kith import.")
	}
	m := core.Message{UserID: t.user.ID, ChatID: t.chatID, ReplyTo: t.messageID}
	task, err := exchange.Ask(ctx, t.tx, m, d.FileID, shorten(core.Clean(d.FileName), 80))
	t.tasks = append(t.tasks, task)
	return err
}

// importText says how an import goes.
func importText(args core.MessageArgs) string {
	switch {
	case args.Sentence != "":
		return esc(args.Sentence)
	case args.Page > 0:
		return fmt.Sprintf("Reading %s… %d %%", bold(args.Name), args.Page)
	}
	return fmt.Sprintf("Reading %s…", bold(args.Name))
}

// Fetch writes a file that a user sent to w. One that Telegram refuses to give is
// an error of kind core.ErrNotPossible. Errors have no address: that has the
// token.
func (s *Sender) Fetch(ctx context.Context, fileID string, w io.Writer) error {
	file, err := s.api.GetFile(ctx, &tg.GetFileParams{FileID: fileID})
	s.called(ctx, "getFile", 0, err)
	if err = meaning("getFile", err); errors.Is(err, outbox.ErrRefused) {
		return core.Tell(core.ErrNotPossible, "Telegram does not give me that file. Please send it again.")
	}
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.api.FileDownloadLink(file), nil)
	if err != nil {
		return errors.New("fetch a file: the Bot API address is wrong")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return errors.New("fetch a file: Telegram cannot be reached")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("fetch a file: Telegram answers %d", resp.StatusCode)
	}
	if _, err := io.Copy(w, io.LimitReader(resp.Body, maxFile+1)); err != nil {
		return errors.New("fetch a file: it broke off")
	}
	return nil
}
