# One environment in .venv, and the project's habits as targets: `make` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
TORCH ?= 2.13.0# without a local suffix, so that one pin gives the CPU and the CUDA build
BIN := .venv/bin
PIP := $(BIN)/python -m pip
CODE := $(wildcard src tests benchmarks notebooks dodo.py)

.DELETE_ON_ERROR:  # a virtual environment that is incomplete is removed
.DEFAULT_GOAL := help
.PHONY: help test book pages exercises lint format sync bench times readme constraints clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

# Made again when it is missing or its Python no longer exists.
$(BIN)/python:
	@'$(PYTHON)' -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Mixed Pixels needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	'$(PYTHON)' -m venv --clear .venv

.venv/.ready: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

test: .venv/.ready  ## run the tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal

book: .venv/.ready  ## execute the notebooks that changed and build the book
	$(BIN)/mixedpixels build

pages: .venv/.ready  ## check the pages of the built book, in a browser too
	$(BIN)/python -m pytest -m built

exercises: .venv/.ready  ## run the solutions of all exercises (minutes; quick after make book)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m exercises -n auto --maxprocesses 8 --dist worksteal

lint: .venv/.ready  ## check style and formatting
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

format: .venv/.ready  ## fix style and formatting
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

sync: .venv/.ready  ## bring each notebook's .py and .ipynb together
	$(BIN)/jupytext --sync notebooks/*/*.py

bench: .venv/.ready  ## run the benchmarks, one after another
	$(PIP) install --quiet -c constraints.txt -e '.[bench]'
	@set -e; for file in $(filter-out benchmarks/times.py benchmarks/same_numbers.py benchmarks/muon.py,$(wildcard benchmarks/*.py)); do echo "$$file"; OMP_NUM_THREADS=1 $(BIN)/python "$$file"; done

times: .venv/.ready  ## measure the README's two commands in a fresh clone (several minutes)
	$(BIN)/python benchmarks/times.py

readme: .venv/.ready  ## update the README's picture, headline and times
	$(BIN)/python -m mixedpixels.pipeline.readme

# This target does not need .ready, so pins that no longer fit pyproject.toml can be replaced.
constraints: | $(BIN)/python  ## choose the exact pins in constraints.txt again
	@set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	$(PIP) install --quiet --target "$$tools" uv; \
	echo 'torch==$(TORCH)' > "$$tools/pins.txt"; \
	"$$tools/bin/uv" --quiet --cache-dir "$$tools/cache" pip compile --universal --python-version 3.11 \
	  --upgrade --no-header --no-annotate --extra dev --extra bench \
	  -c "$$tools/pins.txt" pyproject.toml -o constraints.txt

clean:  ## remove the built book and caches (never the records in book/results)
	rm -rf _build book/notebooks book/generated book/assets/mathjax .mixedpixels
	rm -rf .pytest_cache .hypothesis .ruff_cache
	find src tests benchmarks notebooks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
