package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/kith-platform/kith/core"
	"github.com/kith-platform/kith/core/account"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, words := range map[string]string{
		"":                           "8 characters or more",
		"1234567":                    "8 characters or more",
		"pääägüd":                    "8 characters or more",
		"a\u0308a\u0308a\u0308bcd":   "8 characters or more", // composed, six
		strings.Repeat("x", 257):     "256 characters at most",
		"Ana-Torres":                 "that is the username",
		"password":                   "many people use",
		"PassWord":                   "many people use",
		"qwertyuiop":                 "many people use",
		"1234567890":                 "many people use",
		"four words are easy":        "",
		"xkqzvjwp":                   "",
		"пароль-пароль":              "",
		"🦊🦊🦊🦊🦊🦊🦊🦊":                   "",
		strings.Repeat("long ", 51):  "",
		"        ":                   "",
		"Permission is hereby grant": "",
	} {
		err := account.CheckPassword(password, "ana-torres")
		said, _ := core.Sentence(err)
		if (err == nil) != (words == "") || !strings.Contains(said, words) || err != nil && !errors.Is(err, core.ErrInvalid) {
			t.Errorf("%.20q: %v, want %q", password, err, words)
		}
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	p := account.NewPasswords(account.HashMemory)
	hash, err := p.Hash(t.Context(), "Zoe\u0308 moves to Porto")
	check(t, err)
	again, err := p.Hash(t.Context(), "Zoe\u0308 moves to Porto")
	check(t, err)
	if hash == again || !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,") || strings.Contains(hash, "Porto") {
		t.Errorf("hashed to %s and %s, want two of argon2id with 64 MiB", hash, again)
	}
	for _, test := range []struct {
		what, password, hash string
		matches, stale       bool
	}{
		{"the password", "Zoe\u0308 moves to Porto", hash, true, false},
		{"the same, typed with a composed letter", "Zo\u00eb moves to Porto", hash, true, false},
		{"another", "Zoe moves to Porto", hash, false, false},
		{"none", "", hash, false, false},
		{"nobody's", "anything", "", false, false},
		{"one hashed at a lower cost", "figs and plums", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$" + lowKey, true, true},
		{"not one hashed at a lower cost", "figs", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$" + lowKey, false, false},
	} {
		matches, stale, err := p.Matches(t.Context(), test.password, test.hash)
		if err != nil || matches != test.matches || stale != test.stale {
			t.Errorf("%s: matches %v, stale %v (%v); want %v, %v", test.what, matches, stale, err, test.matches, test.stale)
		}
	}
	if _, _, err := p.Matches(t.Context(), "x", "md5"); err == nil {
		t.Error("something that is no hash is compared")
	}
}

// lowKey is what argon2id makes of "figs and plums" with the salt saltsaltsaltsalt,
// 64 KiB and one pass.
const lowKey = "r/5Tqq9rk2Wj1AjbpTLe2ik+ARenCHCM2CW/jXXk4hY"

func TestHashingEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	p := account.NewPasswords(account.HashMemory)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // more than are hashed at once, so that one has to wait
		if _, err := p.Hash(ctx, "figs"); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}
