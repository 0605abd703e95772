package main

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

var errRedisURL = errors.New("is not a Redis URL; write redis://host:6379/0, rediss://host:6379/0 (TLS), unix:///run/redis.sock, " +
	"redis-sentinel://host1:26379,host2:26379/0?master=name or redis-cluster://host1:6379,host2:6379")

// A redisURL is where Redis is found.
type redisURL struct{ secret }

// UnmarshalText reads the URL of a Redis server, of Sentinels or of a cluster.
func (u *redisURL) UnmarshalText(text []byte) error {
	if _, err := redisOptions(string(text)); err != nil {
		return err
	}
	u.secret = secretURL(string(text))
	return nil
}

// redisOptions returns how to reach what raw names: one server, the master
// that Sentinels know, or a cluster.
func redisOptions(raw string) (*redis.UniversalOptions, error) {
	o, err := optionsOf(raw)
	if err == nil {
		// Without it a call to a Redis that hangs outlasts its context by far.
		o.ContextTimeoutEnabled = true
	}
	return o, err
}

// dialRedis returns a client of a server, or of several.
func dialRedis(o *redis.UniversalOptions) redis.UniversalClient {
	if !o.IsClusterMode {
		return redis.NewUniversalClient(o)
	}
	cluster := o.Cluster()
	// Until it looks again, a client asks a node that is gone.
	cluster.ClusterStateReloadInterval = 2 * time.Second
	return redis.NewClusterClient(cluster)
}

func optionsOf(raw string) (*redis.UniversalOptions, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errRedisURL
	}
	switch u.Scheme {
	case "redis", "rediss", "unix":
		return serverOptions(raw)
	case "redis-sentinel":
		return sentinelOptions(u)
	case "redis-cluster":
		return clusterOptions(u)
	}
	return nil, errRedisURL
}

func serverOptions(raw string) (*redis.UniversalOptions, error) {
	one, err := redis.ParseURL(raw)
	if err != nil {
		return nil, errRedisURL
	}
	return &redis.UniversalOptions{
		Addrs: []string{one.Addr}, DB: one.DB,
		Username: one.Username, Password: one.Password, TLSConfig: one.TLSConfig,
	}, nil
}

// sentinelOptions reads the user and password for Redis from where a URL has
// them; the Sentinels' own password is the parameter sentinel_password.
func sentinelOptions(u *url.URL) (*redis.UniversalOptions, error) {
	o := &redis.UniversalOptions{
		Addrs: hosts(u, "26379"), MasterName: u.Query().Get("master"),
		SentinelPassword: u.Query().Get("sentinel_password"), Username: u.User.Username(),
	}
	o.Password, _ = u.User.Password()
	if db := strings.Trim(u.Path, "/"); db != "" {
		n, err := strconv.Atoi(db)
		if err != nil || n < 0 {
			return nil, errRedisURL
		}
		o.DB = n
	}
	if len(o.Addrs) == 0 || o.MasterName == "" {
		return nil, errRedisURL
	}
	return o, nil
}

func clusterOptions(u *url.URL) (*redis.UniversalOptions, error) {
	o := &redis.UniversalOptions{Addrs: hosts(u, "6379"), IsClusterMode: true, Username: u.User.Username()}
	o.Password, _ = u.User.Password()
	if len(o.Addrs) == 0 {
		return nil, errRedisURL
	}
	return o, nil
}

// hosts lists the hosts of u, each with a port.
func hosts(u *url.URL, port string) []string {
	words := list(u.Host)
	for i, word := range words {
		if _, _, err := net.SplitHostPort(word); err != nil {
			words[i] = net.JoinHostPort(word, port)
		}
	}
	return words
}
