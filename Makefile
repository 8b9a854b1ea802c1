# Everything starts here. `make run` and `make test` need only Python 3.11 or later, git and make: they set up the rest.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
SETUP = @$(if $(PYTHON),$(PYTHON) -m tools.setup,$(error Python 3.11 or later is needed; none was found. Install one, or say where it is: make PYTHON=/path/to/python3))
BIN := .venv/bin
PINS := $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header pyproject.toml --extra sandbox --group build

.PHONY: help run test test-long check format bench peers pictures pins
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

run: ## the tool at work in its practice world; ARGS="…" passes arguments on
	$(SETUP) run
	$(BIN)/autoconfigure --sandbox $(ARGS)

test: ## the tests; ARGS="…" passes arguments on to pytest
	$(SETUP) test
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

test-long: ## all tests, those that take minutes too
	$(SETUP) test
	$(BIN)/python -m pytest -n auto --dist loadfile -m "long or not long" $(ARGS)

check: ## format, lint, types and tests: what a change has to pass
	$(SETUP) test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

format: ## write the code in the common format
	$(SETUP) test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: ## the measurements behind the README's numbers
	$(SETUP) test
	$(BIN)/python -m pytest tests/benchmarks -s $(ARGS)

peers: ## the other tools that tests and benchmarks compare with, by npm
	$(SETUP) peers

pictures: ## the pictures of the READMEs anew, from a practice run
	$(SETUP) test
	$(BIN)/python -m tools.pictures

pins: ## the pinned requirements anew, from pyproject.toml
	$(SETUP) test
	$(BIN)/python -m pip install --quiet uv
	$(PINS) --output-file requirements.txt
	$(PINS) --group dev --constraint requirements.txt --output-file requirements-dev.txt
