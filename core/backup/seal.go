package backup

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"github.com/kith-platform/kith/core"
)

// workFactor makes guessing a key cost 32 MiB of memory each time, and using it
// no more than that: keys are random and long, unlike people's passwords.
const workFactor = 15

// How files begin that are encrypted, and compressed.
var (
	ageMagic  = []byte("age-encryption.org/v1\n")
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

var (
	errDamaged = core.Tell(core.ErrInvalid, "This backup is damaged or cut off. Take another one.")
	errNoKey   = core.Tell(core.ErrInvalid, "This backup is encrypted. Set KITH_BACKUP_KEY to the key that it was made with.")
	errKey     = core.Tell(core.ErrInvalid, "KITH_BACKUP_KEY is not the key that this backup was made with.")
	errForeign = core.Tell(core.ErrInvalid, "This is not a backup of Kith's.")
)

// seal returns what compresses and, with a key, encrypts what is written to it.
// Closing it completes w and leaves it open.
func seal(w io.Writer, key string) (io.WriteCloser, error) {
	if key == "" {
		return newCompressor(w)
	}
	recipient, err := age.NewScryptRecipient(key)
	if err != nil {
		return nil, err
	}
	recipient.SetWorkFactor(workFactor)
	encrypted, err := age.Encrypt(w, recipient)
	if err != nil {
		return nil, err
	}
	compressed, err := newCompressor(encrypted)
	return &sealer{compressed, encrypted}, err
}

func newCompressor(w io.Writer) (io.WriteCloser, error) {
	return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true))
}

// A sealer compresses and encrypts.
type sealer struct {
	io.WriteCloser
	encrypted io.Closer
}

// Close writes what is left.
func (s *sealer) Close() error {
	if err := s.WriteCloser.Close(); err != nil {
		return err
	}
	return s.encrypted.Close()
}

// unseal returns what is sealed in r, and reports whether it is encrypted.
func unseal(r io.Reader, key string) (plain *zstd.Decoder, encrypted bool, err error) {
	sealed := bufio.NewReaderSize(r, 64<<10)
	begin, err := sealed.Peek(len(ageMagic))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	r, encrypted = sealed, bytes.Equal(begin, ageMagic)
	switch {
	case encrypted:
		if r, err = decrypt(r, key); err != nil {
			return nil, true, err
		}
	case !bytes.HasPrefix(begin, zstdMagic):
		return nil, false, errForeign
	}
	plain, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	return plain, encrypted, err
}

func decrypt(r io.Reader, key string) (io.Reader, error) {
	if key == "" {
		return nil, errNoKey
	}
	identity, err := age.NewScryptIdentity(key)
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(workFactor)
	plain, err := age.Decrypt(r, identity)
	var noMatch *age.NoIdentityMatchError
	switch {
	case errors.As(err, &noMatch):
		return nil, errKey
	case err != nil:
		return nil, errDamaged
	}
	return plain, nil
}
