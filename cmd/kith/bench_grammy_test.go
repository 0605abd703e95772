package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newGrammY starts the bot of testdata/grammy, which grammY's webhook takes
// updates for, and returns where that is, or why there is none.
func newGrammY(b *testing.B, w *workbench) (hook endpoint, missing string) {
	defer func() {
		if missing != "" {
			w.peers = append(w.peers, "grammY left out: "+missing)
			progress("grammY is left out: %s", missing)
		}
	}()
	node, err := exec.Command("node", "--version").Output()
	if err != nil {
		return hook, "there is no Node here"
	}
	dir := b.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/grammy")); err != nil {
		b.Fatal(err)
	}
	install := exec.Command("npm", "ci", "--ignore-scripts")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		progress("npm ci: %v\n%s", err, out)
		return hook, "npm could not install it"
	}
	w.peers = append(w.peers, "grammY "+packageVersion(b, filepath.Join(dir, "node_modules/grammy"))+" on Node "+strings.TrimSpace(string(node)))
	return endpoint{url: startBot(b, dir, w.telegram.URL)}, ""
}

// startBot starts a bot, and returns where its webhook is.
func startBot(b *testing.B, dir, telegram string) string {
	cmd := exec.Command("node", "bot.js", telegram)
	cmd.Dir, cmd.Stderr, cmd.Env = dir, os.Stderr, append(os.Environ(), "NODE_ENV=production")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close() // ends it
		if err := cmd.Wait(); err != nil {
			b.Error("the bot made with grammY: ", err)
		}
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal("the bot made with grammY does not say where it listens: ", err)
	}
	return strings.TrimSpace(address)
}

// packageVersion returns the version of an npm package.
func packageVersion(b *testing.B, dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		b.Fatal(err)
	}
	var about struct{ Version string }
	if err := json.Unmarshal(text, &about); err != nil {
		b.Fatal(err)
	}
	return about.Version
}
