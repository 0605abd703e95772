package redislocal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/kith-platform/kith/core/privateserver"
)

// adopt takes over the server that runs in the directory, and reports whether
// there is one. It waits for one that is going down.
func (s *Server) adopt(ctx context.Context) (bool, error) {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		running, err := privateserver.Running(s.dir)
		if err != nil || !running {
			return false, err
		}
		if s.url, err = Find(s.dir); err == nil {
			if pid, err := answers(ctx, s.url); err == nil {
				s.process, err = s.home.Adopt(pid)
				return true, err
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false, fmt.Errorf("wait for the earlier server, which neither answers nor ends: %w", ctx.Err())
		}
	}
}

// launch starts a server and waits until it answers.
func (s *Server) launch(ctx context.Context) error {
	program, err := program(places())
	if err != nil {
		return err
	}
	if err := s.makeData(); err != nil {
		return err
	}
	config, err := s.writeConfig()
	if err != nil {
		return err
	}
	s.process, err = s.home.Start(s.deathSignal(), program, config)
	if err != nil {
		return err
	}
	if s.url, err = locate(s.dir); err != nil {
		return err
	}
	return s.awaitAnswer(ctx)
}

// places returns where redis-server may be, also where a service's PATH does
// not lead.
func places() []string {
	return []string{"redis-server", "/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"}
}

func program(places []string) (string, error) {
	for _, place := range places {
		if path, err := exec.LookPath(place); err == nil {
			return path, nil
		}
	}
	return "", errors.New("redis-server is not installed: apt-get install redis-server")
}

func (s *Server) makeData() error {
	if _, err := os.Stat(s.home.Data()); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, err := s.home.MakeDir(filepath.Base(s.home.Data()))
	return err
}

// writeConfig writes the configuration to a file, since everybody on the
// machine can read a command line.
func (s *Server) writeConfig() (string, error) {
	if _, err := s.home.MakePassword(); err != nil {
		return "", err
	}
	password, err := privateserver.Password(s.dir)
	if err != nil {
		return "", err
	}
	socketDir, err := s.home.MakeSocketDir(socketName)
	if err != nil {
		return "", err
	}
	lines := []string{
		"port 0",
		"unixsocket " + quote(filepath.Join(socketDir, socketName)),
		"unixsocketperm 700",
		"requirepass " + password,
		"dir " + quote(s.home.Data()),
		`save ""`,
		"appendonly " + yesNo(!s.disposable),
	}
	return s.home.WriteFile("redis.conf", strings.Join(lines, "\n")+"\n")
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
