package backup_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/backup"
)

// Wherever a file is cut or changed, it is found out, unless what is in it is
// the same all the same.
func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	from := inhabited(t)
	plain := from.back("")
	_, err := backup.Check(t.Context(), bytes.NewReader(plain), key)
	check(t, err) // a key that is not needed does no harm
	for i := 0; i < len(plain); i += 37 {
		wantRefused(t, plain[:i], "", "cut at %d of %d", i, len(plain))
		if damaged := flip(plain, i); !bytes.Equal(inside(damaged), inside(plain)) {
			wantRefused(t, damaged, "", "changed at %d of %d", i, len(plain))
		}
	}
	for i := range 8 {
		wantRefused(t, plain[:len(plain)-1-i], "", "without the last %d", i+1)
	}
	wantRefused(t, append(plain, plain...), "", "twice in a row")
	encrypted := from.back(key)
	for i := 0; i < len(encrypted); i += 1 + len(encrypted)/7 { // each try costs a key derivation
		wantRefused(t, encrypted[:i], key, "encrypted, cut at %d of %d", i, len(encrypted))
		wantRefused(t, flip(encrypted, i), key, "encrypted, changed at %d of %d", i, len(encrypted))
	}
	wantRefused(t, encrypted[:len(encrypted)-1], key, "encrypted, without its last byte")
	wantRefused(t, append(encrypted, 0), key, "encrypted, with a byte more")
}

// inside returns what is compressed in a file, or nil.
func inside(file []byte) []byte {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil
	}
	defer decoder.Close()
	plain, err := decoder.DecodeAll(file, nil)
	if err != nil {
		return nil
	}
	return plain
}

func wantRefused(t *testing.T, file []byte, key, format string, args ...any) {
	t.Helper()
	c, err := backup.Check(t.Context(), bytes.NewReader(file), key)
	if !errors.Is(err, core.ErrInvalid) {
		t.Errorf(format+": got %v, %v, want it refused", append(args, c, err)...)
	}
}

func TestWhatIsNoBackupIsRefused(t *testing.T) {
	t.Parallel()
	for _, file := range [][]byte{nil, []byte("PK\x03\x04"), []byte(strings.Repeat("-- PostgreSQL dump\n", 100)), compressed(t, []byte("hello\n"))} {
		_, err := backup.Check(t.Context(), bytes.NewReader(file), "")
		wantTold(t, err, "This is not a backup of Kith's.")
	}
}

func TestCheckStopsWhenAsked(t *testing.T) {
	t.Parallel()
	file := inhabited(t).back("")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := backup.Check(ctx, bytes.NewReader(file), ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func compressed(t testing.TB, inside []byte) []byte {
	t.Helper()
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return encoder.EncodeAll(inside, nil)
}

// FuzzCheck has it read what only looks like a backup: it is refused, whatever
// it is.
func FuzzCheck(f *testing.F) {
	for _, inside := range []string{
		"", "Kith backup 1 {}\n", "Kith backup 1 {\"schema\":7}\nCOPY {\"table\":\"users\",\"columns\":[\"id\"]}\n1\n\\.\nSHA-256 0\n",
		"Kith backup 1 {}\nSEQUENCE {\"sequence\":\"steps\",\"last_value\":4}\n", "Kith backup 1 null\nCOPY []\n\\.", "Kith backup 1 {}\nCOPY {}\n" + strings.Repeat("x", 1<<17),
	} {
		f.Add([]byte(inside))
	}
	f.Fuzz(func(t *testing.T, inside []byte) {
		if _, err := backup.Check(t.Context(), bytes.NewReader(compressed(t, inside)), ""); !errors.Is(err, core.ErrInvalid) {
			t.Errorf("got %v, want it refused", err)
		}
	})
}
