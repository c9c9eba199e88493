# Every target runs on a machine with Go, make and git; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Everything is pure Go; without cgo the binary is static and the build cache serves tests and binary alike.
export CGO_ENABLED := 0

# How long `make fuzz` gives each decoder.
FUZZTIME ?= 30s

# Where `make demo` leaves its run; a fresh folder each time.
DEMO_OUT ?= runs/demo

GO_FILES := $(shell git ls-files '*.go' '*.html' '*.css' '*.yaml' '*.json' go.mod go.sum 2>/dev/null)

.PHONY: help
help: ## list every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## rehearse against the embedded reference: conformance, load, read-back, one report
	@rm -rf $(DEMO_OUT)
	bin/muster rehearse --out $(DEMO_OUT)

.PHONY: test
test: ## run every test
	go test ./...

.PHONY: build
build: bin/muster ## build bin/muster

bin/muster: $(GO_FILES) Makefile
	go build -ldflags '-s -w' -o $@ ./cmd/muster # without what only a debugger reads: a third smaller

.PHONY: race
race: ## run every test with the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race ./...

.PHONY: lint
lint: ## check format, vet, staticcheck and the rest of .golangci.yml
	go vet ./...
	go tool -modfile=tools/go.mod golangci-lint run ./...

.PHONY: tidy-check
tidy-check: ## fail when go.mod or go.sum is not tidy
	go mod tidy -diff

.PHONY: mutants
mutants: build ## try the conformance suite on every mutant of the reference (part of ci)
	bin/muster selftest

.PHONY: integration
integration: build ## test against real foreign parts (.ci/integration-setup installs them)
	go test -tags integration -count=1 -timeout 20m -p 1 ./internal/interop/...

.PHONY: nightly
nightly: ## judge the clean reference MUSTER_NIGHTLY_RUNS times (default 200), and over a bad network: no false alarm
	go test -tags nightly -count=1 -timeout 1h ./internal/interop/falsealarms/

# What `make bench` runs: all groups or some (http, tls, connections, players, clock, kafka, readback), how often, how long.
BENCH ?= all
BENCH_ROUNDS ?= 3
BENCH_SECONDS ?= 2

.PHONY: bench-peers
bench-peers: ## install what make bench measures against into bin/bench
	internal/bench/peers/install

.PHONY: bench
bench: build bench-peers ## measure beside wrk, vegeta, k6 and others; writes loadgen/BENCHMARKS.md (about 15 minutes)
	go build -o bin/bench/bench ./internal/bench
	bin/bench/bench -groups $(BENCH) -rounds $(BENCH_ROUNDS) -seconds $(BENCH_SECONDS) -write loadgen/BENCHMARKS.md

.PHONY: bench-micro
bench-micro: ## run the Go benchmarks of contracts, engine, ledger, records and telemetry
	go test -run '^$$' -bench . -benchmem ./internal/contract/... ./internal/record/... ./internal/telemetry ./internal/transport/... ./loadgen/...

.PHONY: fuzz
fuzz: ## fuzz every decoder for FUZZTIME each (default 30s)
	@grep -rn --include='*_test.go' '^func Fuzz' . | sed -E 's|^(.*)/[^/]+:[0-9]+:func (Fuzz[A-Za-z0-9_]+).*|\1 \2|' | sort -u | \
		while read -r pkg name; do go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) "$$pkg" || exit 1; done

.PHONY: clauses
clauses: ## write conformance/CLAUSES.md anew from the register
	go run ./cmd/muster conform list --markdown > conformance/CLAUSES.md

.PHONY: assets
assets: ## fetch the pinned uPlot anew into reports/assets/uplot (needs npm); what is committed there is what is inlined
	@work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT && \
		cp reports/assets/package.json reports/assets/package-lock.json "$$work" && \
		(cd "$$work" && npm ci --ignore-scripts --no-audit --no-fund) && \
		cp "$$work"/node_modules/uplot/LICENSE "$$work"/node_modules/uplot/dist/uPlot.iife.min.js "$$work"/node_modules/uplot/dist/uPlot.min.css reports/assets/uplot/ && \
		(cd reports/assets/uplot && { grep -o '"integrity": "[^"]*"' ../package-lock.json; sha256sum LICENSE uPlot.iife.min.js uPlot.min.css; } > DIGESTS)

.PHONY: golden
golden: ## write the golden files of the tests anew; look at the difference before you commit it
	go test $$(git grep -lE 'flag.Bool\("update"|muster/internal/golden"' -- '*_test.go' ':!internal/interop' | xargs -n1 dirname | sort -u | sed 's|^|./|') -update

.PHONY: ci
ci: tidy-check lint test mutants demo ## what continuous integration runs

# The jars of a genuine Apache Kafka, for `make kafka` and for the tests that need one.
KAFKA_JARS := $(CURDIR)/bin/apache-kafka

.PHONY: kafka-jars
kafka-jars: ## fetch the jars of Apache Kafka (needs mvn and Maven Central)
	@mkdir -p $(KAFKA_JARS)
	mvn -q -B -C -f internal/interop/apachekafka/pom.xml dependency:copy-dependencies -DoutputDirectory=$(KAFKA_JARS)

.PHONY: kafka
kafka: kafka-jars ## run a genuine Apache Kafka on loopback until Ctrl-C, with a target file for it (needs Java 17)
	go run ./internal/interop/apachekafka/run

.PHONY: clean
clean: ## remove what the build and the demo made
	rm -rf bin runs
