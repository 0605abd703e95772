package backup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/kith-platform/kith/core/store"
)

// A filler takes what is in a backup, in its order.
type filler interface {
	Copy(ctx context.Context, rows io.Reader, t store.Table) (int64, error)
	Advance(ctx context.Context, s store.Sequence) error
}

// Check reads a backup to its end and returns what is in it. The error is one
// that people may read when it is damaged, or encrypted with another key.
func Check(ctx context.Context, r io.Reader, key string) (Contents, error) {
	return pour(ctx, r, key, counter{})
}

// A counter takes a backup and keeps none of it.
type counter struct{}

// Copy counts rows.
func (counter) Copy(ctx context.Context, rows io.Reader, _ store.Table) (n int64, err error) {
	block := make([]byte, 64<<10)
	for err == nil && ctx.Err() == nil {
		var k int
		k, err = rows.Read(block)
		n += int64(bytes.Count(block[:k], []byte("\n")))
	}
	if errors.Is(err, io.EOF) {
		return n, nil
	}
	if err == nil {
		err = ctx.Err()
	}
	return n, err
}

// Advance does nothing.
func (counter) Advance(context.Context, store.Sequence) error { return nil }

// pour gives into all that is in a backup. Only when the error is nil was the
// backup whole.
func pour(ctx context.Context, r io.Reader, key string, into filler) (c Contents, err error) {
	plain, encrypted, err := unseal(r, key)
	if err != nil {
		return c, err
	}
	defer plain.Close()
	in := &reader{from: bufio.NewReaderSize(plain, 64<<10), sum: sha256.New()}
	if c, err = in.contents(); err != nil {
		return c, err
	}
	c.Encrypted = encrypted
	for {
		line, err := in.line()
		switch {
		case err != nil:
			return c, err
		case strings.HasPrefix(line, tableBegins):
			rows, err := in.table(ctx, line, into)
			if err != nil {
				return c, err
			}
			c.Tables, c.Rows = c.Tables+1, c.Rows+rows
		case strings.HasPrefix(line, sequenceIs):
			if err := in.sequence(ctx, line, into); err != nil {
				return c, err
			}
		default:
			return c, in.end(line)
		}
	}
}

// A reader reads what is in a backup, and sums it up.
type reader struct {
	from    *bufio.Reader
	sum     hash.Hash
	summed  []byte // the sum of all but the last line
	damaged bool   // the file ended early or could not be opened up
}

// piece returns the next line, or the next piece of one that is long. It is
// valid until the next call.
func (r *reader) piece() ([]byte, error) {
	piece, err := r.from.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		r.damaged = true
		return nil, errDamaged
	}
	r.sum.Write(piece) // never fails
	return piece, nil
}

// line returns the next line, which is none of a table's.
func (r *reader) line() (string, error) {
	r.summed = r.sum.Sum(nil)
	line, err := r.piece()
	if err == nil && !bytes.HasSuffix(line, []byte("\n")) {
		return "", errDamaged
	}
	return string(line), err
}

func (r *reader) contents() (c Contents, err error) {
	line, err := r.line()
	switch {
	case err != nil:
		return c, err
	case !strings.HasPrefix(line, firstLine):
		return c, errForeign
	}
	return c, read(line, firstLine, &c)
}

func (r *reader) table(ctx context.Context, line string, into filler) (int64, error) {
	var t tableLine
	if err := read(line, tableBegins, &t); err != nil {
		return 0, err
	}
	n, err := into.Copy(ctx, &rows{from: r}, store.Table{Name: t.Table, Columns: t.Columns})
	if r.damaged {
		return 0, errDamaged
	}
	return n, err
}

func (r *reader) sequence(ctx context.Context, line string, into filler) error {
	var s sequenceLine
	if err := read(line, sequenceIs, &s); err != nil {
		return err
	}
	return into.Advance(ctx, store.Sequence{Name: s.Sequence, LastValue: s.LastValue})
}

// end compares the checksum, behind which there is nothing more.
func (r *reader) end(line string) error {
	if line != fmt.Sprintf("%s%x\n", checksumIs, r.summed) {
		return errDamaged
	}
	if _, err := r.from.ReadByte(); !errors.Is(err, io.EOF) {
		return errDamaged
	}
	return nil
}

// rows are the lines of one table.
type rows struct {
	from  *reader
	piece []byte
	long  bool // the piece before was not the end of its line
	ended bool
}

// Read fills p with rows until they end.
func (r *rows) Read(p []byte) (n int, err error) {
	for n < len(p) && !r.ended {
		if len(r.piece) == 0 {
			if err := r.next(); err != nil {
				return n, err
			}
			continue
		}
		k := copy(p[n:], r.piece)
		n, r.piece = n+k, r.piece[k:]
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (r *rows) next() (err error) {
	if r.piece, err = r.from.piece(); err != nil {
		return err
	}
	r.ended = !r.long && string(r.piece) == endOfRows
	r.long = !bytes.HasSuffix(r.piece, []byte("\n"))
	if r.ended {
		r.piece = nil
	}
	return nil
}
