// Command kith is Kith: a memory for the people in your life, on Telegram.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // containers and some machines have no time zones

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // the command line or a setting is wrong
)

// commandLine is what can be typed after kith.
type commandLine struct {
	Up         upCmd                     `cmd:"" help:"Run Kith here, with whatever is not set brought along."`
	Serve      serveCmd                  `cmd:"" help:"Run Kith with given servers."`
	Migrate    migrateCmd                `cmd:"" help:"Look after the database schema."`
	Invite     inviteCmd                 `cmd:"" help:"Print a link that lets one person in."`
	Login      loginCmd                  `cmd:"" help:"Link your own Telegram account, with the QR code in the terminal."`
	User       userCmd                   `cmd:"" help:"List accounts, shut them out, change their roles, delete them."`
	Import     importCmd                 `cmd:"" help:"Read the chats of a Telegram Desktop export."`
	Backup     backupCmd                 `cmd:"" help:"Write all that Kith knows to one file."`
	Restore    restoreCmd                `cmd:"" help:"Put a backup into an empty database, or check one."`
	Doctor     doctorCmd                 `cmd:"" help:"Look whether everything Kith depends on is there, and say what to do."`
	Health     healthCmd                 `cmd:"" help:"Ask the Kith that runs here whether it is healthy."`
	Config     configCmd                 `cmd:"" help:"Show every setting that is in force, and where it comes from."`
	Version    versionCmd                `cmd:"" help:"Show the version."`
	Completion kongcompletion.Completion `cmd:"" help:"Set up completion of commands in bash, zsh or fish."`
}

const description = `Kith remembers the people in your life. You talk to it on Telegram; it runs on your machine, with your database.

Settings come from the environment and, in development, from a file .env: see "kith config".`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &terminal{
		environment: os.Environ(), dotenv: ".env", stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
	})
	stop()
	os.Exit(code)
}

// run carries out the command line args and returns the exit code.
func run(ctx context.Context, args []string, t *terminal) int {
	exit := -1
	parser := kong.Must(&commandLine{},
		kong.Name("kith"), kong.Description(description),
		kong.Writers(t.stdout, t.stderr),
		kong.Exit(func(code int) { exit = max(exit, code) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Bind(t), kong.BindTo(ctx, (*context.Context)(nil)))
	kongcompletion.Register(parser)
	if exit >= 0 {
		return exit
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	switch {
	case exit >= 0: // help was asked for and given
		return exit
	case err != nil:
		fmt.Fprintf(t.stderr, "kith: %v\nType \"kith --help\" to see the commands.\n", err)
		return exitUsage
	}
	return t.exitCode(command.Run())
}

// A terminal is what a command runs in: where its settings come from and where
// it writes.
type terminal struct {
	environment    []string
	dotenv         string // the path of the .env file
	stdin          io.Reader
	stdout, stderr io.Writer
	clean          redactor
}

// config reads the settings and prints what they warn of.
func (t *terminal) config(extra ...check) (Config, error) {
	c, err := readConfig(t.environment, t.dotenv, extra...)
	for _, warning := range c.warnings {
		fmt.Fprintf(t.stderr, "kith: warning: %s\n", warning)
	}
	t.clean = newRedactor(c.passwords())
	return c, err
}

// exitCode says what went wrong, if anything did, and returns the code to end with.
func (t *terminal) exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(t.stderr, "kith: "+t.clean.text(err.Error()))
	if _, ok := errors.AsType[*configError](err); ok {
		return exitUsage
	}
	return exitFailed
}
