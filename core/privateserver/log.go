package privateserver

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// newLog makes the file for what the server prints. One earlier log stays, so
// that why a server died can be read after its successor started.
func (h *Home) newLog() (*os.File, error) {
	path := h.path(serverLog)
	if err := os.Rename(path, path+".old"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}

func logTail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return tail(b)
}

// tail returns the last lines of what a program printed, as one line.
func tail(output []byte) string {
	const most = 5
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return strings.Join(lines[max(0, len(lines)-most):], "; ")
}
