package main

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// stages returns those of deploy/Dockerfile, which BuildKit's own linter has
// nothing to say about.
func stages(t *testing.T) []instructions.Stage {
	t.Helper()
	file, err := os.Open("../../deploy/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	parsed, err := parser.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range parsed.Warnings {
		t.Errorf("Dockerfile: %s", w.Short)
	}
	found, _, err := instructions.Parse(parsed.AST, linter.New(&linter.Config{
		Warn: func(rule, _, _, msg string, _ []parser.Range) { t.Errorf("Dockerfile: %s: %s", rule, msg) },
	}))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestDockerfile holds the image to what the README says of it, and to the Go
// that go.mod asks for.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	all := stages(t)
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	if want := []string{"source", "development", "build", "production"}; !slices.Equal(names, want) {
		t.Fatalf("the stages are %q, want %q", names, want)
	}
	gomod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	release := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(gomod)[1]
	if want := "golang:" + string(release) + "-bookworm"; all[0].BaseName != want {
		t.Errorf("built from %s, want %s", all[0].BaseName, want)
	}
	image := all[3]
	if image.BaseName != "scratch" {
		t.Errorf("the image stands on %s, want scratch", image.BaseName)
	}
	var user string
	var entry, health, command []string
	labels := map[string]string{}
	for _, c := range image.Commands {
		switch c := c.(type) {
		case *instructions.UserCommand:
			user = c.User
		case *instructions.EntrypointCommand:
			entry = c.CmdLine
		case *instructions.CmdCommand:
			command = c.CmdLine
		case *instructions.HealthCheckCommand:
			health = c.Health.Test
		case *instructions.LabelCommand:
			for _, l := range c.Labels {
				labels[l.Key] = l.Value
			}
		}
	}
	if user != "65532:65532" || !slices.Equal(entry, []string{"/usr/local/bin/kith"}) || !slices.Equal(command, []string{"serve"}) ||
		!slices.Equal(health, []string{"CMD", "/usr/local/bin/kith", "health"}) {
		t.Errorf("runs %q %q as %q, and asks %q how it is", entry, command, user, health)
	}
	if labels["org.opencontainers.image.version"] == "" || labels["org.opencontainers.image.revision"] == "" {
		t.Errorf("the labels are %q, want the version and the revision", labels)
	}
}
