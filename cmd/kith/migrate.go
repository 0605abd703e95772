package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/kith-platform/kith/core/store"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Bring the database schema to the newest version."`
	Down   migrateDownCmd   `cmd:"" help:"Take the newest version of the schema back, and what only it can hold."`
	Status migrateStatusCmd `cmd:"" help:"Show which versions of the schema are applied."`
	Create migrateCreateCmd `cmd:"" help:"Make an empty migration in migrations/."`
}

type migrateUpCmd struct{}

// Run applies what is missing.
func (migrateUpCmd) Run(ctx context.Context, t *terminal) error {
	return t.migrate(func(m *store.Migrator) error {
		versions, err := m.Up(ctx)
		for store.InUse(err) {
			fmt.Fprintln(t.stderr, "A table is in use, as by a backup. Trying again.")
			select {
			case <-time.After(5 * time.Second):
			case <-ctx.Done():
				return ctx.Err()
			}
			versions, err = m.Up(ctx)
		}
		if err == nil && len(versions) == 0 {
			fmt.Fprintln(t.stdout, "The schema is up to date.")
		}
		for _, v := range versions {
			fmt.Fprintf(t.stdout, "Applied version %d.\n", v)
		}
		return err
	})
}

type migrateDownCmd struct{}

// Run takes the newest version back.
func (migrateDownCmd) Run(ctx context.Context, t *terminal) error {
	return t.migrate(func(m *store.Migrator) error {
		version, err := m.Down(ctx)
		if err == nil {
			fmt.Fprintf(t.stdout, "Took version %d back.\n", version)
		}
		return err
	})
}

type migrateStatusCmd struct{}

// Run lists the versions.
func (migrateStatusCmd) Run(ctx context.Context, t *terminal) error {
	return t.migrate(func(m *store.Migrator) error {
		list, err := m.Status(ctx)
		for _, s := range list {
			mark := "pending"
			if s.Applied {
				mark = "applied"
			}
			fmt.Fprintf(t.stdout, "%s  %s\n", mark, s.Name)
		}
		return err
	})
}

// migrate runs do on the database that is set, or that kith up runs.
func (t *terminal) migrate(do func(m *store.Migrator) error) error {
	c, err := t.config()
	if err != nil {
		return err
	}
	url, err := directURL(c)
	if err != nil {
		return err
	}
	m, err := store.NewMigrator(url)
	if err != nil {
		return err
	}
	defer m.Close()
	return do(m)
}

type migrateCreateCmd struct {
	Name string `arg:"" help:"What it does, in a few words: add_reminder_snooze."`
	Dir  string `default:"migrations" type:"existingdir" help:"The directory of the migrations."`
}

var migrationName = regexp.MustCompile(`^[a-z][a-z0-9_]{1,60}$`)

// Run makes the file with the next number.
func (m migrateCreateCmd) Run(t *terminal) error {
	name := strings.ReplaceAll(strings.ToLower(m.Name), " ", "_")
	if !migrationName.MatchString(name) {
		return fmt.Errorf("%q is no name for a migration; write letters, digits and underscores: add_reminder_snooze", m.Name)
	}
	taken, err := filepath.Glob(filepath.Join(m.Dir, "[0-9][0-9][0-9][0-9][0-9]_*.sql"))
	if err != nil {
		return err
	}
	next := 1
	for _, path := range taken {
		var n int
		if _, err := fmt.Sscanf(filepath.Base(path), "%05d_", &n); err == nil && n >= next {
			next = n + 1
		}
	}
	path := filepath.Join(m.Dir, fmt.Sprintf("%05d_%s.sql", next, name))
	if err := os.WriteFile(path, []byte("-- +goose Up\n\n-- +goose Down\n"), 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.stdout, path)
	return err
}
