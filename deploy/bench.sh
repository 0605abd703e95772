#!/usr/bin/env bash
# Runs the benchmarks whose names match; of all of them, ".", it writes
# deploy/BENCHMARKS.md.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
version=$(git describe --tags --always --dirty 2>/dev/null || echo development)
mkdir -p bin
bench() { go test -run '^$' -bench "$name" "$@"; }
parts=$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -n1 dirname | sort -u | grep -v -e '^./cmd/kith$' -e '^./userclient$')
{
	for part in $parts; do
		echo "== $part"
		bench -benchmem "$part"
	done
	echo "== ./userclient"
	bench -count 5 ./userclient # what has an aim is the median of as many
} | tee bin/parts.txt
report=()
if [ "$name" = . ]; then
	report=(-report "$PWD/deploy/BENCHMARKS.md" -parts "$PWD/bin/parts.txt")
fi
bench -timeout 60m -ldflags "-X github.com/kith-platform/kith/cmd/kith.version=$version" ./cmd/kith "${report[@]}"
echo "It took $SECONDS s."
