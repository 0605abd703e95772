package seal_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/kith-platform/kith/core/seal"
)

const (
	oldSecret = "an old secret of thirty-two letters"
	newSecret = "a new secret of thirty-two letters."
)

func TestWhatIsSealedOpensForItsUserAndPurposeOnly(t *testing.T) {
	t.Parallel()
	keys := seal.NewKeys(newSecret, "")
	sealed := keys.Seal([]byte("words"), 7, "session")
	if bytes.Contains(sealed, []byte("words")) {
		t.Error("what is sealed can be read")
	}
	data, stale, err := keys.Open(sealed, 7, "session")
	if err != nil || stale || string(data) != "words" {
		t.Errorf("opened %q, stale %v, %v, want the words", data, stale, err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for _, tt := range []struct {
		name    string
		sealed  []byte
		userID  int64
		purpose string
	}{
		{"another user", sealed, 8, "session"},
		{"another purpose", sealed, 7, "code"},
		{"changed", changed, 7, "session"},
		{"cut off", sealed[:5], 7, "session"},
		{"empty", nil, 7, "session"},
	} {
		if data, _, err := keys.Open(tt.sealed, tt.userID, tt.purpose); !errors.Is(err, seal.ErrKey) || data != nil {
			t.Errorf("%s: opened %q, %v, want %v", tt.name, data, err, seal.ErrKey)
		}
	}
}

func TestTheKeyBeforeStillOpens(t *testing.T) {
	t.Parallel()
	sealed := seal.NewKeys(oldSecret, "").Seal([]byte("words"), 7, "session")
	data, stale, err := seal.NewKeys(newSecret, oldSecret).Open(sealed, 7, "session")
	if err != nil || !stale || string(data) != "words" {
		t.Errorf("opened %q, stale %v, %v, want the words, stale", data, stale, err)
	}
	if _, _, err := seal.NewKeys(newSecret, "").Open(sealed, 7, "session"); !errors.Is(err, seal.ErrKey) {
		t.Errorf("without the key before: %v, want %v", err, seal.ErrKey)
	}
}
