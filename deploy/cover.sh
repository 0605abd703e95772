#!/usr/bin/env bash
# Runs all tests once, passing its arguments on to go test, and prints their
# output last. Fails when a test does, or when the tests together run less than
# COVER_MIN percent (80) of the statements.
set -euo pipefail
cd "$(dirname "$0")/.."
minimum=${COVER_MIN:-80}
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# How much of a package that only tests import is run says nothing about Kith.
for_tests=$(go list -f '{{range .Imports}}{{if eq . "testing"}}{{$.ImportPath}}{{end}}{{end}}' ./... | paste -sd ' ' -)

if ! make --silent test TEST_FLAGS="-coverpkg=./... -coverprofile=coverage.out $*" >"$output" 2>&1; then
	cat "$output"
	exit 1
fi

# A profile has each block once for every test binary: it counts once, and as
# run when one of them ran it.
verdict=0
awk -v minimum="$minimum" -v for_tests=" $for_tests " '
	NR > 1 {
		package = $1; sub(/\/[^\/]*$/, "", package)
		if (index(for_tests, " " package " ")) next
		size[$1] = $2
		if ($3 > 0) run[$1] = 1
	}
	END {
		for (block in size) {
			package = block; sub(/\/[^\/]*$/, "", package)
			all[package] += size[block]; total += size[block]
			if (block in run) { hit[package] += size[block]; hits += size[block] }
		}
		for (package in all) printf "%5.1f %%  %s\n", 100 * hit[package] / all[package], package | "sort -k3"
		close("sort -k3")
		covered = total ? 100 * hits / total : 0
		printf "%5.1f %%  of all statements; at least %s %% is needed\n", covered, minimum
		exit covered < minimum
	}' coverage.out || verdict=$?
if [ "$verdict" -ne 0 ]; then
	echo "Too little is tested: go tool cover -html=coverage.out shows what no test runs."
fi
cat "$output"
exit "$verdict"
