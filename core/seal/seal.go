// Package seal encrypts what must not be read in a copy of the database.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// ErrKey says that neither key opens what is sealed, or that it was sealed for
// another user or purpose.
var ErrKey = errors.New("no key fits")

// Keys seal by a secret, and open what was sealed by it or by the one before.
// They are safe for concurrent use.
type Keys struct{ current, previous string }

// NewKeys returns the Keys of a secret, and of the one before it or "".
func NewKeys(secret, previous string) Keys { return Keys{secret, previous} }

// Seal encrypts data, bound to a user and a purpose.
func (k Keys) Seal(data []byte, userID int64, purpose string) []byte {
	return aead(k.current, purpose).Seal(nil, nil, data, bound(userID, purpose))
}

// Open returns what Seal sealed for that user and purpose, or ErrKey. Stale
// reports whether only the key before opens it, so that it should be sealed anew.
func (k Keys) Open(sealed []byte, userID int64, purpose string) (data []byte, stale bool, err error) {
	data, err = aead(k.current, purpose).Open(nil, nil, sealed, bound(userID, purpose))
	if err == nil {
		return data, false, nil
	}
	if k.previous != "" {
		data, err = aead(k.previous, purpose).Open(nil, nil, sealed, bound(userID, purpose))
	}
	if err != nil {
		return nil, false, ErrKey
	}
	return data, true, nil
}

func bound(userID int64, purpose string) []byte { return fmt.Appendf(nil, "%s %d", purpose, userID) }

// aead returns AES-256-GCM under a key of the secret's for one purpose. Its
// random nonce comes first in what is sealed.
func aead(secret, purpose string) cipher.AEAD {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "kith "+purpose, 32)
	if err != nil {
		panic(err) // 32 bytes can always be had
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	sealer, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the block that GCM wants
	}
	return sealer
}
