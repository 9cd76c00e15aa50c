# Fettle. `make help` lists what there is.

SHELL     := /bin/bash
VERSION   := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS   := -s -w -X main.version=$(VERSION)
LINT      := golangci-lint@v2.15.0
export FETTLE_ADDR ?= 127.0.0.1:8080
export CGO_ENABLED ?= 0

.PHONY: help setup build demo real test check go-test race lint web web-check e2e gen gen-check bench soak clean

help: ## list the recipes
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

setup: ## install what tests need on a Debian machine (PostgreSQL, Chromium, fonts, linter)
	@bash scripts/setup

build: web ## make bin/fettle, web included
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/fettle ./cmd/fettle

demo: build ## build everything and serve a busy network on FETTLE_ADDR
	bin/fettle demo

real: build ## run the main job on the real records in ../shared/data
	bin/fettle real ../shared/data/demo

test: setup check build go-test web-check e2e ## everything, in under 25 minutes on 2 cores

check: lint gen-check ## formatting, lint, the rules of the house, generated files

lint: ## golangci-lint and archtest
	go vet ./...
	golangci-lint run
	go test ./archtest/

go-test: ## unit, property, both databases, several processes
	go build -o bin/withpg ./cmd/withpg
	FETTLE_REQUIRE_PG=1 bin/withpg go test -timeout 20m ./...

race: ## the platform and the services under the race detector
	go build -o bin/withpg ./cmd/withpg
	CGO_ENABLED=1 FETTLE_REQUIRE_PG=1 bin/withpg go test -race -timeout 40m ./platform/... ./modules/... ./app/...

web: web/node_modules ## build the web application into web/dist
	cd web && npm run --silent build

web/node_modules: web/package-lock.json
	cd web && npm ci --no-audit --no-fund && touch node_modules

web-check: web/node_modules ## types, lint, unit tests and sizes of the web application
	cd web && npm run --silent typecheck && npm run --silent lint && npm run --silent test && npm run --silent size

e2e: e2e/node_modules ## browser journeys and accessibility against the real binary
	node e2e/run.mjs

e2e/node_modules: e2e/package-lock.json
	cd e2e && npm ci --no-audit --no-fund && touch node_modules

gen: ## write the generated files anew
	bash scripts/gen

gen-check: gen ## fail when a generated file is not what is committed
	git diff --exit-code -- api web/src/api

bench: build ## the tables of docs/benchmarks.md
	bash scripts/bench

soak: setup build e2e/node_modules ## the long forms of the tests, journeys in every size, theme and language
	go build -o bin/withpg ./cmd/withpg
	FETTLE_SOAK=1 FETTLE_REQUIRE_PG=1 bin/withpg go test -timeout 170m ./...
	FETTLE_SOAK=1 node e2e/run.mjs

clean: ## remove what was built
	rm -rf bin var web/dist
