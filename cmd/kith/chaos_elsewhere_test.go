//go:build chaos && !linux

package main

import "testing"

// TestPromise21NeedsLinux tells of the faults that only Linux can inject.
func TestPromise21NeedsLinux(t *testing.T) {
	t.Fatal("a disk that is full, a network that is broken and syncs that fail need Linux: run `make chaos` there")
}
