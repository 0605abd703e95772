package main

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// standIn is a docker that writes down what it is told, and knows of as many
// containers of web as there are lines in a file. What a file "refused" says is
// refused.
const standIn = `#!/bin/sh
printf '%s %s\n' "${DEPLOY_VERSION:-}" "$*" >>calls
if [ -s refused ] && printf '%s' "$*" | grep -q -- "$(cat refused)"; then exit 1; fi
case "$*" in
"compose version --short") echo 2.24.1 ;;
"compose ps -q web" | "compose ps -aq web") cat web ;;
*"--scale web="*) printf 'nginx may ask %s\n' "$(sed 's/server \([^ ]*\).*/\1/' secrets/nginx/backends.conf | xargs)" >>calls; sed 's/^old/new/' web >new; cat new >>web; rm new ;;
"inspect "*) for id in "$@"; do :; done; echo "kith-web-$id" ;;
"stop "*) shift; for id in "$@"; do sed -i "/^$id\$/d" web; done ;;
"rm -f "*) shift 2; for id in "$@"; do sed -i "/^$id\$/d" web; done ;;
*"nginx -s reload"*) printf 'nginx asks %s\n' "$(sed 's/server \([^ ]*\).*/\1/' secrets/nginx/backends.conf | xargs)" >>calls ;;
*"shutting down"*) exit 1 ;;
esac
`

// docked is a site with a docker that only writes down, on which Kith runs.
func docked(t *testing.T, version string) site {
	t.Helper()
	s := newSite(t)
	s.write("bin/docker", standIn)
	s.write("bin/git", "#!/bin/sh\ncat version\n")
	s.write("web", "")
	s.write("version", version)
	s.must("123:a-token\n", "secret", "bot_token")
	s.must("", "start")
	s.write("web", "old1\nold2\n")
	s.write("calls", "")
	return s
}

// told returns what docker was told, but for questions.
func (s site) told() []string {
	var told []string
	for line := range strings.Lines(s.read("calls")) {
		line = strings.TrimSpace(line)
		if !regexp.MustCompile(`^compose (ps|version)|^(info|inspect|image)|shutting down`).MatchString(line) {
			told = append(told, line)
		}
	}
	return told
}

// TestUpdateDropsNoRequest looks at the order of things: nginx asks only what is
// healthy, and nothing ends that is asked.
func TestUpdateDropsNoRequest(t *testing.T) {
	t.Parallel()
	s := docked(t, "v1")
	s.write("version", "v2")
	s.must("", "update")
	want := []string{
		"v2 compose build migrate",
		"v2 compose run --rm --no-deps migrate",
		"v2 compose up -d --no-deps --no-recreate --wait --scale web=4 web",
		"nginx may ask kith-web-old1:5000 kith-web-old2:5000",
		"compose exec -T nginx nginx -s reload",
		"nginx asks kith-web-new1:5000 kith-web-new2:5000",
		"stop old1 old2",
		"rm old1 old2",
		"compose exec -T nginx nginx -s reload",
		"nginx asks web:5000",
		"compose up -d --no-deps --force-recreate --wait worker scheduler userclient",
		"compose up -d --wait",
	}
	if got := s.told(); !slices.Equal(got, want) {
		t.Errorf("docker is told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if env := s.read(".env"); !strings.Contains(env, "DEPLOY_VERSION=v2\n") || !strings.Contains(env, "DEPLOY_VERSION_PREVIOUS=v1\n") {
		t.Errorf(".env says %q", env)
	}
	s.write("web", "old1\n")
	s.write("calls", "")
	s.must("", "rollback")
	if got := s.told(); len(got) == 0 || got[0] != "v1 compose up -d --no-deps --no-recreate --wait --scale web=2 web" {
		t.Errorf("back: docker is told %q, want no migration and v1", got)
	}
	if env := s.read(".env"); !strings.Contains(env, "DEPLOY_VERSION=v1\n") {
		t.Errorf("back: .env says %q", env)
	}
}

// TestUpdateOfWhatIsStopped starts it.
func TestUpdateOfWhatIsStopped(t *testing.T) {
	t.Parallel()
	s := docked(t, "v1")
	s.write("web", "")
	s.write("version", "v2")
	s.must("", "update")
	if got, want := s.told(), []string{"v2 compose build migrate", "compose up -d --wait"}; !slices.Equal(got, want) {
		t.Errorf("docker is told %q, want %q", got, want)
	}
}

// TestUpdateThatFails leaves what runs as it is.
func TestUpdateThatFails(t *testing.T) {
	t.Parallel()
	s := docked(t, "v1")
	s.write("version", "v2")
	for _, refused := range []string{"compose build", "run --rm", "--scale"} {
		s.write("refused", refused)
		if said, err := s.run("", "update"); err == nil {
			t.Errorf("%s: the update succeeds: %s", refused, said)
		}
		if got := s.read("web"); got != "old1\nold2\n" {
			t.Errorf("%s: %q run, want the old ones", refused, got)
		}
		if got := s.read("secrets/nginx/backends.conf"); !strings.HasPrefix(got, "server web:5000 ") {
			t.Errorf("%s: nginx asks %q", refused, got)
		}
		if env := s.read(".env"); !strings.Contains(env, "DEPLOY_VERSION=v1\n") {
			t.Errorf("%s: .env says %q", refused, env)
		}
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	s := docked(t, "v1")
	s.must("", "scale", "worker=3", "web=4")
	if got := project(t, filepath.Join(s.dir, "docker-compose.yml")); *got.Services["worker"].Deploy.Replicas != 3 || *got.Services["web"].Deploy.Replicas != 4 {
		t.Errorf("%d workers and %d of web, want 3 and 4", *got.Services["worker"].Deploy.Replicas, *got.Services["web"].Deploy.Replicas)
	}
	for _, wrong := range []string{"scheduler=2", "worker", "worker=0", "web=1;x"} {
		if said, err := s.run("", "scale", wrong); err == nil || !strings.Contains(said, "can be scaled") {
			t.Errorf("scale %s: %v: %s", wrong, err, said)
		}
	}
}

func TestCheckSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("bin/docker", "#!/bin/sh\nexit 1\n")
	said, err := s.run("", "check")
	for _, want := range []string{"a Docker engine", "docker compose", "@BotFather"} {
		if err == nil || !strings.Contains(said, want) {
			t.Errorf("check does not say that %s is missing (%v): %s", want, err, said)
		}
	}
	s.write("bin/docker", strings.Replace(standIn, "2.24.1", "2.9.0", 1))
	if said, err := s.run("", "start"); err == nil || !strings.Contains(said, "2.24 or newer") {
		t.Errorf("with a Compose that is too old: %v: %s", err, said)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "secrets")); err == nil {
		t.Error("secrets are made before what is missing is said")
	}
	if said, err := s.run("", "nonsense"); err == nil || !strings.Contains(said, "rollback") {
		t.Errorf("a command that is none: %v: %s", err, said)
	}
}

// TestAnotherKey has all processes get it at once, and the one before with it.
func TestAnotherKey(t *testing.T) {
	t.Parallel()
	s := docked(t, "v1")
	before := s.read("secrets/secret_key")
	s.must("", "rotate-key")
	if got, want := s.told(), []string{"compose stop web worker scheduler userclient", "compose up -d --wait"}; !slices.Equal(got, want) {
		t.Errorf("docker is told %q, want %q", got, want)
	}
	now := s.read("secrets/secret_key")
	if now == before || len(now) != len(before) || s.read("secrets/secret_key_previous") != before {
		t.Error("the key is not another one, or that of before is not kept")
	}
	if env := s.read(".env"); !strings.Contains(env, "KITH_SECRET_KEY_PREVIOUS_FILE=/run/secrets/secret_key_previous\n") {
		t.Errorf(".env says %q", env)
	}
	if said, err := s.run("", "rotate-key"); err == nil || s.read("secrets/secret_key_previous") != before || s.read("secrets/secret_key") != now {
		t.Errorf("a second time at once: %v: %s; want that nothing changes", err, said)
	}
}

// TestSecretsAreKept has them made once, for nobody else's eyes but the
// containers', and never shown.
func TestSecretsAreKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.must("", "secrets")
	before := s.read("secrets/secret_key") + s.read("secrets/database_url")
	s.write(".env", "KITH_PUBLIC_URL=https://kith.example.org:8443\n")
	said, err := s.run("a-key\n", "secret", "gemini_api_key")
	if err != nil || strings.Contains(said, "a-key") || s.read("secrets/gemini_api_key") != "a-key" {
		t.Errorf("a secret: %v: it is %q, and %q is shown", err, s.read("secrets/gemini_api_key"), said)
	}
	if said, err := s.run("x\n", "secret", "../x"); err == nil {
		t.Errorf("any file can be written: %s", said)
	}
	s.must("", "secrets")
	if s.read("secrets/secret_key")+s.read("secrets/database_url") != before {
		t.Error("made again, want them kept")
	}
	if env := s.read(".env"); !strings.Contains(env, "GEMINI_API_KEY_FILE=/run/secrets/gemini_api_key\n") || !strings.Contains(env, "KITH_PUBLIC_URL=") {
		t.Errorf(".env says %q", env)
	}
	for path, want := range map[string]os.FileMode{"secrets": 0o700, ".env": 0o600, "secrets/bot_token": 0o644, "secrets/nginx/tls/privkey.pem": 0o644} {
		info, err := os.Stat(filepath.Join(s.dir, path))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v (%v), want %v", path, info.Mode().Perm(), err, want)
		}
	}
}

// TestWhereBackupsGoIsASecret has the key of a bucket out of .env, and so out of
// every container's environment, and the choice of having no backups kept.
func TestWhereBackupsGoIsASecret(t *testing.T) {
	t.Parallel()
	s := docked(t, "v1")
	if got := s.read("secrets/backup_to"); got != "/backups" {
		t.Errorf("backups go to %q, want the volume", got)
	}
	const bucket = "s3://key:hunter2@s3.example.org/kith"
	s.write(".env", s.read(".env")+"KITH_BACKUP_TO='"+bucket+"'\nKITH_BACKUP_KEEP=7\n")
	said, err := s.run("", "update")
	if err != nil || strings.Contains(said, "hunter2") || s.read("secrets/backup_to") != bucket {
		t.Errorf("update: %v: backups go to %q, and it says\n%s", err, s.read("secrets/backup_to"), said)
	}
	for name, service := range project(t, filepath.Join(s.dir, "docker-compose.yml")).Services {
		keep, kept := service.Environment["KITH_BACKUP_KEEP"]
		if to := service.Environment["KITH_BACKUP_TO"]; to != nil || slices.Contains(ofKith(), name) && (!kept || *keep != "7") {
			t.Errorf("%s has where backups go in its environment, or not the rest of .env", name)
		}
	}
	if said, err := s.run("s3://key:hunter3@s3.example.org/kith\n", "secret", "backup_to"); err != nil || !strings.Contains(s.read("secrets/backup_to"), "hunter3") {
		t.Errorf("another place: %v: %s", err, said)
	}
	s.write("secrets/backup_to", "")
	s.must("", "update")
	if to, env := s.read("secrets/backup_to"), s.read(".env"); to != "" || strings.Contains(env, "KITH_BACKUP_TO") {
		t.Errorf("backups go to %q, and .env says %q; want none to be made", to, env)
	}
}

// TestCertificate has one made where there is none, for the name that Kith has
// then; and another put in its place only with its own key.
func TestCertificate(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("bin/docker", standIn)
	s.write("web", "")
	s.write(".env", "KITH_PUBLIC_URL=https://kith.example.org\n")
	s.must("", "secrets")
	block, _ := pem.Decode([]byte(s.read("secrets/nginx/tls/fullchain.pem")))
	made, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "127.0.0.1", "kith.example.org"} {
		if err := made.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	if made.IsCA {
		t.Error("it could sign others")
	}
	sh := exec.CommandContext(t.Context(), "sh", "deploy/nginx/certificate.sh", "other")
	sh.Dir = s.dir
	if said, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if _, err := s.run("", "certificate", "other/fullchain.pem", "secrets/nginx/tls/privkey.pem"); err == nil {
		t.Error("a certificate with another's key is taken")
	}
	s.must("", "certificate", "other/fullchain.pem", "other/privkey.pem")
	if s.read("secrets/nginx/tls/fullchain.pem") != s.read("other/fullchain.pem") {
		t.Error("it is not put in place")
	}
}

// TestCertificateThatIsBroken leaves the pair that works where it is, whatever
// nginx could not start with.
func TestCertificateThatIsBroken(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("bin/docker", standIn)
	s.write("web", "")
	s.must("", "secrets")
	sh := exec.CommandContext(t.Context(), "sh", "-c", `sh deploy/nginx/certificate.sh other && cd other &&
		openssl ec -in privkey.pem -aes256 -passout pass:x -out locked.pem && : >empty.pem &&
		{ cat fullchain.pem; head -n 5 fullchain.pem; } >half.pem`)
	sh.Dir = s.dir
	if said, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	pair := func() string {
		return s.read("secrets/nginx/tls/fullchain.pem") + s.read("secrets/nginx/tls/privkey.pem")
	}
	before := pair()
	for _, files := range [][2]string{
		{"privkey.pem", "fullchain.pem"}, {"empty.pem", "empty.pem"}, {"none.pem", "none.pem"}, {"half.pem", "privkey.pem"}, {"fullchain.pem", "locked.pem"},
	} {
		said, err := s.run("", "certificate", "other/"+files[0], "other/"+files[1])
		if err == nil || !strings.Contains(said, "nothing is changed") || pair() != before {
			t.Errorf("%q: %v: %s", files, err, said)
		}
	}
}

// TestCertificateFromElsewhere names the files as they are named where somebody
// stands.
func TestCertificateFromElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("bin/docker", standIn)
	s.write("web", "")
	elsewhere := t.TempDir()
	script := `sh "$DEPLOY_HOME/deploy/nginx/certificate.sh" . && bash "$DEPLOY_HOME/deploy/deploy.sh" certificate fullchain.pem privkey.pem`
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir, cmd.Env = elsewhere, append(os.Environ(), "PATH="+filepath.Join(s.dir, "bin")+":"+os.Getenv("PATH"), "DEPLOY_HOME="+s.dir)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	made, err := os.ReadFile(filepath.Join(elsewhere, "fullchain.pem"))
	if err != nil || s.read("secrets/nginx/tls/fullchain.pem") != string(made) {
		t.Errorf("it is not put in place (%v)", err)
	}
}

// TestCommandsNeedNoKith has commands run in a container of their own, which has
// what they need: some are for when no Kith can start, or none may run.
func TestCommandsNeedNoKith(t *testing.T) {
	t.Parallel()
	s := docked(t, "v1")
	s.must("", "kith", "restore", "--replace", "the last one.backup")
	s.must("", "kith", "user", "unlink", "--locked")
	s.must("", "invite")
	want := []string{
		"compose run --rm --no-deps -T scheduler restore --replace the last one.backup",
		"compose run --rm --no-deps -T scheduler user unlink --locked",
		"compose run --rm --no-deps -T scheduler invite --admin",
	}
	if got := s.told(); !slices.Equal(got, want) {
		t.Errorf("docker is told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	scheduler := project(t, filepath.Join(s.dir, "docker-compose.yml")).Services["scheduler"]
	if scheduler.Entrypoint != nil {
		t.Errorf("the scheduler's container runs %q, want Kith with what is given", scheduler.Entrypoint)
	}
	if len(scheduler.Volumes) != 1 || scheduler.Volumes[0].Target != s.read("secrets/backup_to") {
		t.Errorf("the scheduler has the volumes %v, want that of backups", scheduler.Volumes)
	}
}

// TestScripts has ShellCheck read all scripts.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts := []string{"../../.ci/run"}
	for _, pattern := range []string{"../../deploy/*.sh", "../../deploy/*/*.sh"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, found...)
	}
	if said, err := exec.CommandContext(t.Context(), "shellcheck", scripts...).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}
