# Few verbs. `make run` and `make test` set up what they need themselves; ARGS="..." hands options on.
.DEFAULT_GOAL := help
.PHONY: help run test check fix bench bench-month bench-rebuild bench-scale bench-abuse bench-access faults canaries fuzz matrix supply audit sbom licences secrets lock setup lint
BIN := .venv/bin
INPUTS := pyproject.toml .ci/bootstrap
CODE := domain projections infra api tests
UV := uv==0.13.9

help:  ## list these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: .venv/run.stamp  ## serve the demo municipality
	$(BIN)/visitledger serve --demo $(ARGS)

test: setup  ## run every test
	$(BIN)/python -m pytest $(ARGS)

check: export REQUIRE_ALL = 1
check: lint test  ## lint, types and every test, none skipped: what CI runs

fix: setup  ## format, and mend what lint can mend
	$(BIN)/ruff check --fix --exit-zero $(CODE)
	$(BIN)/ruff format $(CODE)

bench: setup  ## measure, and write build/bench.json
	$(BIN)/python -m tests.benchmarks $(ARGS)

bench-month: setup  ## measure a month of a million visits, and write build/bench-month.json
	$(BIN)/python -m tests.benchmarks.month $(ARGS)

bench-rebuild: setup  ## measure syncs beside a rebuild, and write build/bench-rebuild.json
	$(BIN)/python -m tests.benchmarks.rebuilding $(ARGS)

bench-scale: setup  ## measure logs of up to ten million events, and write build/bench-scale.json and docs/scale.svg
	$(BIN)/python -m tests.benchmarks.scale $(ARGS)

bench-abuse: setup  ## measure callers beside one who calls a thousand times a second, and write build/bench-abuse.json
	$(BIN)/python -m tests.benchmarks.abuse $(ARGS)

bench-access: setup  ## measure reads with the access log and without, and write build/bench-access.json
	$(BIN)/python -m tests.benchmarks.access $(ARGS)

faults: setup  ## kill the server again and again, and rebuilds
	$(BIN)/python -m tests.faults $(ARGS)

canaries: setup  ## plant values in every field, on both stores and Kafka, and search everything for them
	$(BIN)/python -m tests.canaries $(ARGS)

fuzz: setup  ## send fifty thousand calls made of the API's description (ARGS=--parsers: bytes for each parser)
	$(BIN)/python -m tests.fuzzing $(ARGS)

matrix: setup  ## ask every route as every caller for what is theirs and what is not (ARGS=--postgresql: behind the wall)
	$(BIN)/python -m tests.access $(ARGS)

supply: setup  ## known vulnerabilities, list of parts, licences, secrets left behind
	$(BIN)/python -m tests.supply

audit sbom licences secrets: setup  # one part of supply
	$(BIN)/python -m tests.supply $@

lock: .venv/run.stamp  ## resolve the lock files again (ARGS=--upgrade for newer indirect ones)
	$(BIN)/python -m pip install --quiet $(UV)
	$(call resolve,requirements.lock,--group build)
	$(call resolve,requirements-dev.lock,--extra otlp --group build --group dev --constraints requirements.lock)

setup: .venv/test.stamp

lint: setup
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy

.venv/run.stamp: requirements.lock $(INPUTS)
	@.ci/bootstrap run

.venv/test.stamp: requirements-dev.lock $(INPUTS)
	@.ci/bootstrap test

define resolve
	$(BIN)/uv pip compile pyproject.toml $(2) --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --output-file $(1) $(ARGS)
endef
