package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/opencontainers/go-digest"
)

func dockerfile(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../deploy/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// stages returns those of deploy/Dockerfile.
func stages(t *testing.T) []instructions.Stage {
	t.Helper()
	parsed, err := parser.Parse(bytes.NewReader(dockerfile(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range parsed.Warnings {
		t.Errorf("Dockerfile: %s", w.Short)
	}
	found, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// noRegistry knows of each image only that it is there.
type noRegistry struct{}

func (noRegistry) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, "", []byte(`{"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/usr/bin:/bin"]}}`), nil
}

// complaints returns the rules of BuildKit's linter that a Dockerfile breaks.
func complaints(t *testing.T, text []byte) (list []string) {
	t.Helper()
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", text)
	source.Definition = &llb.Definition{}
	found, err := dockerfile2llb.DockerfileLint(t.Context(), text, dockerfile2llb.ConvertOpt{MetaResolver: noRegistry{}, SourceMap: source})
	if err != nil {
		t.Fatal(err)
	}
	if found.Error != nil {
		list = append(list, found.Error.Message)
	}
	for _, w := range found.Warnings {
		list = append(list, w.RuleName+": "+w.Detail)
	}
	return list
}

// TestDockerfileLint has BuildKit's linter read deploy/Dockerfile, and the same
// with mistakes that it has to find.
func TestDockerfileLint(t *testing.T) {
	t.Parallel()
	text := dockerfile(t)
	if found := complaints(t, text); len(found) > 0 {
		t.Errorf("BuildKit's linter says %q", found)
	}
	for rule, mistake := range map[string]string{
		"UndefinedVar": "LABEL note=$REVISON", "SecretsUsedInArgOrEnv": "ENV API_TOKEN=1", "WorkdirRelativePath": "WORKDIR src",
		"MultipleInstructionsDisallowed": `CMD ["up"]`, "LegacyKeyValueFormat": "ENV KITH_ENV production",
	} {
		found := complaints(t, slices.Concat(text, []byte(mistake+"\n")))
		if !slices.ContainsFunc(found, func(complaint string) bool { return strings.HasPrefix(complaint, rule+":") }) {
			t.Errorf("with %q BuildKit's linter says %q, want %s", mistake, found, rule)
		}
	}
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
