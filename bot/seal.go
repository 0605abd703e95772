package bot

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
)

// seal encrypts data with AES-256-GCM under a random nonce, which comes first,
// bound to purpose. Key has 32 bytes.
func seal(key, data, purpose []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return aead.Seal(nil, nil, data, purpose), nil
}
