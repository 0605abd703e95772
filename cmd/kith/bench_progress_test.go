package main

import (
	"fmt"
	"iter"
	"os"
	"time"
)

// What is measured is the median of this many runs, each with its limit just
// before or after it: the machine is rarely as fast as it was a minute ago.
const runs = 5

// repeats yields the number of each run, and says that it begins.
func repeats(what string) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for n := range int64(runs) {
			progress("%s: run %d of %d", what, n+1, runs)
			if !yield(n) {
				return
			}
		}
	}
}

// progress says at once what goes on: go test keeps a benchmark's own log until
// the benchmark ends.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}
