# Groundswell. Python 3.11 or newer and make are enough: everything else is brought into .venv at the first call.

# The first Python that is new enough; PYTHON=… names another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY = .venv/bin/python
PIP = $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run test sure bench soak schema pages wheel docs format lint types contracts built tests

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## start Groundswell with its own database and a demo organisation
	@$(PY) web/install.py || true
	@ALLOWED_ORIGINS="$${ALLOWED_ORIGINS:+$$ALLOWED_ORIGINS,}http://localhost:*" \
		EXPLAIN="$${EXPLAIN:-1}" exec $(PY) -m api.cli run

test: .venv/.dev lint ## everything that must hold, in a few minutes
	@$(MAKE) --no-print-directory --jobs=2 types contracts built # both take a while, and each one processor
	@$(MAKE) --no-print-directory tests

sure: .venv/.dev format lint types contracts tests ## before every push: formats, then checks everything and the schema
	@$(PY) -m api.cli schema --check

bench: .venv/.dev ## measure, and print the figures
	@$(PY) -m bench

soak: .venv/.dev ## the long tests: random seeds, faults, load
	@$(PY) -m pytest -m soak

schema: .venv/.run ## print the schema to api/schema/schema.graphql; fails on a breaking change
	@$(PY) -m api.cli schema --write

pages: .venv/.run ## build what browsers are served: the pages, and the explorer of /graphql
	@$(PY) web/install.py

docs: .venv/.dev ## build the documentation as a site, in build/site/
	@rm -rf docs/reference
	@$(PY) -m api.cli schema --reference docs/reference
	@$(PY) -m zensical build --clean --strict
	@echo "It is in build/site/. To read it with its search: python3 -m http.server --directory build/site"

wheel: pages ## make dist/: Groundswell as one file for pip, and the versions that it was tested with
	@rm -rf build/lib build/bdist* dist
	@$(PY) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@sed -nE 's/^([^ ]+==[^ ]+).*/\1/p' requirements/run.txt > dist/constraints.txt
	@ls dist/*

format: .venv/.dev
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format --quiet .

lint: .venv/.dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) web/install.py --check

types: .venv/.dev
	@$(PY) -m mypy

contracts: .venv/.dev
	@.venv/bin/lint-imports

built: .venv/.dev
	@$(PY) web/install.py || true

tests: .venv/.dev built
	@$(PY) -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.venv/.run: requirements/run.txt requirements/build.txt pyproject.toml | .venv/bin/pip
	@echo "Installing what Groundswell needs into .venv …"
	@$(PIP) -r requirements/build.txt -r requirements/run.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@echo "Installing what the tests need into .venv …"
	@$(PIP) -r requirements/dev.txt
	@touch $@

# A folder of its own that was moved or left half made is made again.
.venv/bin/pip:
	@test -n "$(PYTHON)" || { echo "Groundswell needs Python 3.11 or newer; none was found. PYTHON=… names one."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }
