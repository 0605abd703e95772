#!/usr/bin/env bash
# Kith while it is worked on: built and started again whenever a file changes,
# with the sandbox instead of Telegram. With Docker in a container, without it
# on this machine.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
	cat <<'END'
deploy/dev.sh [COMMAND]

  start    build and start, again after each change (the default); Ctrl-C stops
  stop     stop the container; what it knows stays
  logs     follow what it says
  forget   stop it and forget all it knows
END
}

compose() { docker compose -f deploy/docker-compose.dev.yml "$@"; }

# Reports whether a Docker engine with compose answers.
docked() { docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; }

# sources: prints the state of everything that Kith is built from.
sources() { find cmd bot userclient core api migrations go.mod go.sum -type f -printf '%p %T@\n' | sort; }

# live runs Kith here, and again whenever a file changes. What does not build
# leaves the one that runs as it is.
live() {
	sh deploy/install.sh
	local kith="" seen now
	trap 'if [ -n "$kith" ]; then kill -TERM "$kith" 2>/dev/null || true; wait "$kith" || true; fi' EXIT
	trap 'exit 0' INT TERM
	while :; do
		seen=$(sources)
		if go build -o bin/kith.new ./cmd/kith; then
			if [ -n "$kith" ]; then
				kill -TERM "$kith" 2>/dev/null || true
				wait "$kith" || true
			fi
			mv bin/kith.new bin/kith
			bin/kith up &
			kith=$!
		fi
		while now=$(sources) && [ "$now" = "$seen" ]; do
			sleep 1 &
			wait $!
		done
	done
}

case ${1:-start} in
start)
	if docked; then
		compose up --build --watch
	else
		printf 'No Docker engine answers, so Kith runs on this machine itself.\n' >&2
		live
	fi
	;;
stop) compose down ;;
logs) compose logs -f --tail 200 ;;
forget) compose down --volumes ;;
help | -h | --help) usage ;;
*)
	usage >&2
	exit 2
	;;
esac
