package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/kith-platform/kith/core/faultproxy"
)

// A site is a directory on a server with what Docker needs of Kith in it.
type site struct {
	t   *testing.T
	dir string
}

func newSite(t *testing.T) site {
	t.Helper()
	s := site{t: t, dir: t.TempDir()}
	for _, name := range []string{"docker-compose.yml", "deploy/deploy.sh", "deploy/nginx/certificate.sh", "deploy/nginx/kith.conf", "deploy/nginx/nginx.conf"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		s.write(name, string(text))
	}
	return s
}

func (s site) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		s.t.Fatal(err)
	}
}

func (s site) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// run runs deploy.sh with what is typed, and returns what it prints.
func (s site) run(typed string, args ...string) (string, error) {
	cmd := exec.CommandContext(s.t.Context(), "bash", append([]string{"deploy/deploy.sh"}, args...)...)
	cmd.Dir, cmd.Stdin = s.dir, strings.NewReader(typed)
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(s.dir, "bin")+":"+os.Getenv("PATH"), "DEPLOY_HOME="+s.dir)
	said, err := cmd.CombinedOutput()
	return string(said), err
}

func (s site) must(typed string, args ...string) {
	s.t.Helper()
	if said, err := s.run(typed, args...); err != nil {
		s.t.Fatalf("deploy.sh %q: %v\n%s", args, err, said)
	}
}

// project reads a compose file, which has to be valid.
func project(t *testing.T, path string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{path}, cli.WithProfiles([]string{"*"}),
		cli.WithWorkingDirectory(filepath.Dir(path)), cli.WithEnvFiles(), cli.WithDotEnv)
	if err != nil {
		t.Fatal(err)
	}
	p, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ofKith lists the services that run Kith for as long as they are not stopped.
func ofKith() []string { return []string{"scheduler", "userclient", "web", "worker"} }

// TestComposeLetsNobodyIn reads docker-compose.yml as an attacker would: of what
// can be reached, and what a container may do once somebody is in it.
func TestComposeLetsNobodyIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := project(t, filepath.Join(s.dir, "docker-compose.yml"))
	neighbours := map[string][]string{}
	for name, service := range p.Services {
		for network := range service.Networks {
			neighbours[network] = append(neighbours[network], name)
		}
		for _, port := range service.Ports {
			if name != "nginx" && port.HostIP != "127.0.0.1" {
				t.Errorf("%s can be reached at port %s", name, port.Published)
			}
		}
		if user, _, _ := strings.Cut(service.User, ":"); user == "" || user == "0" || user == "root" {
			t.Errorf("%s runs as %q", name, service.User)
		}
		if !service.ReadOnly || !slices.Equal(service.CapDrop, []string{"ALL"}) || len(service.CapAdd) > 0 || service.Privileged ||
			!slices.Contains(service.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s may do more than it needs", name)
		}
		if slices.Contains(ofKith(), name) && !slices.ContainsFunc(service.Tmpfs, func(at string) bool { return strings.HasPrefix(at, "/tmp:") }) {
			t.Errorf("%s has no room for a file that a user sends", name)
		}
		limits := service.Deploy.Resources.Limits
		if limits == nil || limits.MemoryBytes == 0 || limits.NanoCPUs == 0 || limits.Pids == 0 {
			t.Errorf("%s may take all of the machine", name)
		}
		if name != "migrate" && (service.Restart != "unless-stopped" || service.HealthCheck == nil || service.HealthCheck.Disable) {
			t.Errorf("%s: restarted %q, health %v", name, service.Restart, service.HealthCheck)
		}
		for variable, value := range service.Environment {
			if value != nil && *value != "" && hidesSecret(variable) && !strings.HasSuffix(variable, fileSuffix) {
				t.Errorf("%s has a secret in its environment: %s", name, variable)
			}
		}
	}
	for network, want := range map[string][]string{
		"front": {"nginx", "web"}, "public": {"nginx"}, "desk": {"grafana"}, "out": ofKith(),
		"data":  {"migrate", "postgres", "redis", "scheduler", "userclient", "web", "worker"},
		"watch": {"grafana", "prometheus", "scheduler", "userclient", "web", "worker"},
	} {
		got := slices.Sorted(slices.Values(neighbours[network]))
		if !slices.Equal(got, want) {
			t.Errorf("in the network %s are %q, want %q", network, got, want)
		}
		if inner := slices.Contains([]string{"front", "data", "watch"}, network); bool(p.Networks[network].Internal) != inner {
			t.Errorf("%s is internal: %v, want %v", network, p.Networks[network].Internal, inner)
		}
	}
}

// TestComposeWaits has each service start only when what it needs is there.
func TestComposeWaits(t *testing.T) {
	t.Parallel()
	p := project(t, filepath.Join(newSite(t).dir, "docker-compose.yml"))
	needs := func(name string) types.DependsOnConfig { return p.Services[name].DependsOn }
	for _, name := range ofKith() {
		if needs(name)["migrate"].Condition != types.ServiceConditionCompletedSuccessfully || needs(name)["redis"].Condition != types.ServiceConditionHealthy {
			t.Errorf("%s waits for %v", name, needs(name))
		}
	}
	if needs("migrate")["postgres"].Condition != types.ServiceConditionHealthy || needs("nginx")["web"].Condition != types.ServiceConditionHealthy {
		t.Errorf("migrate waits for %v, nginx for %v", needs("migrate"), needs("nginx"))
	}
	development := project(t, "../../deploy/docker-compose.dev.yml").Services["kith"]
	for _, watched := range development.Develop.Watch {
		if _, err := os.Stat(watched.Path); err != nil {
			t.Errorf("watched, and not there: %v", err)
		}
	}
	if development.Build.Target != "development" || len(development.Ports) > 0 {
		t.Errorf("development builds %q and publishes %v", development.Build.Target, development.Ports)
	}
}

// TestComposeRuns starts what docker-compose.yml starts of Kith, and Redis, as
// processes: the same commands with the same environments and secrets, as the
// same users where root may choose, but that the hosts of other containers are
// on this machine. Each becomes healthy by its own health check.
func TestComposeRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := newRig(t)
	s.must("", "secrets")
	s.must(r.box.Token()+"\n", "secret", "bot_token")
	s.wantDatabase()
	// A socket is for its owner alone; a port is for all, as in a network.
	_, r.settings["DATABASE_URL"] = faultproxy.Before(t, r.settings["DATABASE_URL"])
	s.write("secrets/database_url", r.settings["DATABASE_URL"])
	s.write(".env", "TELEGRAM_BOT_API_URL="+r.box.BotURL()+"\nKITH_AI_ORDER=rules\nLOG_LEVEL=error\n")
	p := project(t, filepath.Join(s.dir, "docker-compose.yml"))
	r.settings["REDIS_URL"] = s.startServers(r, p)
	if out, err := s.command(r, p, "migrate", "", p.Services["migrate"].Command...).CombinedOutput(); err != nil || !strings.Contains(string(out), "up to date") {
		t.Fatalf("migrate: %v: %s", err, out)
	}
	bases := map[string]string{}
	for _, name := range ofKith() {
		addr := freeAddr(r)
		r.started(s.command(r, p, name, addr, p.Services[name].Command...))
		bases[name] = addr
	}
	for name, addr := range bases {
		s.wantHealthy(r, p, name, addr)
	}
	for name, addr := range bases {
		want := http.StatusNotFound
		if name == "web" {
			want = http.StatusOK
		}
		if status, _ := r.fetch("http://" + addr + "/sign-in"); status != want {
			t.Errorf("%s: the page to sign in is answered %d, want %d", name, status, want)
		}
	}
}

// startServers starts Redis, and waits until it and the Postgres that is there
// are healthy. It returns the URL of Redis.
func (s site) startServers(r *rig, p *types.Project) string {
	s.t.Helper()
	addr := freeAddr(r)
	host, port, _ := net.SplitHostPort(addr)
	redis := p.Services["redis"]
	data := s.t.TempDir()
	server := exec.CommandContext(s.t.Context(), redis.Command[0], append(redis.Command[1:], "--bind", host, "--port", port, "--dir", data)...)
	s.as(redis.User, server, data)
	r.started(server)
	s.wantCheck(r, "redis", func() *exec.Cmd {
		test := redis.HealthCheck.Test
		return exec.CommandContext(r.ctx, test[1], append([]string{"-p", port}, test[2:]...)...)
	})
	database, err := url.Parse(r.settings["DATABASE_URL"])
	r.must(err)
	s.wantCheck(r, "postgres", func() *exec.Cmd {
		test := p.Services["postgres"].HealthCheck.Test
		cmd := exec.CommandContext(r.ctx, test[1], test[2:]...)
		cmd.Env = append(os.Environ(), "PGPORT="+database.Port())
		return cmd
	})
	return "redis://" + addr + "/0"
}

// as has a command run as a user, "uid:gid", who is given the directories. Only
// root may.
func (s site) as(user string, cmd *exec.Cmd, dirs ...string) {
	s.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	var uid, gid int
	if _, err := fmt.Sscanf(user, "%d:%d", &uid, &gid); err != nil {
		s.t.Fatalf("the user %q: %v", user, err)
	}
	for _, dir := range dirs {
		if err := errors.Join(os.Chown(dir, uid, gid), os.Chmod(filepath.Dir(dir), 0o755)); err != nil {
			s.t.Fatal(err)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// wantDatabase holds the URL that deploy.sh made to what Postgres is told.
func (s site) wantDatabase() {
	s.t.Helper()
	u, err := url.Parse(s.read("secrets/database_url"))
	if err != nil {
		s.t.Fatal("the URL of the database is none")
	}
	service := project(s.t, filepath.Join(s.dir, "docker-compose.yml")).Services["postgres"]
	password, _ := u.User.Password()
	if u.Hostname() != "postgres" || u.User.Username() != *service.Environment["POSTGRES_USER"] ||
		u.Path != "/"+*service.Environment["POSTGRES_DB"] || password != s.read("secrets/postgres_password") || len(password) != 64 {
		s.t.Error("the URL of the database is not what Postgres is told")
	}
}

// command returns what a service runs, to be run here and to listen at an address.
func (s site) command(r *rig, p *types.Project, name, addr string, args ...string) *exec.Cmd {
	s.t.Helper()
	service := p.Services[name]
	files := map[string]string{}
	for _, secret := range service.Secrets {
		files["/run/secrets/"+secret.Source] = p.Secrets[secret.Source].File
	}
	var environment []string
	backups := filepath.Join(s.dir, "backups")
	r.must(os.MkdirAll(backups, 0o755))
	s.write("secrets/backup_to", backups)
	for variable, value := range service.Environment {
		if value == nil {
			continue
		}
		switch file, ok := files[*value]; {
		case ok:
			environment = append(environment, variable+"="+file)
		case variable == "REDIS_URL":
			environment = append(environment, variable+"="+r.settings["REDIS_URL"])
		case variable == "KITH_HTTP_ADDR":
			environment = append(environment, variable+"="+addr)
		default:
			environment = append(environment, variable+"="+*value)
		}
	}
	cmd := binary(s.t, append(environment, "KITH_DATA_DIR=/nonexistent"), args...)
	// Docker lends a container its secrets and the binary by themselves; here
	// the way to them must be open.
	for _, dir := range []string{filepath.Dir(s.dir), filepath.Join(s.dir, "secrets"), binaryDir} {
		r.must(os.Chmod(dir, 0o755))
	}
	s.as(service.User, cmd, cmd.Dir, backups)
	return cmd
}

// started starts a program that runs until the test ends.
func (r *rig) started(cmd *exec.Cmd) {
	r.t.Helper()
	r.must(cmd.Start())
	r.t.Cleanup(func() { _ = cmd.Wait() }) // the test's end kills it
}

// wantHealthy waits for a service's own health check to say that it is.
func (s site) wantHealthy(r *rig, p *types.Project, name, addr string) {
	s.t.Helper()
	test := p.Services[name].HealthCheck.Test
	if len(test) < 3 || test[0] != "CMD" || test[1] != "/usr/local/bin/kith" {
		s.t.Fatalf("the health check of %s is %q", name, test)
	}
	s.wantCheck(r, name, func() *exec.Cmd { return s.command(r, p, name, addr, test[2:]...) })
}

// wantCheck waits for a check to end well.
func (s site) wantCheck(r *rig, name string, check func() *exec.Cmd) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	for {
		said, err := check().CombinedOutput()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			s.t.Fatalf("%s does not become healthy: %v: %s", name, err, said)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// TestComposeTrustsItsOwn holds whom Kith trusts to where nginx and Prometheus are.
func TestComposeTrustsItsOwn(t *testing.T) {
	t.Parallel()
	p := project(t, filepath.Join(newSite(t).dir, "docker-compose.yml"))
	web := p.Services["web"].Environment
	for variable, network := range map[string]string{"KITH_TRUSTED_PROXIES": "front", "KITH_METRICS_ALLOW": "watch"} {
		subnet := p.Networks[network].Ipam.Config[0].Subnet
		if _, err := netip.ParsePrefix(subnet); err != nil || !strings.HasSuffix(*web[variable], subnet) {
			t.Errorf("%s is %s, want it to have %s (%v)", variable, *web[variable], subnet, err)
		}
	}
}
