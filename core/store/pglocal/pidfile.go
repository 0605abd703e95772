package pglocal

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A pidFile is what a server writes into its data directory when it starts.
type pidFile struct {
	pid    int
	socket string
}

func pidFilePath(data string) string { return filepath.Join(data, "postmaster.pid") }

func readPidFile(data string) (pidFile, error) {
	b, err := os.ReadFile(pidFilePath(data))
	if err != nil {
		return pidFile{}, err
	}
	// Process, data directory, start, port, socket directory, each on a line.
	lines := strings.Split(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || len(lines) < 5 {
		return pidFile{}, fmt.Errorf("%s is not complete", pidFilePath(data))
	}
	return pidFile{pid: pid, socket: filepath.Join(lines[4], ".s.PGSQL."+lines[3])}, nil
}

// removeStalePidFile removes what a killed server left, for PostgreSQL itself
// would not start once another process has got the same number. It is an error
// if a server answers there, one that was started on the data by hand.
func removeStalePidFile(data string) error {
	file, err := readPidFile(data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		if conn, err := net.Dial("unix", file.socket); err == nil {
			return errors.Join(conn.Close(), fmt.Errorf("process %d, which Kith did not start, runs on its data: stop that first", file.pid))
		}
	}
	return os.Remove(pidFilePath(data))
}
