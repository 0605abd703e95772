package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
)

// However many ask at once, no more is spent than the cap.
func TestSpendTokens(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	const most = 1000
	if must(m.SpendTokens(t.Context(), most+1, most))(t) {
		t.Error("more than the cap is spent at once")
	}
	var spent atomic.Int64
	var spending sync.WaitGroup
	for range 30 {
		spending.Go(func() {
			if must(m.SpendTokens(t.Context(), 90, most))(t) {
				spent.Add(90)
			}
		})
	}
	spending.Wait()
	if got := spent.Load(); got != 990 {
		t.Errorf("%d tokens are spent, want 990: what fits into %d", got, most)
	}
	if must(m.SpendTokens(t.Context(), 90, most))(t) {
		t.Error("more than what is left is spent")
	}
	if !must(m.SpendTokens(t.Context(), -90, most))(t) || !must(m.SpendTokens(t.Context(), 90, most))(t) {
		t.Error("what is put back cannot be spent again")
	}
	m.exec(`UPDATE ai_spending SET day = day - 1`)
	if !must(m.SpendTokens(t.Context(), most, most))(t) {
		t.Error("the next day has no tokens of its own")
	}
}
