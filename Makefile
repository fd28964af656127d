# Two commands: `make demo` and `make test`. Both set up everything they need.
PYTHON ?= python3
PY := .venv/bin/python
# Tests start the program many times; it is compiled once, whatever the environment says.
PYTEST := PYTHONDONTWRITEBYTECODE= QT_QPA_PLATFORM=offscreen $(PY) -m pytest
# How long each part of `make fuzz` takes.
SECONDS ?= 60

.PHONY: words demo test coverage check format setup development soak lock-proof test-loaded bundle try-bundle fresh lock fuzz canaries mutants keys bench contrast screenshots clean

# What the program runs on; `development` adds what its tests need.
setup:
	@$(PYTHON) scripts/setup.py

development:
	@$(PYTHON) scripts/setup.py --development

demo: setup
	@$(PY) -m tumorboard demo

test: development
	@$(PYTEST) -n 2 --dist loadfile

coverage: development
	@$(PYTEST) -n 2 --dist loadfile --cov --cov-report=term:skip-covered

check: development
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(MAKE) --no-print-directory test

format: development
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

soak: development
	@TUMORBOARD_SOAK=500 $(PY) -m pytest tests/store/test_kill.py -q --timeout=3600

fuzz: development
	@$(PY) scripts/fuzz.py --seconds $(SECONDS)
	@$(PY) scripts/fuzz.py --seconds $(SECONDS) --guided

# Who a patient is, planted wherever it can stand: counts what is found in any paper.
canaries: development
	@$(PY) scripts/canaries.py

# Small changes of the code that measures and decides: names those that no test notices.
SEED ?=
mutants: development
	@$(PY) scripts/mutants $(if $(SEED),--seed $(SEED))

# Every key of every command, whatever holds the focus, on every page and in a talk.
keys: development
	@$(PYTEST) -m 'slow or not slow' tests/ui/shell/test_keys.py

bench: development
	@$(PY) -m benchmarks

contrast: development
	@$(PY) scripts/contrast.py

screenshots: development
	@$(PY) scripts/screenshots.py

# The locks against an index with newer releases, by the oldest and the newest pip.
lock-proof: development
	@$(PY) -m pytest -m slow tests/scripts/test_real_lock.py

# The tests beside programs that keep all cores busy: none may depend on the clock.
BUSY ?= 4
test-loaded: development
	@$(PY) scripts/beside_load.py $(BUSY) $(PY) -m pytest -n 2 --dist loadfile

# One folder that needs no Python, and what this system installs it by; see docs/bundles.md.
bundle:
	@$(PYTHON) scripts/bundle/make.py

# As root, with debootstrap: the Debian package in a bare root.
try-bundle: bundle
	@scripts/bundle/try_deb.sh

# As root, with debootstrap: the two commands of the README on bare systems.
fresh:
	@scripts/fresh.sh

# Needs uv. Locks of all systems, kept where they still fit, and a wheel for each line.
lock:
	@$(PYTHON) scripts/lock.py

clean:
	rm -rf .venv .venv-former out .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
