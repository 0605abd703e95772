# What is pinned here is what CI runs.
GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   = golang.org/x/vuln/cmd/govulncheck@v1.9.0

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null)
FUZZTIME ?= 10s
BENCH    ?= .

.DEFAULT_GOAL := help
.PHONY: help install install-for-tests install-for-chaos run test cover lint fmt fuzz chaos bench migrate release vuln build

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Install what Kith needs from the system, if it is missing
	@sh deploy/install.sh

install-for-tests:
	@sh deploy/install.sh tests

run: install ## Run Kith with everything it needs; Ctrl-C stops all of it
	@go build -o bin/kith ./cmd/kith
	@exec bin/kith up

test: install-for-tests ## Run all tests; TEST_FLAGS are passed on to go test
	go test $(TEST_FLAGS) ./...

cover: install-for-tests ## Run all tests and show the coverage; fails below 80 %
	@bash deploy/cover.sh

lint: ## Look for mistakes and for code that is not formatted
	go run $(GOLANGCI_LINT) run ./...

fmt: ## Format all code
	go run $(GOLANGCI_LINT) fmt ./...

fuzz: install ## Fuzz every parser of outside text, each for FUZZTIME (10s)
	@bash deploy/fuzz.sh $(FUZZTIME)

install-for-chaos:
	@sh deploy/install.sh chaos

chaos: install-for-chaos ## Break everything under full load, as root on Linux; writes deploy/RELIABILITY.md
	go test -tags chaos -run '^TestPromise' -timeout 2h -ldflags '-X github.com/kith-platform/kith/cmd/kith.version=$(VERSION)' ./cmd/kith -chaos $(CURDIR)/deploy/RELIABILITY.md

bench: install ## Measure, and write deploy/BENCHMARKS.md; BENCH=name measures one thing
	@sh deploy/install.sh bench || echo "The benchmarks go on without Node." >&2
	@bash deploy/bench.sh '$(BENCH)'

migrate: ## Bring the database at DATABASE_URL up to date
	go run ./cmd/kith migrate up

release: ## Write down what this release asks of the schema, for the next one's tests; before its tag is set
	go test -count=1 -run '^TestThePreviousRelease' ./core/store -write-release

vuln: ## Look for known vulnerabilities in what Kith is built from
	go run $(GOVULNCHECK) ./...

build: ## Build ./kith
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o kith ./cmd/kith
