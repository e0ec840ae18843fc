# make demo   made-up complexes -> dataset -> baselines -> table and page
# make test   the tests, with every extra      make lint   style, types, imports
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
DEMO ?= demo

# A plain "torch" would bring gigabytes of CUDA packages; name another build here where you want one.
TORCH ?= torch==2.13.0
TORCHVISION ?= torchvision==0.28.0
TEST_EXTRAS ?= dev,report,data,eval,train,web,postgres,cluster,opinion,gpu

.PHONY: demo test lint clean

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/ready-demo: pyproject.toml | $(BIN)/python
	$(PIP) install --quiet -e ".[report]"
	touch $@

$(VENV)/ready-test: pyproject.toml | $(BIN)/python
	$(PIP) install --quiet $(TORCH)
	$(PIP) install --quiet --no-deps $(TORCHVISION)
	$(PIP) install --quiet -e ".[$(TEST_EXTRAS)]"
	touch $@

demo: $(VENV)/ready-demo
	rm -rf "$(DEMO)"
	$(BIN)/misi demo --out "$(DEMO)"

test: $(VENV)/ready-test
	$(BIN)/python -m pytest -n 2 --dist loadscope $(PYTEST_ARGS)

lint: $(VENV)/ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf "$(VENV)" "$(DEMO)" build dist .pytest_cache .mypy_cache .ruff_cache
