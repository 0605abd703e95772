package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const healthTimeout = 5 * time.Second

type healthCmd struct{}

// Help says what the exit code means.
func (healthCmd) Help() string {
	return `Asks /health at KITH_HTTP_ADDR. Ends with 0 when Kith is healthy and with 1 when it is not or does not answer, as a container's health check wants it.`
}

// Run asks the Kith at KITH_HTTP_ADDR for its health.
func (healthCmd) Run(ctx context.Context, t *terminal) error {
	c, err := t.config()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	url, err := healthURL(c.HTTPAddr)
	if err != nil {
		return err
	}
	status, err := askHealth(ctx, url)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.stdout, status)
	return err
}

// healthURL returns where the Kith that listens on a tells its health.
func healthURL(a address) (string, error) {
	base, err := localURL(a)
	return base + "/health", err
}

// localURL returns where the Kith that listens on a answers on this machine.
func localURL(a address) (string, error) {
	host, port, err := net.SplitHostPort(string(a))
	switch ip := net.ParseIP(host); {
	case err != nil:
		return "", err
	case port == "0":
		return "", errors.New("KITH_HTTP_ADDR has port 0, which is another one at each start; give it a port to be asked at")
	case host == "", ip != nil && ip.IsUnspecified():
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port), nil
}

// askHealth returns the status that url answers with. Anything but 200 is an
// error.
func askHealth(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("nothing answers at %s: %w", url, reason(err))
	}
	defer resp.Body.Close()
	var health struct{ Status, Version string }
	err = json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&health)
	switch {
	case resp.StatusCode != http.StatusOK:
		return "", fmt.Errorf("not healthy: %s answers %s %s", url, resp.Status, health.Status)
	case err != nil, health.Status == "":
		return "", fmt.Errorf("what answers at %s is not Kith", url)
	}
	return health.Status + ", version " + health.Version, nil
}
