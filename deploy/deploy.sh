#!/usr/bin/env bash
# Kith on a server with Docker: "deploy/deploy.sh help" lists what it can do.
# What it makes lies in secrets/ and .env beside docker-compose.yml; keep copies
# of both, and of nothing else but the database.
set -euo pipefail
umask 077
from=$PWD
cd "${DEPLOY_HOME:-"$(dirname "$0")/.."}"

say() { printf '%s\n' "$*" >&2; }
fail() {
	say "$@"
	exit 1
}

usage() {
	cat <<'END'
deploy/deploy.sh COMMAND

  check                 say what is missing on this machine
  start                 make what is missing, build, start everything
  update                build what is checked out now and roll it out
  rollback              roll out what ran before the last update
  scale worker=3 web=4  run so many containers of a part
  stop                  stop everything; nothing is lost
  status                show what runs, and how it is
  logs [PART...]        follow the logs
  invite                print a link that makes an admin's account
  kith COMMAND...       run a command of Kith's, such as kith user list
  secret NAME           ask for a secret and keep it: bot_token, gemini_api_key,
                        openai_api_key, telegram_api_hash or backup_to
  rotate-key            have everything sealed with another secret key; Kith is
                        away meanwhile
  certificate FULLCHAIN KEY
                        use another certificate, such as one of certbot's
END
}

# setting NAME: prints what .env says of it, or nothing.
setting() { [ ! -e .env ] || sed -n "s/^$1=//p" .env | tail -n 1; }

# set_to NAME VALUE: keeps a setting in .env.
set_to() {
	touch .env
	{ grep -v "^$1=" .env || true; printf '%s=%s\n' "$1" "$2"; } >.env.new
	mv .env.new .env
}

# keep NAME: keeps what comes in as a secret. The folder is yours alone; in it
# the containers' users may read.
keep() {
	tr -d '\n' >"secrets/$1.new"
	chmod 644 "secrets/$1.new"
	mv "secrets/$1.new" "secrets/$1"
}

# new_enough VERSION: whether that Compose knows all that docker-compose.yml says.
new_enough() { printf '%s\n' 2.24.0 "${1#v}" | sort -V -C; }

check() {
	local missing=()
	command -v docker >/dev/null 2>&1 || missing+=("docker: see docs.docker.com/engine/install")
	if command -v docker >/dev/null 2>&1; then
		docker info >/dev/null 2>&1 || missing+=("a Docker engine that answers, and the right to use it (as root, or in the group docker)")
		new_enough "$(docker compose version --short 2>/dev/null)" || missing+=("docker compose 2.24 or newer: the package docker-compose-plugin")
	fi
	command -v openssl >/dev/null 2>&1 || missing+=("openssl: apt-get install openssl")
	[ -s secrets/bot_token ] || missing+=("a bot's token from @BotFather: deploy/deploy.sh secret bot_token")
	[ "${#missing[@]}" -eq 0 ] && return
	say "Missing here:"
	for what in "${missing[@]}"; do say "  $what"; done
	return 1
}

# make_secrets makes those that nobody needs to know, where they are missing.
make_secrets() {
	mkdir -p secrets/nginx/tls secrets/acme
	chmod 700 secrets
	chmod 755 secrets/nginx secrets/nginx/tls secrets/acme
	local name password
	for name in postgres_password grafana_password secret_key backup_key; do
		[ -s "secrets/$name" ] || openssl rand -hex 32 | keep "$name"
	done
	password=$(cat secrets/postgres_password)
	[ -s secrets/database_url ] || printf 'postgres://kith:%s@postgres:5432/kith' "$password" | keep database_url
	# Compose wants every file to be there.
	for name in bot_token secret_key_previous telegram_api_hash gemini_api_key openai_api_key; do
		[ -e "secrets/$name" ] || keep "$name" </dev/null
	done
	keep_backup_to
	# shellcheck disable=SC2046 # the name, or nothing
	sh deploy/nginx/certificate.sh secrets/nginx/tls $(host)
	# nginx reads it as another user; one of root's was put there by certificate.
	[ ! -O secrets/nginx/tls/privkey.pem ] || chmod 644 secrets/nginx/tls/*.pem
	[ -e secrets/nginx/backends.conf ] || to_all
}

# keep_backup_to has it kept where backups go: what .env says of that moves among
# the secrets, for the URL of a bucket has its key in it. An empty file stays: it
# says that there are to be none.
keep_backup_to() {
	local to
	to=$(setting KITH_BACKUP_TO | sed "s/^[\"']//; s/[\"']\$//")
	if [ -n "$to" ]; then
		printf '%s' "$to" | keep backup_to
		{ grep -v '^KITH_BACKUP_TO=' .env || true; } >.env.new
		mv .env.new .env
		say "KITH_BACKUP_TO has moved from .env to secrets/backup_to."
	fi
	[ -e secrets/backup_to ] || printf /backups | keep backup_to
}

# host prints the name in KITH_PUBLIC_URL.
host() { setting KITH_PUBLIC_URL | sed 's|^https://||; s|[:/].*||'; }

secret() {
	local name=${1:-} value
	case $name in
	bot_token | gemini_api_key | openai_api_key | telegram_api_hash | backup_to) ;;
	*) fail "Which secret? bot_token, gemini_api_key, openai_api_key, telegram_api_hash or backup_to." ;;
	esac
	mkdir -p secrets
	chmod 700 secrets
	[ ! -t 0 ] || printf '%s: ' "$name" >&2
	IFS= read -rs value || true
	[ ! -t 0 ] || say
	[ -n "$value" ] || fail "Nothing was typed, and nothing is changed."
	printf '%s' "$value" | keep "$name"
	# Two are always there; of the others Kith is told in .env.
	[[ $name =~ ^(bot_token|backup_to)$ ]] || set_to "$(printf '%s_FILE' "$name" | tr '[:lower:]' '[:upper:]')" "/run/secrets/$name"
	say "Kept. deploy/deploy.sh start puts it into force, or update where Kith runs."
}

# rotate_key makes another secret key. No process may have just one of the two.
rotate_key() {
	[ -s secrets/secret_key ] || fail "There is no key yet: deploy/deploy.sh start makes one."
	[ ! -s secrets/secret_key_previous ] || fail "secrets/secret_key_previous is still there from the last time. A week after that, empty it, and try again."
	docker compose stop web worker scheduler userclient
	openssl rand -hex 32 | keep secret_key_next
	keep secret_key_previous <secrets/secret_key
	mv secrets/secret_key_next secrets/secret_key
	set_to KITH_SECRET_KEY_PREVIOUS_FILE /run/secrets/secret_key_previous
	docker compose up -d --wait
	say "Kith runs with another key. The one before is in secrets/secret_key_previous: a week from now, empty that file."
}

version() { git describe --tags --always --dirty 2>/dev/null || date -u +%Y%m%d%H%M%S; }

# build NAME: makes the image of what is checked out, under the name of its version.
build() {
	DEPLOY_VERSION=$1 DEPLOY_REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown) docker compose build migrate
}

# use VERSION: has it run from now on.
use() {
	[ "$1" = "$(setting DEPLOY_VERSION)" ] && return
	set_to DEPLOY_VERSION_PREVIOUS "$(setting DEPLOY_VERSION)"
	set_to DEPLOY_VERSION "$1"
}

start() {
	local now
	check
	make_secrets
	now=$(version)
	build "$now"
	use "$now"
	docker compose up -d --wait
	say "Kith runs: https://$(host | grep . || echo localhost)"
	say "deploy/deploy.sh invite prints a link that makes an account."
}

update() {
	local now
	check
	make_secrets
	now=$(version)
	build "$now"
	# The schema first: the release that serves goes on beside it.
	[ -z "$(docker compose ps -q web)" ] || DEPLOY_VERSION=$now docker compose run --rm --no-deps migrate
	roll_out "$now"
}

rollback() {
	local previous
	previous=$(setting DEPLOY_VERSION_PREVIOUS)
	[ -n "$previous" ] || fail "No version is known that ran before."
	docker image inspect "kith:$previous" >/dev/null 2>&1 ||
		fail "The image kith:$previous is gone: check that version out and run deploy/deploy.sh update."
	# The schema stays as it is: a release runs on one that is newer.
	roll_out "$previous"
}

# roll_out VERSION: new containers of web start beside the old ones; when they
# are healthy nginx asks only them; when nobody waits for the old ones any more,
# those end. Where that fails, the new ones go and the old ones stay.
roll_out() {
	local old
	old=$(docker compose ps -q web | xargs)
	if [ -z "$old" ]; then
		use "$1"
		docker compose up -d --wait
		return
	fi
	# shellcheck disable=SC2064 # which they are is known now
	trap "give_up '$old'" EXIT
	# nginx looks again when there are new ones, and is not to find those yet.
	# shellcheck disable=SC2086
	to_these $old
	DEPLOY_VERSION=$1 docker compose up -d --no-deps --no-recreate --wait --scale "web=$(($(wc -w <<<"$old") * 2))" web
	# shellcheck disable=SC2046 # a list of words
	to_these $(others "$old")
	reload
	trap - EXIT
	use "$1"
	# shellcheck disable=SC2086
	docker stop $old >/dev/null
	# shellcheck disable=SC2086
	docker rm $old >/dev/null
	to_all
	reload
	# The rest starts anew even where only a secret is another: what it holds it
	# finishes, or it is taken up again.
	docker compose up -d --no-deps --force-recreate --wait worker scheduler userclient
	docker compose up -d --wait
	say "Version $1 runs."
}

# others CONTAINERS: prints the containers of web that are not among these.
others() {
	local id
	for id in $(docker compose ps -aq web); do
		[[ " $1 " == *" $id "* ]] || printf '%s ' "$id"
	done
}

give_up() {
	local new
	new=$(others "$1")
	say "That did not work; the version that ran before goes on."
	to_all
	# shellcheck disable=SC2086 # a list of words
	[ -z "$new" ] || docker rm -f $new >/dev/null
	reload || true
}

# Who takes requests: every container of web, or only these.
to_all() { backends web; }
to_these() {
	local id names=()
	for id in "$@"; do names+=("$(docker inspect -f '{{slice .Name 1}}' "$id")"); done
	backends "${names[@]}"
}

backends() {
	printf 'server %s:5000 max_fails=1 fail_timeout=5s;\n' "$@" >secrets/nginx/backends.new
	chmod 644 secrets/nginx/backends.new
	mv secrets/nginx/backends.new secrets/nginx/backends.conf
}

# reload has nginx read its files, and waits until nothing asks by the old ones.
reload() {
	docker compose exec -T nginx nginx -s reload
	for _ in $(seq 70); do
		docker compose exec -T nginx sh -c 'ps | grep -q "[w]orker process is shutting down"' || return 0
		sleep 1
	done
}

scale() {
	[ $# -gt 0 ] || fail "How many of what? deploy/deploy.sh scale worker=3"
	local one name
	for one in "$@"; do
		[[ $one =~ ^(web|worker|userclient)=[1-9][0-9]?$ ]] || fail "$one: web, worker and userclient can be scaled, as in worker=3."
	done
	for one in "$@"; do
		name=${one%=*}
		set_to "DEPLOY_${name^^}S" "${one#*=}"
	done
	docker compose up -d --no-recreate --wait
	reload
}

# absolute PATH: prints it as it was meant where this was called.
absolute() {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s\n' "$from/$1" ;;
	esac
}

certificate() {
	[ $# -eq 2 ] || fail "Which files? deploy/deploy.sh certificate fullchain.pem privkey.pem"
	local chain key ours theirs
	chain=$(absolute "$1")
	key=$(absolute "$2")
	# nginx reads the whole chain, and nobody is there to type the key's password.
	if ! openssl crl2pkcs7 -nocrl -certfile "$chain" -out /dev/null || ! ours=$(openssl x509 -in "$chain" -noout -pubkey); then
		fail "$1 is not a certificate; nothing is changed."
	fi
	theirs=$(openssl pkey -in "$key" -passin pass: -pubout) || fail "$2 is not a key without a password; nothing is changed."
	[ "$ours" = "$theirs" ] || fail "$2 is not the key of $1; nothing is changed."
	mkdir -p secrets/nginx/tls
	install -m 644 "$chain" secrets/nginx/tls/fullchain.pem
	install -m 644 "$key" secrets/nginx/tls/privkey.pem
	[ -z "$(docker compose ps -q nginx)" ] || reload
}

# kith COMMAND...: runs a command of Kith's in a container of its own, with what
# the scheduler has: some are for when no Kith can start, or none may run.
kith() {
	local tty=()
	[ -t 0 ] && [ -t 1 ] || tty=(-T)
	docker compose run --rm --no-deps "${tty[@]}" scheduler "$@"
}

command=${1:-help}
shift || true
case $command in
check) check && say "Nothing is missing." ;;
start | update | rollback | scale | secret | certificate | kith) "$command" "$@" ;;
rotate-key) rotate_key ;;
stop) docker compose --profile monitoring down ;;
status) docker compose ps ;;
logs) docker compose logs -f --tail 200 "$@" ;;
invite) kith invite --admin ;;
secrets) make_secrets ;;
help | -h | --help) usage ;;
*)
	usage >&2
	exit 2
	;;
esac
