package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// A Folder is a directory that keeps backups, each readable by its owner only.
type Folder string

// part ends the names of files that are being written.
const part = ".part"

// Put writes a file beside its place, and moves it there when it is on disk.
func (f Folder) Put(_ context.Context, name string, write func(w io.Writer) error) (err error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return fmt.Errorf("make the directory of backups: %w", err)
	}
	f.tidy()
	unfinished := f.path(name) + part
	file, err := os.OpenFile(unfinished, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write a backup: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(unfinished)
		}
	}()
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(unfinished, f.path(name)); err != nil {
		return fmt.Errorf("write a backup: %w", err)
	}
	return f.sync()
}

// abandoned is how long ago somebody wrote to a file that nobody writes any more.
const abandoned = time.Hour

// tidy removes what a killed process left.
func (f Folder) tidy() {
	left, _ := filepath.Glob(f.path(namePrefix + "*" + nameSuffix + part)) // the pattern is right
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > abandoned {
			os.Remove(path)
		}
	}
}

// sync has the directory itself written to disk.
func (f Folder) sync() error {
	dir, err := os.Open(string(f))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Open opens a file.
func (f Folder) Open(_ context.Context, name string) (io.ReadCloser, error) {
	return os.Open(f.path(name))
}

// List returns the files; none when there is no such directory.
func (f Folder) List(context.Context) ([]File, error) {
	entries, err := os.ReadDir(string(f))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var files []File
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			files = append(files, File{e.Name(), info.Size()})
		}
	}
	return files, nil
}

// Remove removes a file.
func (f Folder) Remove(_ context.Context, name string) error { return os.Remove(f.path(name)) }

// String returns the directory's path.
func (f Folder) String() string { return string(f) }

func (f Folder) path(name string) string { return filepath.Join(string(f), name) }
