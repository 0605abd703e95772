package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// processor is how much of the processors' time something has taken.
type processor struct{ postgres, rest time.Duration }

// processors returns what Postgres has taken, and what this process has: Kith,
// the load, and Telegram's stand-in. Where the system has no /proc it is zero.
func processors(b *testing.B, pool *pgxpool.Pool) (p processor) {
	b.Helper()
	p.rest = processorTime("self")
	rows, err := pool.Query(b.Context(), `SELECT pid FROM pg_stat_activity`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			b.Fatal(err)
		}
		p.postgres += processorTime(strconv.Itoa(pid))
	}
	return p
}

// processorTime reads utime and stime of a process, see proc_pid_stat(5): in
// ticks, of which Linux counts a hundred a second.
func processorTime(pid string) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%s/stat", pid))
	if err != nil {
		return 0 // gone, or no Linux
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / 100
}
