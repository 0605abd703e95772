#!/usr/bin/env bash
# Runs the benchmarks whose names match; of all of them, ".", it writes
# deploy/BENCHMARKS.md.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
mkdir -p bin
go list ./... | grep -v '/cmd/kith$' | xargs go test -run '^$' -bench "$name" -benchmem | tee bin/parts.txt
report=()
if [ "$name" = . ]; then
	report=(-report "$PWD/deploy/BENCHMARKS.md" -parts "$PWD/bin/parts.txt")
fi
go test -run '^$' -bench "$name" -timeout 60m ./cmd/kith "${report[@]}"
