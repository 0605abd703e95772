// Package backup writes all of Kith's in the database to one file, and back.
//
// What is in the file is text: a line about the backup, then each table as
// Postgres' COPY writes it, after those it refers to, where the sequences have
// got to, and a checksum of all that. It is compressed with zstd and, when
// there is a key, encrypted with age. Nothing is ever whole in memory.
package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/kith-platform/kith/core/store"
)

// Contents are what a backup has.
type Contents struct {
	Schema    int64     `json:"schema"`  // the version of the database's schema
	Kith      string    `json:"kith"`    // the version of the program that wrote it
	MadeAt    time.Time `json:"made_at"` // what was committed before is in it
	Encrypted bool      `json:"-"`
	Tables    int       `json:"-"`
	Rows      int64     `json:"-"`
	Strays    []string  `json:"-"` // tables, and columns of tables, that are not Kith's and were not restored
}

// String says how much it is, of which schema, and what of it was left out.
func (c Contents) String() string {
	secrecy := "not encrypted"
	if c.Encrypted {
		secrecy = "encrypted"
	}
	text := fmt.Sprintf("%d rows in %d tables at schema version %d, of %s by Kith %s, %s",
		c.Rows, c.Tables, c.Schema, c.MadeAt.UTC().Format("2006-01-02 15:04:05 UTC"), c.Kith, secrecy)
	if len(c.Strays) > 0 {
		text += "; left out what is not Kith's: " + strings.Join(c.Strays, ", ")
	}
	return text
}

// The lines around the rows.
const (
	firstLine   = "Kith backup 1 "
	endOfRows   = "\\.\n"
	sequenceIs  = "SEQUENCE "
	checksumIs  = "SHA-256 "
	tableBegins = "COPY "
)

// A tableLine begins a table.
type tableLine struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

// A sequenceLine says where a sequence is.
type sequenceLine struct {
	Sequence  string `json:"sequence"`
	LastValue int64  `json:"last_value"`
}

// Write writes a backup of the database to w, encrypted unless key is "". By is
// the version of the program that writes it.
func Write(ctx context.Context, db *store.Store, w io.Writer, key, by string) (c Contents, err error) {
	sealed, err := seal(w, key)
	if err != nil {
		return c, err
	}
	err = db.Dump(ctx, func(d *store.Dump) error {
		c = Contents{Schema: d.Schema, Kith: by, MadeAt: time.Now().Truncate(time.Second), Encrypted: key != "", Tables: len(d.Tables)}
		out := &writer{to: bufio.NewWriterSize(sealed, 64<<10), sum: sha256.New()}
		c.Rows, err = out.dump(ctx, d, c)
		return err
	})
	if err != nil {
		return c, err
	}
	return c, sealed.Close()
}

// A writer writes what is in a backup, and sums it up.
type writer struct {
	to  *bufio.Writer
	sum hash.Hash
}

func (w *writer) Write(p []byte) (int, error) {
	w.sum.Write(p) // never fails
	return w.to.Write(p)
}

func (w *writer) dump(ctx context.Context, d *store.Dump, c Contents) (rows int64, err error) {
	if err := w.line(firstLine, c); err != nil {
		return 0, err
	}
	for _, t := range d.Tables {
		n, err := w.table(ctx, d, t)
		if err != nil {
			return 0, err
		}
		rows += n
	}
	for _, s := range d.Sequences {
		if err := w.line(sequenceIs, sequenceLine{s.Name, s.LastValue}); err != nil {
			return 0, err
		}
	}
	if _, err := fmt.Fprintf(w.to, "%s%x\n", checksumIs, w.sum.Sum(nil)); err != nil {
		return 0, err
	}
	return rows, w.to.Flush()
}

func (w *writer) table(ctx context.Context, d *store.Dump, t store.Table) (int64, error) {
	if err := w.line(tableBegins, tableLine{t.Name, t.Columns}); err != nil {
		return 0, err
	}
	rows, err := d.Copy(ctx, w, t)
	if err != nil {
		return 0, err
	}
	_, err = io.WriteString(w, endOfRows)
	return rows, err
}

// line writes a word and a value after it.
func (w *writer) line(word string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, word+string(text)+"\n")
	return err
}

// read reads the value of a line after its word.
func read(line, word string, v any) error {
	if err := json.Unmarshal([]byte(strings.TrimPrefix(line, word)), v); err != nil {
		return errDamaged
	}
	return nil
}
