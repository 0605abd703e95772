// Package migrations has the schema as numbered SQL files, run by goose.
package migrations

import "embed"

// Files has every migration, at the root of the file system.
//
//go:embed *.sql
var Files embed.FS
