# Every act of a developer besides ./dev and ./test. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help build check test golden fuzz faults bench dev format screenshots spec-report
FUZZ_SECONDS ?= 60
export PATH := $(CURDIR)/build/tools/node/bin:$(PATH)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the release binary, build/release/gatehouse
	@tools/setup build
	@tools/build release gatehouse

check: ## the daily door: format, house rules, build, unit and journey tests
	@python3 -B tools/check.py

test: ## everything, as ./test does
	@./test

golden: ## rewrites the golden files; the diff is the review
	@tools/setup build
	@tools/build check
	@GATEHOUSE_GOLDEN=update ctest --test-dir build/check --output-on-failure
	@tools/tidy --self-test --update
	@git diff --stat

fuzz: ## each fuzz target for FUZZ_SECONDS (60), starting from its corpus
	@tools/setup build test
	@tools/build fuzz
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/fuzz

faults: ## the fault programme in its long form; writes the figures of docs/operations/faults.md
	@tools/setup build run test
	@tools/build release gatehouse
	@npx tsc -p tests
	@rm -rf build/faults
	@GATEHOUSE=build/release/gatehouse GATEHOUSE_FAULTS=long \
		node --test --test-concurrency=1 build/tests/faults/*.test.js
	@node build/tests/faults/report.js

bench: ## workloads next to their peers and limits, as a table
	@tools/setup build run bench
	@tools/build release
	@bench/run
	@bench/api/run
	@bench/postgres/run
	@bench/sso/run

dev: ## Gatehouse and the example, as ./dev does
	@./dev

format: ## lays out the C++ sources
	@tools/setup build
	@tools/format

screenshots: ## every hosted page, light, dark, phone and forced colours, into build/screenshots
	@tools/setup build run test
	@tools/build release gatehouse
	@tools/build_example astro
	@npx tsc -p tests
	@GATEHOUSE=build/release/gatehouse node --test --test-timeout=120000 build/tests/browser/screenshots.test.js
	@ls build/screenshots

spec-report: ## what we claim of the specifications, against code and tests
	@tools/spec_report
