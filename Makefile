# Everything runs in .venv, which make creates, or finds and keeps, and fills, and which `make clean` removes.
# A target's line ends in `## …`: that text is what `make help` prints.

PYTHON ?= python3
# More than two cores have to do: tests of pages wait for timers.
WORKERS ?= 3
ARGS ?=
SECONDS ?= 600

# Whatever the environment says: the processes of the tests, which are hundreds, would compile all that they import.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
TSC := .npm/node_modules/.bin/tsc
PYRIGHT := .npm/node_modules/.bin/pyright
WEB_FILES = $(wildcard src/rose/*/web/*.mjs)
WEB_TESTS = $(shell find tests -name '*.test.mjs')

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv test format lint types mypy pyright tsc web fuzz demo site playground bench profile accuracy limits clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo "  Variables: PYTHON=python3 (what .venv is made from, if there is none), WORKERS=3 (at once), ARGS (see above)"

venv: .venv/test-installed ## put the package and all that its tests need into .venv

test: ## every check and every test; ARGS go to pytest
	@tools/need node
	@tools/need chromium
	@$(MAKE) --no-print-directory .venv/test-installed .npm/installed
	@$(MAKE) --no-print-directory --jobs=$(WORKERS) --output-sync=target lint mypy pyright tsc web
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

format: .venv/test-installed ## rewrite the Python files in the project's format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: .venv/test-installed ## ruff, and the layers of imports
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports

types: mypy pyright tsc ## mypy and pyright, and TypeScript's checker on the web files

mypy: .venv/test-installed ## mypy alone
	$(BIN)/mypy

pyright: .venv/test-installed .npm/installed ## pyright alone
	$(PYRIGHT) --pythonpath $(BIN)/python

tsc: .npm/installed ## TypeScript's checker alone
	$(if $(WEB_FILES),$(TSC) --project tools/tsconfig.json)

web: .venv/test-installed ## the tests that are written in JavaScript
	@tools/need node
	$(if $(WEB_TESTS),PATH="$(CURDIR)/$(BIN):$$PATH" node --test $(WEB_TESTS))

fuzz: .venv/test-installed ## generated programs for SECONDS=600; ARGS="--seed N" begins with that seed
	@tools/need node
	@tools/need chromium
	$(BIN)/python tests/trust/fuzz.py --seconds $(SECONDS) $(ARGS)

demo: .venv/demo-installed ## aim, train, build the site and serve it; ARGS go to it
	$(BIN)/python tools/demo.py $(ARGS)

site: .venv/site-installed ## build the static site: every example live, and the docs
	$(BIN)/python tools/site/build.py $(ARGS)

playground: .venv/test-installed .npm/installed ## edit Python in a page, where it is compiled and run; ARGS go to it
	$(BIN)/python examples/playground/serve.py $(ARGS)

bench: .venv/test-installed ## measure beside peers: ONLY=billiards,tiny-10 PEERS=rose,hand; ARGS go to it
	@tools/need node
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(PEERS),--peers $(PEERS)) $(ARGS)

profile: .venv/test-installed ## where the compiler's time goes, stage by stage; ARGS are sizes: 2000 100000
	$(BIN)/python tools/profile_compiler.py $(ARGS)

accuracy: .venv/test-installed ## search for the largest errors of the math functions; writes docs/accuracy.md
	$(BIN)/python tools/math_coefficients.py --check
	$(BIN)/python tools/math_accuracy.py --write $(ARGS)

limits: .venv/test-installed ## time and memory of programs up to the largest that are promised; ARGS=--quick
	ROSE_CACHE=off $(BIN)/python bench/limits.py $(ARGS)

clean: ## remove whatever make, the tools and the tests have made
	rm -rf bench/.python bench/.results $(wildcard bench/peers/*/node_modules)
	rm -rf .venv .npm dist site examples/*/dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say which state of the files left of the `:` is installed.

.venv/created:
	@tools/need venv $(PYTHON)
	@touch $@

.venv/test-installed .venv/demo-installed .venv/site-installed: .venv/%-installed: pyproject.toml .venv/created
	$(PIP) install --editable '.[$*]'
	@touch $@

.npm/installed: tools/package.json
	@tools/need node
	mkdir -p .npm
	cp tools/package.json .npm/package.json
	npm install --prefix .npm --no-package-lock --no-audit --no-fund --loglevel=error
	@touch $@
