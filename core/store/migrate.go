package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/kith-platform/kith/migrations"
)

// A Migrator moves the schema of one database. Several may run at once, in
// any number of processes: a session lock lets them in one by one.
type Migrator struct {
	db       *sql.DB
	provider *goose.Provider
}

// lockWait is how long a migration waits for a table that somebody holds, as a
// backup does while it runs: whoever wants the table meanwhile waits behind it.
const lockWait = "3s"

// InUse reports whether err is that a migration found a table in use for longer
// than it waits. Nothing is changed by it; it may be tried again.
func InUse(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == lockNotAvailable
}

// NewMigrator returns a Migrator for the database at url, which must not be
// behind a pooler in transaction mode. The caller closes it.
func NewMigrator(url string) (*Migrator, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database url: %w", err)
	}
	return newMigrator(config)
}

func newMigrator(config *pgx.ConnConfig) (*Migrator, error) {
	// Another process may be at it for as long as an index of a large table takes.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 24*60*60))
	if err != nil {
		return nil, fmt.Errorf("make the migration lock: %w", err)
	}
	config = config.Copy()
	config.RuntimeParams["lock_timeout"] = lockWait
	db := stdlib.OpenDB(*config)
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return &Migrator{db: db, provider: provider}, nil
}

// Close closes the connections.
func (m *Migrator) Close() error { return m.db.Close() }

// Up brings the schema to the newest version and returns the versions applied.
// A schema that is newer than this program is left alone.
func (m *Migrator) Up(ctx context.Context) ([]int64, error) {
	results, err := m.provider.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate up: %w", err)
	}
	versions := make([]int64, len(results))
	for i, r := range results {
		versions[i] = r.Source.Version
	}
	return versions, nil
}

// Down takes the newest version back and returns its number.
func (m *Migrator) Down(ctx context.Context) (int64, error) {
	result, err := m.provider.Down(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate down: %w", err)
	}
	return result.Source.Version, nil
}

// Newest returns the newest version that this program knows.
func (m *Migrator) Newest() int64 {
	sources := m.provider.ListSources()
	return sources[len(sources)-1].Version
}

// Version returns the version that the schema has; 0 for none.
func (m *Migrator) Version(ctx context.Context) (int64, error) {
	version, err := m.provider.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("version of the schema: %w", err)
	}
	return version, nil
}

// To brings the schema to a version, from older or newer ones. What only newer
// ones can hold is lost.
func (m *Migrator) To(ctx context.Context, version int64) error {
	if _, err := m.provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate up to version %d: %w", version, err)
	}
	if _, err := m.provider.DownTo(ctx, version); err != nil {
		return fmt.Errorf("migrate down to version %d: %w", version, err)
	}
	return nil
}

// A MigrationStatus says whether one migration is applied.
type MigrationStatus struct {
	Name    string
	Applied bool
}

// Status returns every migration in order.
func (m *Migrator) Status(ctx context.Context) ([]MigrationStatus, error) {
	all, err := m.provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", err)
	}
	list := make([]MigrationStatus, len(all))
	for i, s := range all {
		list[i] = MigrationStatus{Name: s.Source.Path, Applied: s.State == goose.StateApplied}
	}
	return list, nil
}

// Migrate brings the schema of the database at url to the newest version.
func Migrate(ctx context.Context, url string) error {
	m, err := NewMigrator(url)
	if err != nil {
		return err
	}
	defer m.Close()
	// Most starts have nothing to do, and need wait for nobody's lock. Where this
	// cannot be told, as in an empty database, Up finds out.
	if pending, err := m.provider.HasPending(ctx); err == nil && !pending {
		return nil
	}
	_, err = m.Up(ctx)
	return err
}
