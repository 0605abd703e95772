package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kith-platform/kith/core/backup"
)

// TestPromise15SchedulerKilled runs two schedulers, at home in time zones of
// their own, and kills the one that is at work: what is due is done once, by
// the other or by the one that comes after. Under little load a claim of the
// killed one runs out at once.
func TestPromise15SchedulerKilled(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	r := newRig(t, "KITH_BACKUP_TO", place, "KITH_BACKUP_KEY", newSecretKey().reveal())
	r.outlived(1)
	first, second := r.scheduler("America/New_York"), r.scheduler("Australia/Lord_Howe")
	r.until(30*time.Second, "house is kept", `SELECT NOT EXISTS (SELECT FROM updates)`)
	r.wantBackups(place, 1)
	r.until(30*time.Second, "both are there", `SELECT count(*) > 1 FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE '%take lease%'`)
	kept := value[int](r, `SELECT generation FROM leases WHERE name = 'housekeeping'`)

	if value[bool](r, `SELECT owner LIKE $1 FROM leases WHERE name = 'sweep'`, fmt.Sprintf("%%/%d/%%", second.pid())) {
		first, second = second, first
	}
	first.kill()
	age(t, place, 25*time.Hour)
	if *chaos == "" {
		r.expire()
	}
	r.outlived(2)
	r.exec(`UPDATE leases SET expires_at = now() - interval '1 second' WHERE name = 'housekeeping'`) // an hour passes
	third := r.scheduler("America/New_York")
	r.until(30*time.Second, "house is kept again", `SELECT NOT EXISTS (SELECT FROM updates)`)
	r.wantBackups(place, 2)
	r.until(time.Minute, "all have looked what is due", `SELECT clock_timestamp() > $1::timestamptz`, time.Now().Add(time.Duration(load(0, 40))*time.Second))
	r.wantBackups(place, 2)
	if n := value[int](r, `SELECT generation FROM leases WHERE name = 'housekeeping'`) - kept; n != 1 {
		t.Errorf("house was kept %d times in the hour, want once", n)
	}
	second.terminate()
	third.terminate()
}

// scheduler starts a process that sees to what is due, where the clocks show
// the time of a zone.
func (r *rig) scheduler(zone string) *process {
	r.t.Helper()
	r.settings["TZ"] = zone
	return r.spawn("--roles", "worker,scheduler")
}

// outlived adds an update that is to be forgotten when house is kept.
func (r *rig) outlived(id int) {
	r.t.Helper()
	r.exec(`INSERT INTO updates (bot_id, update_id, seen_at) VALUES (1, $1, now() - interval '4 days')`, id)
}

// wantBackups waits until a place has that many backups, and fails the test if
// it has more.
func (r *rig) wantBackups(place string, want int) {
	r.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		made, err := backup.Backups(r.ctx, backup.Folder(place))
		r.must(err)
		switch {
		case len(made) > want || time.Now().After(deadline):
			r.t.Fatalf("%d backups were made, want %d", len(made), want)
		case len(made) == want:
			return
		}
	}
}

// age makes the only backup in a place that much older.
func age(t *testing.T, place string, by time.Duration) {
	t.Helper()
	made, err := backup.Backups(t.Context(), backup.Folder(place))
	if err != nil || len(made) != 1 {
		t.Fatalf("%d backups (%v), want 1", len(made), err)
	}
	if err := os.Rename(filepath.Join(place, made[0].Name), filepath.Join(place, backup.Name(time.Now().Add(-by)))); err != nil {
		t.Fatal(err)
	}
}
