package redislocal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const pollInterval = 5 * time.Millisecond

// awaitAnswer returns when the server answers, or has ended before it did.
func (s *Server) awaitAnswer(ctx context.Context) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		_, err := answers(ctx, s.url)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-s.Done():
			return s.process.Err()
		case <-ctx.Done():
			return fmt.Errorf("wait for its answer: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// answers asks the server for its process number, which it tells once it has
// read its data.
func answers(ctx context.Context, url string) (pid int, err error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return 0, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, options.Network, options.Addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	// A client that dials tries again, and prints that it does.
	options.Dialer = func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	options.MaxRetries = -1
	client := redis.NewClient(options)
	defer func() { err = errors.Join(err, client.Close()) }()
	if err := client.Ping(ctx).Err(); err != nil {
		return 0, err
	}
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(info, "process_id:")
	number, _, _ := strings.Cut(after, "\r\n")
	return strconv.Atoi(number)
}
