// Package exchange is what comes in out of files: an export of Telegram Desktop.
package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/kith-platform/kith/core"
)

// A Chat is a private chat in an export. Its id is that of the other one's
// account.
type Chat struct {
	ID   int64
	Name string
}

// maxValue is the most bytes of one message, or of any other value in an export.
const maxValue = 4 << 20

// page is how many messages are handed on at a time, or fewer long ones.
const page = 1000

// What is wrong with a file, for people.
var (
	errNoExport = core.Tell(core.ErrInvalid, "That is no export from Telegram Desktop. There, choose Export Telegram data or Export chat history, and the format “Machine-readable JSON”; then send me result.json.")
	errHTML     = core.Tell(core.ErrInvalid, "That is an export as web pages, which I can't read. Export again in the format “Machine-readable JSON”, and send me result.json.")
	errZip      = core.Tell(core.ErrInvalid, "That is an archive. Unpack it, and send me the result.json that is in it.")
	errGroup    = core.Tell(core.ErrInvalid, "That is the export of a group, a channel or a bot. I only read chats with one person.")
	errTooLong  = core.Tell(core.ErrInvalid, "There is something in that file that is too long for a message.")
	errCutOff   = errors.New("the file is cut off")
)

// readTelegram reads an export of Telegram Desktop, of one chat or of all, and
// hands on the messages of each private chat, a page at a time. Others it
// skips, and returns how many. It holds no more than a page in memory. A file
// that ends in the middle is errCutOff, after what came before was handed on.
// Loc is where it was made: old exports have no other times.
func readTelegram(r io.Reader, loc *time.Location, each func(Chat, []core.ChatMessage) error) (skipped int, err error) {
	in := bufio.NewReader(r)
	if err := glance(in); err != nil {
		return 0, err
	}
	src := &bounded{r: in}
	src.dec = json.NewDecoder(src)
	e := export{dec: src.dec, loc: loc, each: each}
	err = e.explain(e.file())
	return e.skipped, err
}

// glance tells by its beginning what is not even JSON.
func glance(in *bufio.Reader) error {
	head, err := in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("<")):
		return errHTML
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return errZip
	case !bytes.HasPrefix(head, []byte("{")):
		return errNoExport
	}
	if start, err := in.Peek(3); err == nil && string(start) == "\ufeff" {
		_, err = in.Discard(3)
		return err
	}
	return nil
}

// bounded refuses to read on when one value goes on for too long.
type bounded struct {
	r    io.Reader
	dec  *json.Decoder
	read int64
}

// Read reads from the file.
func (b *bounded) Read(p []byte) (int, error) {
	if b.read-b.dec.InputOffset() > maxValue {
		return 0, errTooLong
	}
	n, err := b.r.Read(p)
	b.read += int64(n)
	return n, err
}

// An export is one while it is read.
type export struct {
	dec     *json.Decoder
	loc     *time.Location
	each    func(Chat, []core.ChatMessage) error
	found   bool // anything that an export has
	skipped int  // chats that are not private ones
	handed  error
}

// explain turns what went wrong into what to say about it.
func (e *export) explain(err error) error {
	_, told := core.Sentence(err)
	switch {
	case err == nil && !e.found:
		return errNoExport
	case err == nil, told, e.handed != nil:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errCutOff
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return errNoExport
	}
	return err
}

// file reads the whole file: one chat, or an object with a list of them.
func (e *export) file() error {
	one := chat{only: true}
	return e.object(func(key string) error {
		switch key {
		case "chats", "left_chats":
			return e.object(func(key string) error {
				if key != "list" {
					return e.skip()
				}
				e.found = true
				return e.array(func() error {
					c := chat{}
					return e.object(func(key string) error { return e.inChat(&c, key) })
				})
			})
		}
		return e.inChat(&one, key)
	})
}

// A chat is one in an export while it is read. What it is comes before its
// messages.
type chat struct {
	Chat
	kind string
	only bool // nothing else is in the file
}

func (e *export) inChat(c *chat, key string) error {
	switch key {
	case "name":
		return e.value(&c.Name)
	case "type":
		return e.value(&c.kind)
	case "id":
		return e.value(&c.ID)
	case "messages":
		e.found = true
		return e.messages(c)
	}
	return e.skip()
}

// messages hands on the messages of a private chat, and skips those of others.
func (e *export) messages(c *chat) error {
	if c.kind != "personal_chat" || c.ID <= 0 {
		switch {
		case c.only && c.kind == "":
			return errNoExport
		case c.only:
			return errGroup
		}
		e.skipped++
		return e.skip()
	}
	list, size := make([]core.ChatMessage, 0, page), 0
	hand := func() error {
		if len(list) > 0 {
			e.handed = e.each(c.Chat, list)
		}
		list, size = list[:0], 0
		return e.handed
	}
	err := e.array(func() error {
		var m message
		if err := e.value(&m); err != nil {
			return err
		}
		if read, ok := m.read(c.ID, e.loc); ok {
			list, size = append(list, read), size+len(read.Text)
		}
		if len(list) == page || size > maxValue {
			return hand()
		}
		return nil
	})
	if e.handed != nil {
		return err
	}
	return errors.Join(err, hand())
}

// object reads an object, and has in read each of its values.
func (e *export) object(in func(key string) error) error {
	return e.nested('{', func() error {
		key, err := e.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		return in(name)
	})
}

// array reads an array, and has in read each of its values.
func (e *export) array(in func() error) error { return e.nested('[', in) }

func (e *export) nested(opens json.Delim, in func() error) error {
	switch start, err := e.dec.Token(); {
	case err != nil:
		return err
	case start != opens:
		return errNoExport
	}
	for e.dec.More() {
		if err := in(); err != nil {
			return err
		}
	}
	_, err := e.dec.Token()
	return err
}

// value reads a value of that type; what is of another is left out.
func (e *export) value(into any) error {
	err := e.dec.Decode(into)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return nil
	}
	return err
}

// skip reads over a value, however long it is.
func (e *export) skip() error {
	for depth := 0; ; {
		token, err := e.dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
