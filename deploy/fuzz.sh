#!/usr/bin/env bash
# Runs each fuzz target for the time given as the first argument (10s). Go
# fuzzes one target of one package at a time.
set -euo pipefail
cd "$(dirname "$0")/.."
for_each=${1:-10s}
count=0
while IFS=: read -r file target; do
	echo "== $target in $(dirname "$file")"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "$for_each" "./$(dirname "$file")" </dev/null
	count=$((count + 1))
done < <(grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed -E 's/^\.\/([^:]+):[0-9]+:func /\1:/' | sort)
echo "$count fuzz targets ran for $for_each each"
