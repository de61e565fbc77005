# Everything a newcomer types. Python 3.11+ and make are all that must be there.
PYTHON ?= python3
BIN := .venv/bin
DEMO ?=
PYTEST ?=

.PHONY: demo test test-long check lock clean help

help:
	@echo "make demo        sample province, pipelines, catalogue, Dagster; then open the printed addresses"
	@echo "make demo DEMO=\"--exit --json summary.json\"   the same, ending after publishing"
	@echo "make test        all tests (those that need a server skip and say how to get it)"
	@echo "make test-long   the slow suite: kills at many moments, large volumes"
	@echo "make check       lint, types, room boundaries"
	@echo "make lock        resolve the dependencies again"

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it with PYTHON=python3.12 make $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-test: requirements-test.lock .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

demo: .venv/installed
	$(BIN)/dungchung demo $(DEMO)

check: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/installed-test check
	$(BIN)/python -m pytest -m "not long" $(PYTEST)

test-long: .venv/installed-test
	$(BIN)/python -m pytest $(PYTEST)

lock:
	uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-annotate --no-header \
	  --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-annotate --no-header \
	  --no-emit-index-url --python-version 3.11 --extra test -c requirements.lock pyproject.toml -o requirements-test.lock

clean:
	rm -rf .venv var
