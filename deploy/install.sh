#!/bin/sh
# Installs what Kith needs from the system, and nothing that is there already:
# the programs of PostgreSQL 15 or newer with its contrib extensions, and
# Redis; with the argument "tests" also nginx, PgBouncer, OpenSSL, ShellCheck and Prometheus' promtool, which only
# tests need, with "chaos" what disturbs disks and networks, and with "bench" Node, for a bot that Kith is measured
# beside. It says nothing when nothing is missing. Services that it brings along
# are not left running: Kith starts servers of its own.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}
case $purpose in
tests) extra=" nginx pgbouncer openssl shellcheck prometheus" ;;
chaos) extra=" strace iproute2" ;;
bench) extra=" nodejs npm" ;;
*) extra="" ;;
esac

minimum_postgres=15

say() { printf '%s\n' "$*" >&2; }

# The version that go.mod asks for, against the one that is here.
check_go() {
	wanted=$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' go.mod)
	if ! command -v go >/dev/null 2>&1; then
		say "Kith needs Go $wanted or newer, and there is none. Install it as go.dev/doc/install says, then try again."
		exit 1
	fi
	# Go 1.21 and newer fetch the version they are asked for, unless told not to.
	found=$(go env GOVERSION 2>/dev/null | sed 's/^go//') || found=""
	found=${found:-$(GOTOOLCHAIN=local go version 2>/dev/null | sed -n 's/.* go\([0-9.]*\).*/\1/p')}
	if ! at_least "$found" "$wanted"; then
		say "Kith needs Go $wanted or newer; here is ${found:-an older one}. Install it as go.dev/doc/install says, then try again."
		exit 1
	fi
}

# at_least A B: reports whether version A (1.26.8, 1.27rc1) is B (1.26) or newer.
at_least() {
	printf '%s %s\n' "$1" "$2" | awk '{ split($1, a, /[^0-9]+/); split($2, b, "."); exit !(a[1] > b[1] || a[1] == b[1] && a[2] >= b[2]) }'
}

# Reports whether PostgreSQL programs that are good enough are here. Most
# systems keep them out of PATH.
has_postgres() {
	for dir in "$(dirname "$(command -v postgres || echo /nowhere/postgres)")" \
		/usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* /usr/lib/postgresql*/bin \
		/opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/local/pgsql/bin; do
		if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
			major=$("$dir/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
			if [ "$major" -ge "$minimum_postgres" ] && has_extensions "$dir" "$major"; then
				return 0
			fi
		fi
	done
	return 1
}

# has_extensions DIR MAJOR: reports whether the contrib extensions lie beside
# the programs in DIR.
has_extensions() {
	share=$("$1/pg_config" --sharedir 2>/dev/null) || share=""
	for place in "$share" "/usr/share/postgresql/$2" "/usr/share/postgresql$2" /usr/share/postgresql /usr/share/pgsql "$1/../share"; do
		if [ -e "$place/extension/btree_gin.control" ] && [ -e "$place/extension/pg_trgm.control" ] && [ -e "$place/extension/unaccent.control" ]; then
			return 0
		fi
	done
	return 1
}

# Prints the packages that are missing, by their names in Debian.
missing() {
	has_postgres || printf 'postgresql postgresql-contrib '
	command -v redis-server >/dev/null 2>&1 || printf 'redis-server '
	if [ "$purpose" = tests ]; then
		command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || printf 'nginx-light '
		command -v pgbouncer >/dev/null 2>&1 || [ -x /usr/sbin/pgbouncer ] || printf 'pgbouncer '
		command -v openssl >/dev/null 2>&1 || printf 'openssl '
		command -v shellcheck >/dev/null 2>&1 || printf 'shellcheck '
		command -v promtool >/dev/null 2>&1 || printf 'prometheus '
	fi
	if [ "$purpose" = chaos ]; then
		command -v strace >/dev/null 2>&1 || printf 'strace '
		command -v ip >/dev/null 2>&1 || [ -x /usr/sbin/ip ] || printf 'iproute2 '
	fi
	if [ "$purpose" = bench ]; then
		command -v node >/dev/null 2>&1 || printf 'nodejs '
		command -v npm >/dev/null 2>&1 || printf 'npm '
	fi
}

# Reports whether this is a release whose PostgreSQL is new enough.
release_is_known() {
	[ -r /etc/os-release ] || return 1
	# shellcheck source=/dev/null
	( . /etc/os-release
	case $ID in
	debian) at_least "${VERSION_ID:-99}.0" 12.0 ;; # testing has no number yet
	ubuntu) at_least "${VERSION_ID:-0}" 24.04 ;;
	*) exit 1 ;;
	esac )
}

# Prints the one command that installs everything elsewhere.
command_elsewhere() {
	case $(uname -s) in
	Darwin) echo "brew install postgresql@17 redis$extra" ; return ;;
	esac
	if command -v dnf >/dev/null 2>&1; then
		echo "sudo dnf install postgresql-server postgresql-contrib redis$extra"
	elif command -v pacman >/dev/null 2>&1; then
		echo "sudo pacman -S postgresql redis$extra"
	elif command -v apk >/dev/null 2>&1; then
		echo "sudo apk add postgresql postgresql-contrib redis$extra"
	elif command -v zypper >/dev/null 2>&1; then
		echo "sudo zypper install postgresql-server postgresql-contrib redis$extra"
	elif command -v apt-get >/dev/null 2>&1; then
		# This release's own PostgreSQL is too old; PostgreSQL's repository has newer ones.
		echo "sudo apt-get install -y postgresql-common redis-server && sudo sh /usr/share/postgresql-common/pgdg/apt.*.sh -y && sudo apt-get install -y postgresql-17$extra"
	else
		echo "the package manager of this system, for PostgreSQL $minimum_postgres or newer with its contrib extensions and Redis$extra"
	fi
}

# Runs a command as root.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# Installs the packages given, quietly and without starting their services.
apt_install() {
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
		say "Kith needs $*. As root, type: apt-get install -y $*"
		exit 1
	fi
	say "Installing $* ..."
	policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then
		trap 'as_root rm -f "$policy"' EXIT
		trap 'exit 1' HUP INT TERM
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod 755 "$policy"
	fi
	log=$(mktemp)
	if ! { as_root apt-get update -qq &&
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			-o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@"; } </dev/null >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		say "apt-get could not install $*; what it said stands above."
		exit 1
	fi
	rm -f "$log"
}

# Keeps the services of the packages given from starting with the machine.
disable_services() {
	for package in "$@"; do
		case $package in
		postgresql | redis-server | nginx-light | pgbouncer) disable "${package%-light}" >/dev/null 2>&1 || say "$package starts with the machine, which Kith does not need." ;;
		esac
	done
}

disable() {
	if command -v systemctl >/dev/null 2>&1; then
		as_root systemctl disable "$1"
	else
		as_root update-rc.d "$1" disable
	fi
}

check_go
packages=$(missing)
if [ -z "$packages" ]; then
	exit 0
fi
if ! release_is_known; then
	say "Kith needs PostgreSQL $minimum_postgres or newer with its contrib extensions, and Redis${extra:+; for this also$extra}. Install them with:"
	say "  $(command_elsewhere)"
	exit 1
fi
# A service that somebody installed before is theirs to start or not.
fresh=""
for package in $packages; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || fresh="$fresh $package"
done
# shellcheck disable=SC2086 # a list of words
apt_install $packages
# shellcheck disable=SC2086
disable_services $fresh
if [ -n "$(missing)" ]; then
	say "Installed $packages, but something is still missing: $(missing)"
	exit 1
fi
