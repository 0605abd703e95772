package core_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core"
)

func TestCheckUsername(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"ana": true, "Ana.Torres-2_x": true, "7th": true, strings.Repeat("x", 50): true,
		"": false, "an": false, strings.Repeat("x", 51): false, "a b": false, ".ana": false, "ana\n": false, "аna": false, "ana@x": false, "a\x00b": false,
	} {
		if err := core.CheckUsername(name); (err == nil) != good || err != nil && !errors.Is(err, core.ErrInvalid) {
			t.Errorf("%q: %v, want it good: %v", name, err, good)
		}
	}
}
