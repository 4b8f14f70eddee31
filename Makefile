# PartyChat: `make run` builds and serves it, `make test` is what CI runs.

GO_FILES := $(shell git ls-files -co --exclude-standard '*.go' '*.sql' 2>/dev/null)
WEB_FILES := $(shell git ls-files -co --exclude-standard web 2>/dev/null)
LINT := bin/golangci-lint
NPM_CI := npm ci --no-audit --no-fund --loglevel=error

# Packages whose test coverage is measured.
BACK_END := ./cmd/...,./engineio/...,./socketio/...,./internal/...

# For the caller to set; see `bin/partychat serve --help` and `go run ./bench
# -help`.
SERVE_FLAGS ?=
BENCH_FLAGS ?=
SOAK ?= 30m

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run build dev test lint fmt types messages bench bench-go faults clean \
	check check-types test-go test-web test-conformance test-e2e

help: ## List these commands
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

# --- building -----------------------------------------------------------------

run: build ## Build everything and serve the chat on PORT (3000), with its data in ./data
	exec bin/partychat serve $(SERVE_FLAGS)

build: bin/partychat ## Build bin/partychat, the web client inside

bin/partychat: go.mod go.sum $(GO_FILES) web/dist/index.html
	go build -trimpath -buildvcs=auto -ldflags '-s -w' -o $@ ./cmd/partychat

web/dist/index.html: web/node_modules/.package-lock.json $(filter-out web/embed.go web/dist/%,$(WEB_FILES))
	cd web && npm run --silent build
	@touch $@

%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	@scripts/need build
	cd $* && $(NPM_CI)
	@touch $@

dev: web/node_modules/.package-lock.json ## Serve with reload: Vite on port 5173; a change of Go code restarts the server
	scripts/dev

types: ## Generate the TypeScript types of the wire from the Go types
	scripts/wire-types > web/src/model/wire/wire.gen.ts

messages: web/node_modules/.package-lock.json ## Generate the types of the screens' texts from web/messages/en.json
	cd web && npx vitest run build/messages/messages.test.ts --update

# --- checking -----------------------------------------------------------------

# Packages whose tests need no other program; `make test` runs all packages.
QUICK = $(shell go list ./cmd/... ./engineio/... ./socketio/... ./internal/... ./web 2>/dev/null | \
	grep -vE '/internal/(app|blob|realserver|store/postgres|store/transfer|broker/redis)$$')

check: web/dist/index.html check-types ## Check types, style and the tests that need no other program, in under two minutes
	go vet ./...
	go test $(QUICK)
	go test -run Import ./internal/app
	cd web && npm run --silent lint && npm run --silent check && npm run --silent test

test: lint check-types test-go test-web test-conformance test-e2e ## Install what the tests need and run every one

lint: $(LINT) web/node_modules/.package-lock.json test/e2e/node_modules/.package-lock.json web/dist/index.html ## Lint Go and web
	$(LINT) run
	cd bench/wslib && go vet ./...
	cd web && npm run --silent lint && npm run --silent check
	cd test/e2e && npm run --silent check

$(LINT): tools/go.mod tools/go.sum
	cd tools && go build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

check-types:
	@scripts/wire-types | diff -u web/src/model/wire/wire.gen.ts - || \
		{ echo "The TypeScript types of the wire are stale: run 'make types'." >&2; exit 1; }

test-go: web/dist/index.html ## Run the Go tests with the race detector, and check their coverage of the back end
	@scripts/need postgres
	@scripts/need redis
	@scripts/need mounts
	@scripts/need s3
	@mkdir -p coverage
	go test -race -timeout 60m -coverpkg=$(BACK_END) -coverprofile=coverage/back-end.out ./...
	@scripts/coverage coverage/back-end.out 80
	@# Counted without the race detector, under which pools keep nothing.
	go test -count=1 -run AllocatesNothing ./engineio ./socketio

test-web: web/dist/index.html ## Run the web client's unit tests and check its size
	cd web && npm run --silent test && npm run --silent budget

test-conformance: test/conformance/node_modules/.package-lock.json ## Run the official clients against the Socket.IO server
	@scripts/need chromium
	@scripts/need python >/dev/null
	@scripts/need redis
	cd test/conformance && npm test --silent

test-e2e: bin/partychat test/e2e/node_modules/.package-lock.json ## Run the story in browsers and from Node
	@scripts/need chromium
	cd test/e2e && npm test --silent

bench: bench/peers/node/node_modules/.package-lock.json ## Measure the Socket.IO server against its peers (BENCH_FLAGS='-profiles full -name baseline')
	go run ./bench $(BENCH_FLAGS)

faults: web/dist/index.html ## Attack the delivery promise for about 70 minutes; the figures go into bench/results
	@scripts/need postgres
	@scripts/need redis
	@scripts/need mounts
	go test -count=1 -timeout 3h -v ./test/faults -args -full -soak $(SOAK) -results $(CURDIR)/bench/results

bench-go: ## Run the Go benchmarks
	go test -run '^$$' -bench . -benchmem ./...

fmt: $(LINT) web/node_modules/.package-lock.json ## Format Go and web code
	$(LINT) fmt
	cd web && npm run --silent format
	cd test/e2e && npm run --silent format

clean: ## Remove what was built; the data stays
	rm -rf bin coverage web/dist/* web/node_modules test/*/node_modules bench/peers/node/node_modules
