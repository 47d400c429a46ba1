# Each target does its own set-up: `make demo` and `make test` work in a fresh clone with Python 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: functions demo test test-all random lint bench compare clean

demo: $(STAMP)
	$(BIN)/python samples/autograd_tutorial.py

test: $(STAMP)
	$(BIN)/python -m pytest -q -n auto

# Random programs alone, PROGRAMS times as many as `make test` looks at: `make random PROGRAMS=20 SEED=1`.
PROGRAMS ?= 2

random: $(STAMP)
	PROGRAMS=$(PROGRAMS) $(BIN)/python -m pytest -q -n auto $(wildcard tests/test_random_*.py)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The table of functions in the documents, from the table of rules.
functions: $(STAMP)
	$(BIN)/python -m adcompiler functions > FUNCTIONS.md

# All problems and peers, on one core, in about ten minutes: writes benchmarks/RESULTS.md and its plot.
bench: $(STAMP) compare
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	$(BIN)/python -m benchmarks

# Peers for the comparison tests and benchmarks; without them those are skipped, and say so.
compare: $(STAMP)
	$(BIN)/python -m pip install --quiet 'torch==2.13.0'

# The tests under each supported Python that is installed (a version manager's shim may name one that is not).
test-all:
	@for version in 3.11 3.12 3.13; do \
		python=; \
		for candidate in python$$version $${PYENV_ROOT:-$$HOME/.pyenv}/versions/$$version.*/bin/python; do \
			if $$candidate -c '' 2>/dev/null; then python=$$candidate; break; fi; \
		done; \
		if [ -z "$$python" ]; then echo "Python $$version is not installed: skipped"; continue; fi; \
		echo "Python $$version"; \
		$(MAKE) --no-print-directory test PYTHON=$$python VENV=.venv-$$version || exit 1; \
	done

$(STAMP): setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "adcompiler needs Python 3.11 or newer: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[test,lint]'
	touch $(STAMP)

clean:
	rm -rf .venv .venv-3.* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
