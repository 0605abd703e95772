package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kith-platform/kith/core/cache/redislocal"
	"github.com/kith-platform/kith/core/privateserver"
	"github.com/kith-platform/kith/core/store"
	"github.com/kith-platform/kith/core/store/pglocal"
)

const (
	minPostgres     = 15
	defaultRedisURL = "redis://localhost:6379/0"
	installHint     = `install it with "make install"`
)

// extensions are what Kith's schema needs beside Postgres itself.
func extensions() []string { return []string{"btree_gin", "pg_trgm", "unaccent"} }

// lookAtPostgres connects to the server that is set, or to that of the kith up
// that runs, or looks for the programs from which `kith up` starts one.
func lookAtPostgres(ctx context.Context, c Config) (finding, error) {
	if c.DatabaseURL.isSet() {
		return askPostgres(ctx, c, c.DatabaseURL.reveal(), c.DatabaseURL.String(), "Start it, or correct DATABASE_URL")
	}
	url, err := pglocal.Find(filepath.Join(c.DataDir, postgresDir))
	switch {
	case errors.Is(err, privateserver.ErrNotRunning):
		return lookForProgram("postgres", "/usr/lib/postgresql/*/bin", "DATABASE_URL")
	case err != nil:
		return finding{}, err
	}
	return askPostgres(ctx, c, url, runningUp(c), "Start kith up anew")
}

func askPostgres(ctx context.Context, c Config, url, where, cure string) (finding, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return finding{}, fmt.Errorf("cannot be reached: %w. %s", reason(err), cure)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	// The server may hold no schema of Kith's yet, so this is not the store's to ask.
	rows, _ := conn.Query(ctx, `SELECT name FROM pg_available_extensions WHERE name = ANY($1) ORDER BY name`, pgx.QueryExecModeExec, extensions())
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return finding{}, fmt.Errorf("cannot be asked for its extensions: %w", err)
	}
	server := conn.PgConn().ParameterStatus("server_version")
	f, err := judgePostgres(server, found, where)
	if err != nil || !c.pooled() {
		return f, err
	}
	compiles, err := warnOfJIT(ctx, conn)
	f.text += compiles
	return f, err
}

// warnOfJIT returns what to do where statements are compiled before they run.
// None runs long enough for that; but behind a pooler Kith cannot say so.
func warnOfJIT(ctx context.Context, conn *pgx.Conn) (string, error) {
	var on bool
	if err := conn.QueryRow(ctx, `SELECT pg_jit_available()`, pgx.QueryExecModeExec).Scan(&on); err != nil {
		return "", fmt.Errorf("cannot be asked whether it compiles statements: %w", reason(err))
	}
	if !on {
		return "", nil
	}
	return fmt.Sprintf("; it compiles statements, which takes longer than they do: run ALTER DATABASE %s SET jit = off, and RECONNECT in the pooler",
		pgx.Identifier{conn.Config().Database}.Sanitize()), nil
}

// runningUp is where a server is that belongs to the kith up that runs.
func runningUp(c Config) string { return "the kith up that runs with the data in " + c.DataDir }

// judgePostgres says whether a server of that version with those extensions will do.
func judgePostgres(server string, found []string, where string) (finding, error) {
	var major int
	if _, err := fmt.Sscanf(server, "%d", &major); err != nil || major < minPostgres {
		return finding{}, fmt.Errorf("version %s at %s is too old; Kith needs %d or newer", server, where, minPostgres)
	}
	if len(found) < len(extensions()) {
		return finding{}, fmt.Errorf("%s has the extensions %v of the needed %v; install its contrib package", where, found, extensions())
	}
	return finding{true, fmt.Sprintf("%s at %s, with %s", server, where, strings.Join(found, ", "))}, nil
}

// lookAtReplica asks the replica that is set how far it is.
func lookAtReplica(ctx context.Context, c Config) (finding, error) {
	if !c.DatabaseReplicaURL.isSet() {
		return finding{text: "DATABASE_REPLICA_URL is not set: the database itself is read from"}, nil
	}
	db, err := store.Open(ctx, c.DatabaseURL.reveal(), store.Options{MaxConns: 1, Pooled: c.pooled(), ReplicaURL: c.DatabaseReplicaURL.reveal()})
	if err != nil {
		return finding{}, err
	}
	defer db.Close()
	r := db.LookAtReplica(ctx)
	if r.Trouble != nil {
		return finding{}, fmt.Errorf("cannot be read from: %w. Start it, or correct DATABASE_REPLICA_URL; until then the database itself answers", reason(r.Trouble))
	}
	return finding{true, fmt.Sprintf("%s, %d bytes behind", c.DatabaseReplicaURL.String(), r.Behind)}, nil
}

// lookAtRedis looks at the server that is set, at that of the kith up that
// runs, at the one that `kith serve` would use, or for the program from which
// `kith up` starts one.
func lookAtRedis(ctx context.Context, c Config) (finding, error) {
	const cure = "Start it, or correct REDIS_URL"
	if c.RedisURL.isSet() {
		return pingRedis(ctx, c.RedisURL.reveal(), c.RedisURL.String(), cure)
	}
	url, err := redislocal.Find(filepath.Join(c.DataDir, redisDir))
	switch {
	case err == nil:
		return pingRedis(ctx, url, runningUp(c), "Start kith up anew")
	case !errors.Is(err, privateserver.ErrNotRunning):
		return finding{}, err
	case !c.DatabaseURL.isSet():
		return lookForProgram("redis-server", "", "REDIS_URL")
	}
	return pingRedis(ctx, defaultRedisURL, defaultRedisURL, cure)
}

func pingRedis(ctx context.Context, url, where, cure string) (finding, error) {
	options, err := redisOptions(url)
	if err != nil {
		return finding{}, err
	}
	options.MaxRetries, options.DialerRetries = -1, 1
	client := dialRedis(options)
	defer client.Close()
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return finding{}, fmt.Errorf("cannot be reached at %s: %w. %s", where, reason(err), cure)
	}
	_, version, _ := strings.Cut(info, "redis_version:")
	version, _, _ = strings.Cut(version, "\r\n")
	return finding{true, version + " at " + where}, nil
}

// lookForProgram looks for a server's program in PATH and in the directories
// that match elsewhere.
func lookForProgram(program, elsewhere, setting string) (finding, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		found, _ := filepath.Glob(filepath.Join(elsewhere, program))
		if len(found) == 0 {
			return finding{}, fmt.Errorf("%s is not installed and %s is not set; %s", program, setting, installHint)
		}
		path = found[len(found)-1]
	}
	return finding{true, fmt.Sprintf("%s is not set: kith up starts a private one from %s", setting, path)}, nil
}

// reason returns the cause of a network error in as few words as say it,
// without addresses that may hold secrets.
func reason(err error) error {
	var asURL *url.Error
	var asPostgres *pgconn.PgError
	var asDNS *net.DNSError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("no answer in time")
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("connection refused")
	case errors.As(err, &asDNS):
		return fmt.Errorf("no host is called %s", asDNS.Name)
	case errors.As(err, &asPostgres):
		return errors.New(asPostgres.Message)
	case errors.As(err, &asURL):
		return asURL.Err
	}
	return err
}
