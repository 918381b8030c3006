# `make gpu`: trains what is next in line within MINUTES on a GPU; weights and figures in OUT.
# `make demo`: crystals from the shipped weights. `make test`: everything that CI runs. `make docs`: the site, in site/.
PYTHON ?= python3
VENV ?= .venv
OUT ?= out/demo
N ?= 20
MINUTES ?= 11
JOBS ?= 2
TORCH = 2.13.0
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
export PYTHONSAFEPATH = 1

.PHONY: demo gpu test lint types tests docs format clean

demo: $(VENV)/installed
	$(BIN)/electrolith generate -n $(N) --seed 0 --out $(OUT) --overwrite
	@echo
	@echo "The crystals are in $(OUT)/cifs/, their table is $(OUT)/crystals.csv."

gpu: $(VENV)/installed
	$(BIN)/python benchmarks/gpu.py --minutes $(MINUTES) --out $(OUT)

test: lint types docs tests

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/installed-dev
	$(BIN)/mypy

tests: $(VENV)/installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal --durations=15

# strict: a broken link, an unknown name or a page that no menu lists fails (--quiet would hide that)
docs: $(VENV)/installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# torch first and by itself: without a GPU its CPU build, or the install would pull gigabytes of CUDA
$(VENV)/torch:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "electrolith needs Python 3.11 or newer: make PYTHON=python3.11 …"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@if command -v nvidia-smi >/dev/null 2>&1; then \
		$(PIP) torch==$(TORCH); \
	else \
		$(PIP) torch==$(TORCH)+cpu 2>/dev/null || \
		$(PIP) --index-url https://download.pytorch.org/whl/cpu torch==$(TORCH) || \
		$(PIP) torch==$(TORCH); \
	fi
	@touch $@

$(VENV)/installed: pyproject.toml | $(VENV)/torch
	$(PIP) -e .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/torch
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) build dist out site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
