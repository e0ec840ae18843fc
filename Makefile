# make demo   made-up complexes -> dataset -> baselines -> table and page
# make test   the tests           make lint   style, types, imports
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
EXTRAS ?= dev,report
DEMO ?= demo

.PHONY: demo test lint clean

$(VENV)/ready-%: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[$*]"
	touch $@

demo: $(VENV)/ready-report
	rm -rf "$(DEMO)"
	$(BIN)/misi demo --out "$(DEMO)"

test: $(VENV)/ready-$(EXTRAS)
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf "$(VENV)" "$(DEMO)" build dist .pytest_cache .mypy_cache .ruff_cache
