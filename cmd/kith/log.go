package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/lmittmann/tint"
	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/kith-platform/kith/core"
)

// A log file is turned at this size, and this many old ones are kept.
const (
	logFileMegabytes = 50
	logFilesKept     = 5
)

// openLog returns the logger that c asks for: to stderr, and to files where c
// names a directory. The closer closes the files.
func openLog(c Config, stderr io.Writer) (*slog.Logger, io.Closer, error) {
	clean := newRedactor(c.passwords())
	handlers := []slog.Handler{console(c, clean.writer(stderr), stderr)}
	var files closers
	if c.LogDir != "" {
		if err := os.MkdirAll(c.LogDir, 0o750); err != nil {
			return nil, nil, fmt.Errorf("make the directory for logs: %w", err)
		}
		file := func(name string, least slog.Level) slog.Handler {
			f := &lumberjack.Logger{Filename: filepath.Join(c.LogDir, name), MaxSize: logFileMegabytes, MaxBackups: logFilesKept, MaxAge: c.RetainLogs.days()}
			files = append(files, f)
			return slog.NewJSONHandler(clean.writer(f), &slog.HandlerOptions{Level: max(least, c.LogLevel.Level)})
		}
		handlers = append(handlers,
			file("kith.log", slog.LevelDebug),
			file("kith_errors.log", slog.LevelError),
			&workerHandler{Handler: file("kith_worker.log", slog.LevelDebug)})
	}
	return slog.New(&refHandler{slog.NewMultiHandler(handlers...)}), files, nil
}

// console returns what writes to w: for machines in production, else for
// people, in colour when terminal is one.
func console(c Config, w, terminal io.Writer) slog.Handler {
	if c.Env == envProduction {
		return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: c.LogLevel.Level})
	}
	return tint.NewTextHandler(w, &tint.Options{Level: c.LogLevel.Level, TimeFormat: time.TimeOnly, NoColor: !inColour(terminal)})
}

// inColour reports whether w is a terminal whose owner does not refuse colours.
func inColour(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// A refHandler adds the reference that a record's context carries.
type refHandler struct{ slog.Handler }

// Handle passes r on with its reference.
func (h *refHandler) Handle(ctx context.Context, r slog.Record) error {
	if ref := core.Ref(ctx); ref != "" {
		r = r.Clone()
		r.AddAttrs(slog.String("ref", ref))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps the wrapping.
func (h *refHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &refHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the wrapping.
func (h *refHandler) WithGroup(name string) slog.Handler {
	return &refHandler{h.Handler.WithGroup(name)}
}

// A workerHandler passes on only what loggers made by With("component",
// "worker") write.
type workerHandler struct {
	slog.Handler
	ofWorker bool
}

// Enabled reports whether a record of that level may be passed on.
func (h *workerHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return h.ofWorker && h.Handler.Enabled(ctx, l)
}

// WithAttrs looks whether the logger is the worker's from here on.
func (h *workerHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	ofWorker := h.ofWorker
	for _, a := range attrs {
		ofWorker = ofWorker || a.Key == "component" && a.Value.String() == "worker"
	}
	return &workerHandler{h.Handler.WithAttrs(attrs), ofWorker}
}

// WithGroup keeps the wrapping.
func (h *workerHandler) WithGroup(name string) slog.Handler {
	return &workerHandler{h.Handler.WithGroup(name), h.ofWorker}
}

// closers are closed together.
type closers []io.Closer

// Close closes all of them.
func (c closers) Close() error {
	var errs []error
	for _, closer := range c {
		errs = append(errs, closer.Close())
	}
	return errors.Join(errs...)
}
