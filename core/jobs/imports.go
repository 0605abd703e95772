package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/exchange"
	"github.com/kith-platform/kith/core/store"
)

// tellEvery is how often a chat is told at most how far an import is.
const tellEvery = 2 * time.Second

// importChats reads the chats in a file that a user sent. What is wrong with
// the file is said, and not tried again.
func (w *Worker) importChats(ctx context.Context, t core.Task, finish finish) error {
	m, err := w.Store.Message(ctx, t.UserID, t.MessageID)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp("", "kith-import-")
	if err != nil {
		return fmt.Errorf("make room for a file: %w", err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := w.Sender.Fetch(ctx, m.Args.Query, file); err != nil {
		return err
	}
	if m.Args.Sentence, err = w.importFile(ctx, t, m, file); err != nil {
		return err
	}
	return finish(ctx, func(tx *store.Store) error { return tx.ChangeMessage(ctx, m.UserID, m.ID, m.Args) })
}

// importFile imports a file, tells the chat how far it is, and returns how it
// went.
func (w *Worker) importFile(ctx context.Context, t core.Task, m core.Message, file *os.File) (string, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return "", fmt.Errorf("read a file again: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("read a file again: %w", err)
	}
	told := time.Now()
	done, err := exchange.ImportTelegram(ctx, w.Store, m.UserID, exchange.Progress(file, size, func(percent int) {
		if time.Since(told) < tellEvery {
			return
		}
		told, m.Args.Page = time.Now(), int64(percent)
		w.progress(ctx, t, percent, func(tx *store.Store) error { return tx.ChangeMessage(ctx, m.UserID, m.ID, m.Args) })
	}))
	switch sentence, ok := core.Sentence(err); {
	case ok && errors.Is(err, core.ErrInvalid):
		return sentence, nil
	case err != nil:
		return "", err
	}
	return fmt.Sprintf("Read %s. What was said becomes notes; what I draw from them waits on each person's card until you confirm it.", done), nil
}
