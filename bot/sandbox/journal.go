package sandbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

const (
	journalName = "sandbox.jsonl"
	filesName   = "files"
)

// record is one line of the journal: the newest value of a key, or null when the key
// is gone.
type record struct {
	Key   string          `json:"k"`
	Value json.RawMessage `json:"v"`
}

// A journal keeps the newest value of each key in an append-only file, which is
// rewritten without the old values at start. A line that a crash cut short is dropped.
// A nil journal keeps nothing.
type journal struct {
	dir    string
	failed chan struct{}

	mu   sync.Mutex
	file *os.File
	err  error
}

// openJournal returns the journal in dir and what it holds; a nil journal for no dir.
func openJournal(dir string) (*journal, map[string]json.RawMessage, error) {
	if dir == "" {
		return nil, nil, nil
	}
	if err := os.MkdirAll(filepath.Join(dir, filesName), 0o700); err != nil {
		return nil, nil, fmt.Errorf("sandbox journal: %w", err)
	}
	path := filepath.Join(dir, journalName)
	kept, err := readJournal(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read sandbox journal: %w", err)
	}
	file, err := rewriteJournal(path, kept)
	if err != nil {
		return nil, nil, fmt.Errorf("rewrite sandbox journal: %w", err)
	}
	return &journal{dir: dir, file: file, failed: make(chan struct{})}, kept, nil
}

func readJournal(path string) (map[string]json.RawMessage, error) {
	kept := map[string]json.RawMessage{}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return kept, nil
		}
		if err != nil {
			return nil, err
		}
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, err
		}
		if string(r.Value) == "null" {
			delete(kept, r.Key)
			continue
		}
		kept[r.Key] = r.Value
	}
}

// rewriteJournal replaces the file in one step, so that a crash leaves the old one or
// the new one, and returns the new one open for appending.
func rewriteJournal(path string, kept map[string]json.RawMessage) (_ *os.File, err error) {
	file, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	w := bufio.NewWriter(file)
	lines := json.NewEncoder(w)
	for _, key := range slices.Sorted(maps.Keys(kept)) {
		if err := lines.Encode(record{key, kept[key]}); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	if err := file.Sync(); err != nil {
		return nil, err
	}
	return file, os.Rename(path+".new", path)
}

func (j *journal) put(key string, value any) {
	if j == nil {
		return
	}
	body, err := json.Marshal(value)
	if err != nil {
		j.fail(err)
		return
	}
	j.append(record{key, body})
}

func (j *journal) drop(key string) {
	if j != nil {
		j.append(record{key, json.RawMessage("null")})
	}
}

func (j *journal) append(r record) {
	line, err := json.Marshal(r)
	if err != nil {
		j.fail(err)
		return
	}
	j.mu.Lock()
	_, err = j.file.Write(append(line, '\n'))
	j.mu.Unlock()
	if err != nil {
		j.fail(err)
	}
}

func (j *journal) fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		j.err = fmt.Errorf("write sandbox journal: %w", err)
		close(j.failed)
	}
}

// broken is closed when something could not be written: going on would forget it.
func (j *journal) broken() <-chan struct{} {
	if j == nil {
		return nil
	}
	return j.failed
}

// close returns the first error of writing, if any.
func (j *journal) close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.err, j.file.Close())
}
