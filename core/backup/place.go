package backup

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"
)

// A Place keeps backups: a directory, or a bucket of an S3-compatible store.
type Place interface {
	// Put keeps what write writes under a name, all of it or nothing.
	Put(ctx context.Context, name string, write func(w io.Writer) error) error
	// Open returns what is kept under a name. The caller closes it.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// List returns what is kept.
	List(ctx context.Context) ([]File, error)
	// Remove removes what is kept under a name.
	Remove(ctx context.Context, name string) error
	// String says where the place is, without secrets.
	String() string
}

// A File is something kept in a Place.
type File struct {
	Name string
	Size int64
}

const (
	namePrefix = "kith-"
	nameSuffix = ".backup"
	nameTime   = "20060102T150405Z"
)

// Name returns what a backup of that time is called.
func Name(at time.Time) string { return namePrefix + at.UTC().Format(nameTime) + nameSuffix }

// madeAt returns the time in a backup's name, and reports whether it is one.
func madeAt(name string) (time.Time, bool) {
	middle, ok := strings.CutPrefix(name, namePrefix)
	middle, ends := strings.CutSuffix(middle, nameSuffix)
	at, err := time.Parse(nameTime, middle)
	return at, ok && ends && err == nil
}

// Backups returns the backups in a place, the newest first. What else is there
// is left out.
func Backups(ctx context.Context, place Place) ([]File, error) {
	all, err := place.List(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(f File) bool { _, ok := madeAt(f.Name); return !ok })
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(b.Name, a.Name) })
	return all, nil
}
