package redislocal

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/kith-platform/kith/core/privateserver"
)

// answer asks the server for its process number, which it tells once it has
// read its data.
func answer(ctx context.Context, _ *privateserver.Home, url string) (pid int, err error) {
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
