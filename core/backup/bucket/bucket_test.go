package bucket_test

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/kith-platform/kith/core/backup"
	"github.com/kith-platform/kith/core/backup/bucket"
)

// open returns a folder of a bucket in a store of the test's own.
func open(t *testing.T) *bucket.Bucket {
	t.Helper()
	files := s3mem.New()
	if err := files.CreateBucket("kith"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(files).Server())
	t.Cleanup(server.Close)
	b, err := bucket.Open("s3+http://someone:hidden@" + strings.TrimPrefix(server.URL, "http://") + "/kith/home/?region=eu-1")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t *testing.T, b *bucket.Bucket, name string, content []byte) {
	t.Helper()
	err := b.Put(t.Context(), name, func(w io.Writer) error { _, err := w.Write(content); return err })
	if err != nil {
		t.Fatal(err)
	}
}

func TestBucketKeepsFiles(t *testing.T) {
	t.Parallel()
	b := open(t)
	// It is sent in two parts.
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<20+1)
	put(t, b, "kith-20260102T030405Z.backup", content)
	put(t, b, "other", []byte("x"))
	file, err := b.Open(t.Context(), "kith-20260102T030405Z.backup")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, content) {
		t.Errorf("got %d bytes, %v, want the %d sent", len(got), err, len(content))
	}
	if err := b.Remove(t.Context(), "other"); err != nil {
		t.Error(err)
	}
	files, err := b.List(t.Context())
	if want := (backup.File{Name: "kith-20260102T030405Z.backup", Size: int64(len(content))}); err != nil || len(files) != 1 || files[0] != want {
		t.Errorf("the folder has %v, %v, want %v", files, err, want)
	}
	if _, err := b.Open(t.Context(), "other"); err == nil {
		t.Error("what is removed can be opened")
	}
	if s := b.String(); strings.Contains(s, "hidden") || !strings.HasSuffix(s, "/kith/home/") {
		t.Errorf("it is called %q", s)
	}
}

func TestFileThatBreaksOffIsNotKept(t *testing.T) {
	t.Parallel()
	b, broken := open(t), errors.New("broken")
	err := b.Put(t.Context(), "half", func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 20<<20)); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if files, err := b.List(t.Context()); err != nil || len(files) != 0 {
		t.Errorf("the folder has %v, %v, want nothing", files, err)
	}
}

func TestBucketThatIsAwayIsAnError(t *testing.T) {
	t.Parallel()
	b, err := bucket.Open("s3+http://someone:hidden@127.0.0.1:1/kith?region=eu-1")
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	err = b.Put(t.Context(), "all", func(w io.Writer) error {
		defer func() { ended = true }()
		_, err := io.Copy(w, strings.NewReader(strings.Repeat("x", 20<<20)))
		return err
	})
	if err == nil || strings.Contains(err.Error(), "hidden") || !ended {
		t.Errorf("got %v, writing ended %v, want an error without the secret, and an end", err, ended)
	}
}

func TestWrongURLs(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "s3://", "s3://host/bucket", "https://a:b@host/bucket", "s3://a:b@host", "s3://a:b@host/", "s3://a:b@host:port/bucket", "%"} {
		if _, err := bucket.Open(raw); !errors.Is(err, bucket.ErrURL) {
			t.Errorf("%q: got %v, want %v", raw, err, bucket.ErrURL)
		}
	}
}
