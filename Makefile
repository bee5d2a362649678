# Everything runs on the Node that is pinned in package.json; the machine's own (20 or later, with npm) only
# installs it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := node_modules/.bin
MACHINE_PATH := $(PATH)
NODE := $(BIN)/node
export PATH := $(CURDIR)/$(BIN):$(PATH)

# `all`, `native`, `x64` or `arm64`.
ARCH ?= all
SOURCES = $(wildcard agent bench bin build build.mjs cli coordinator demo shared test)

.PHONY: help setup generate check types lint format-check proto format test sim mutations build build-native demo
.PHONY: up bench clean faults fault-mutations

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Installs the packages, the pinned Node among them, when the lock file changed
	@PATH="$(MACHINE_PATH)" node build/setup.mjs

generate: setup ## Makes descriptors, types and snapshot from proto/ (ACCEPT_BREAKING=1 for a new contract)
	@$(NODE) build/generate.ts

check: types lint format-check proto ## Checks types, lint, format and the contract, in seconds

types: setup
	@tsc -p tsconfig.json
	@tsc -p tsconfig.pure.json

lint: setup
	@oxlint --type-aware --deny-warnings $(SOURCES)

format-check: setup
	@biome format --log-level=error .

proto: setup
	@buf lint
	@buf breaking --against proto/snapshot.binpb

format: setup ## Formats the code
	@biome format --write .

test: check build-native ## Checks, builds this machine's binaries if stale, runs the tests (FILES="test/x.test.ts")
	@$(NODE) node_modules/ava/entrypoints/cli.js $(FILES)

SEEDS ?= 2000
STEPS ?= 2000
FIRST ?= 1

sim: setup ## Simulates fleets among faults (SEEDS, STEPS, FIRST: the first seed)
	@$(NODE) test/simulation/main.ts --seeds $(SEEDS) --steps $(STEPS) --first $(FIRST)

mutations: setup ## Shows that the simulator finds deliberate faults
	@$(NODE) test/simulation/bite.ts

FAULTS ?= 200
SEED ?= 1

faults: build-native ## Real programs among faults, checked from outside (FAULTS, SEED, ARGS)
	@$(NODE) test/faults/main.ts --faults $(FAULTS) --seed $(SEED) $(ARGS)

fault-mutations: setup ## Shows that the faults' checker finds deliberate faults of the product
	@$(NODE) test/faults/bite.ts

build: setup ## Builds dist/ for both architectures (ARCH=native: for this one only)
	@$(NODE) build.mjs $(ARCH)

build-native: setup
	@$(NODE) build.mjs native

demo: build-native ## Shows the main job on this machine with the built binaries
	@$(NODE) demo/demo.ts $(ARGS)

up: build-native ## Leaves a coordinator and one agent running
	@$(NODE) demo/up.ts $(ARGS)

bench: build-native ## Runs bench/NAME.ts with ARGS; without NAME, lists them
	@$(NODE) bench/run.ts $(NAME) $(ARGS)

clean: ## Removes what was built
	rm -rf dist .cache .demo
