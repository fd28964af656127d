# Two commands: `make demo` and `make test`. Both set up everything they need.
PYTHON ?= python3
PY := .venv/bin/python
# Tests start the program many times; it is compiled once, whatever the environment says.
PYTEST := PYTHONDONTWRITEBYTECODE= QT_QPA_PLATFORM=offscreen $(PY) -m pytest
# How long each part of `make fuzz` takes.
SECONDS ?= 60

.PHONY: demo test coverage check format lint types layers setup soak lock fuzz bench screenshots clean

setup:
	@$(PYTHON) scripts/setup.py

demo: setup
	@$(PY) -m tumorboard demo

test: setup
	@$(PYTEST) -n 2 --dist loadfile

coverage: setup
	@$(PYTEST) -n 2 --dist loadfile --cov --cov-report=term:skip-covered

check: setup
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(MAKE) --no-print-directory test

format: setup
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

soak: setup
	@TUMORBOARD_SOAK=500 $(PY) -m pytest tests/store/test_kill.py -q --timeout=3600

fuzz: setup
	@$(PY) scripts/fuzz.py --seconds $(SECONDS)
	@$(PY) scripts/fuzz.py --seconds $(SECONDS) --guided

bench: setup
	@$(PY) -m benchmarks

screenshots: setup
	@$(PY) scripts/screenshots.py

lock:
	@uv pip compile -q --universal --python-version 3.11 --extra dev --generate-hashes --no-header \
	  pyproject.toml -o requirements/linux.txt

clean:
	rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
