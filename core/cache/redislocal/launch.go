package redislocal

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kith-platform/kith/core/privateserver"
)

// prepare makes the directory of the data and the configuration.
func prepare(_ context.Context, h *privateserver.Home, disposable bool) (string, []string, error) {
	path, err := installed(places())
	if err != nil {
		return "", nil, err
	}
	if err := makeData(h); err != nil {
		return "", nil, err
	}
	config, err := writeConfig(h, disposable)
	return path, []string{config}, err
}

// places returns where redis-server may be, also where a service's PATH does
// not lead.
func places() []string {
	return []string{"redis-server", "/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"}
}

func installed(places []string) (string, error) {
	for _, place := range places {
		if path, err := exec.LookPath(place); err == nil {
			return path, nil
		}
	}
	return "", errors.New("redis-server is not installed: apt-get install redis-server")
}

func makeData(h *privateserver.Home) error {
	if _, err := os.Stat(h.Data()); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, err := h.MakeDir(filepath.Base(h.Data()))
	return err
}

// writeConfig writes the configuration to a file, since everybody on the
// machine can read a command line.
func writeConfig(h *privateserver.Home, disposable bool) (string, error) {
	if _, err := h.MakePassword(); err != nil {
		return "", err
	}
	password, err := h.Password()
	if err != nil {
		return "", err
	}
	socketDir, err := h.MakeSocketDir(socketName)
	if err != nil {
		return "", err
	}
	lines := []string{
		"port 0",
		"unixsocket " + quote(filepath.Join(socketDir, socketName)),
		"unixsocketperm 700",
		"requirepass " + password,
		"dir " + quote(h.Data()),
		`save ""`,
		"appendonly " + yesNo(!disposable),
	}
	return h.WriteFile("redis.conf", strings.Join(lines, "\n")+"\n")
}

// quote writes a path as Redis reads a quoted string.
func quote(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
