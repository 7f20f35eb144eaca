# Two commands matter: `make demo` and `make test`. Both set up everything they need in .venv, at the versions of
# requirements.lock, whose hashes pip checks.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
LOCKED := $(VENV)/.locked
STAMP  := $(VENV)/.ready
PIP    := -m pip --quiet --disable-pip-version-check
# Not compiled beforehand: most modules of the test libraries are never imported, and Python compiles those that are.
WHEELS := install --no-compile --only-binary :all:
UV     := uv==0.13.9
LOCK   := requirements.lock

.PHONY: demo test test-full lint bench lock newest oldest smoke smoke-pythons clean help

help:
	@echo "make demo           render presets/demo.yaml into out/demo"
	@echo "make test           lint, types and tests"
	@echo "make test-full      the same with every case of the largest grids"
	@echo "make lint           ruff, ruff format and mypy"
	@echo "make bench          what is fast, side by side; BASE=COMMIT: that commit and today's side by side"
	@echo "make smoke          compose, render and make an album of two cues, and look at what came out"
	@echo "make smoke-pythons  the same on every Python found, with the same MIDI bytes"
	@echo "make test-newest    the tests on the newest releases of everything (smoke-newest: only the smoke)"
	@echo "make test-oldest    the tests on the oldest releases that pyproject.toml allows (also smoke-oldest)"
	@echo "make lock           write requirements.lock anew, with the newest releases"
	@echo "make clean          remove everything that was made"

# The project itself is installed without dependencies and built by the setuptools of the lock.
define install_project
	$(1)/python $(PIP) install --no-index --no-deps --no-build-isolation -e .
endef

$(LOCKED): $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cuesmith needs Python 3.11 or newer (PYTHON=...)"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python $(PIP) $(WHEELS) --require-hashes -r $(LOCK)
	@touch $@

$(STAMP): $(LOCKED) pyproject.toml
	$(call install_project,$(BIN))
	@touch $@

demo: $(STAMP)
	$(BIN)/cuesmith album presets/demo.yaml -o out/demo

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest -q -n 2

test-full: lint
	$(BIN)/python -m pytest -q -n 2 --full

bench: $(STAMP)
	$(BIN)/python -m benchmarks $(if $(BASE),--base $(BASE))

smoke: $(STAMP)
	$(BIN)/python -m tools.smoke

# Each other Python has an environment of its own, at the versions of the lock; one that is not there is passed over.
smoke-pythons: smoke
	@for minor in 11 12 13 14; do \
		$(BIN)/python -c "import sys; sys.exit(sys.version_info[1] != $$minor)" && continue; \
		found=; \
		for python in python3.$$minor $$HOME/.pyenv/versions/3.$$minor.*/bin/python3; do \
			$$python -c '' 2>/dev/null && found=$$python && break; \
		done; \
		if [ -z "$$found" ]; then echo "Python 3.$$minor: not on this machine"; continue; fi; \
		$(MAKE) --no-print-directory .venv-3.$$minor/.ready PYTHON=$$found VENV=.venv-3.$$minor || exit 1; \
		.venv-3.$$minor/bin/python -m tools.smoke --same-as $(BIN)/python || exit 1; \
	done

# Environments without the lock. The floors are tried on the oldest Python: later ones have no wheels of some.
oldest: PYTHON = python3.11
newest oldest:
	$(PYTHON) -m venv .venv-$@
	$(PYTHON) -m tools.requirements $@ > .venv-$@/requirements.txt
	.venv-$@/bin/python $(PIP) $(WHEELS) --upgrade --upgrade-strategy eager -r .venv-$@/requirements.txt
	$(call install_project,.venv-$@/bin)

test-newest test-oldest: test-%: %
	.venv-$*/bin/python -m pytest -q -n 2

smoke-newest smoke-oldest: smoke-%: % $(STAMP)
	.venv-$*/bin/python -m tools.smoke --same-as $(BIN)/python

# uv resolves for every system and Python at once; it lives in an environment of its own. The last line asks whether
# each of them has a wheel of everything.
lock:
	$(PYTHON) -m venv .venv-uv
	.venv-uv/bin/python $(PIP) $(WHEELS) $(UV)
	.venv-uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --only-binary :all: \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
		--extra audio --extra dev --output-file $(LOCK) pyproject.toml
	@for system in linux macos windows; do for python in 3.11 3.12 3.13 3.14; do \
		echo "wheels for $$system, Python $$python"; \
		.venv-uv/bin/uv pip install --quiet --dry-run --target .venv-uv/nowhere --no-deps --only-binary :all: \
			--require-hashes --python-platform $$system --python-version $$python -r $(LOCK) || exit 1; \
	done; done

clean:
	rm -rf .venv .venv-* out build .mypy_cache .ruff_cache .pytest_cache .hypothesis
