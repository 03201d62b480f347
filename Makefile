# Everything is built inside the checkout: .venv from the hashed locks, node_modules, and the bundled assets.
# A stamp stands beside each, so that a second run builds nothing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
APPS ?= /quay=camket_shop.app:create_app
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STATIC := src/camket/web/static
SHOP_STATIC := src/camket_shop/web/static
JOBS ?= 2

.PHONY: help serve test lint types imports pytest bench screens assets lock browser clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

serve: .venv/.serve assets  ## the service at http://localhost:8000, the shop at /quay, on SQLite, with the default policy
	@CAMKET_DEVELOPMENT=1 CAMKET_APPS="$(APPS)" PORT=$(PORT) exec $(BIN)/camket serve

test:  ## everything that has to hold: lint, types, import contracts, tests
	@$(MAKE) lint
	@$(MAKE) types
	@$(MAKE) imports
	@$(MAKE) pytest

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.test
	$(BIN)/mypy

imports: .venv/.test
	$(BIN)/lint-imports --no-logo

# Without CI in its environment pytest shortens what it says of a failure.
pytest: .venv/.test assets browser
	env -u CI -u BUILD_NUMBER $(BIN)/pytest --numprocesses=$(JOBS) --dist=loadgroup

bench: .venv/.bench  ## the figures that the README quotes, one file each
	@status=0; for figure in benchmarks/[!_]*.py; do echo "== $$figure"; $(BIN)/python "$$figure" || status=1; done; exit $$status

screens: .venv/.test assets browser  ## screenshots of the demonstration data
	$(BIN)/python scripts/screens.py

assets: $(STATIC)/dist/manifest.json $(SHOP_STATIC)/dist/manifest.json  ## the bundled styles, scripts and fonts

browser:
	@scripts/install-browser

clean:  ## removes what was built, never data
	rm -rf .venv node_modules $(STATIC)/dist $(SHOP_STATIC)/dist

# --- what is built -------------------------------------------------------------------------------------------------

.venv/.serve: requirements.lock pyproject.toml
	@scripts/check-machine python "$(PYTHON)"
	@echo "building .venv"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: .venv/.serve requirements-test.lock
	@echo "adding the test packages to .venv"
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

.venv/.bench: .venv/.serve requirements-bench.lock
	@echo "adding the benchmark packages to .venv"
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

node_modules/.ready: package.json package-lock.json .npmrc
	@scripts/check-machine node
	@echo "building node_modules"
	@npm ci --silent
	@touch $@

# The folders are listed with the files: a file that goes changes its folder.
$(STATIC)/dist/manifest.json: node_modules/.ready scripts/build-assets.mjs $(shell find $(STATIC)/src)
	@node scripts/build-assets.mjs $(STATIC)

# The shop wears the same styles: what changes there changes here.
$(SHOP_STATIC)/dist/manifest.json: node_modules/.ready scripts/build-assets.mjs $(shell find $(SHOP_STATIC)/src $(STATIC)/src)
	@node scripts/build-assets.mjs $(SHOP_STATIC)

# --- locks ---------------------------------------------------------------------------------------------------------

COMPILE = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(if $(UPGRADE),--upgrade) pyproject.toml --group build

.venv-lock/bin/uv:
	@"$(PYTHON)" -m venv .venv-lock
	@.venv-lock/bin/python -m pip --disable-pip-version-check --quiet install uv

lock: .venv-lock/bin/uv  ## the locks anew from pyproject.toml and package.json (UPGRADE=1: newest versions)
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group test --constraint requirements.lock --output-file requirements-test.lock
	$(COMPILE) --group bench --constraint requirements.lock --output-file requirements-bench.lock
	npm install --silent --package-lock-only
