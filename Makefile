# Everything sets itself up: a clean clone, Python 3.11+, make and a shell are enough.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO_DATA ?= var/demo
PORT ?= 8443
TIMES ?= 20

.PHONY: help setup demo demo-check test test-quick test-bare lint format kill bench bench-quick lock clean

help:
	@echo 'make demo        start a working platform with generated persons and say what to do first'
	@echo 'make demo-check  do the main job once, headless, over real HTTPS, and leave nothing running'
	@echo 'make test        lint, types, room contract, migrations, and every test'
	@echo 'make kill        kill everything at random moments and look whether anything was lost (TIMES=200, SEED=1)'
	@echo 'make bench       measure (make bench-quick: under five minutes)'

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed (make PYTHON=python3.12 ...)'; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo 'Installing the locked dependencies ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation -e . 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps -e .
	@touch $@

demo: setup
	@KIBAN_DATA=$(DEMO_DATA) $(BIN)/kiban demo --port $(PORT)

demo-check: setup
	@KIBAN_DATA=$$(mktemp -d) ; export KIBAN_DATA ; trap 'rm -rf "$$KIBAN_DATA"' EXIT ; trap 'exit 130' INT TERM ; \
	  $(BIN)/kiban demo --check

test: setup lint
	@VENV=$(VENV) sh tests/run.sh

test-quick: setup
	@$(BIN)/python -m pytest -q -n 2 -m 'not browser and not server and not fault'

# The promise of the first line, wherever it runs: whatever is installed beside Python, make and a shell counts as absent.
test-bare: setup
	@KIBAN_TEST_BARE=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile -m 'browser or outside'

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m tools.templates --check
	@$(BIN)/python -m tools.sql

format: setup
	@$(BIN)/ruff format --quiet .
	@$(BIN)/python -m tools.templates

# Everything killed with -9 at random moments: make kill TIMES=200 SEED=1
kill: setup
	@$(BIN)/python -m tests.killing --times $(TIMES) $(if $(SEED),--seed $(SEED))

bench: setup
	@$(BIN)/python -m benchmarks

bench-quick: setup
	@$(BIN)/python -m benchmarks --quick

lock:
	@$(BIN)/python -m pip install --quiet uv && $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --extra dev --no-header --no-annotate pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) var build dist src/*.egg-info
