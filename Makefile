# The workbench. `make demo` and `make test` are all a newcomer needs; both install into .venv what is pinned in requirements.lock.
#   make test ALL=1   the slow tests too, with Spark and Java, and a skipped test fails
#   make faults       the list of faults row by row: what goes in, is expected, was seen; ALL=1 with the slow tests
#   make fuzz         every reader of inputs on bytes that went wrong, for MINUTES=10
#   JOBS=4              how many tests run at a time
PYTHON ?= python3
JOBS ?= 2
MINUTES ?= 10
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK := $(VENV)/.spark

.PHONY: demo test check format evaluate bench bench-scale docs faults fuzz nightly lock clean

demo: $(READY)
	$(BIN)/onrecord demo

test: check $(if $(ALL),$(SPARK))
	ONRECORD_ALL=$(ALL) $(BIN)/pytest -n $(JOBS) --dist loadfile $(if $(ALL),,-m "not slow")
	$(BIN)/python -m evaluation.gate

check: $(READY)
	$(BIN)/ruff format --check src evaluation tests docs
	$(BIN)/ruff check src evaluation tests docs
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/drift

format: $(READY)
	$(BIN)/ruff format src evaluation tests docs
	$(BIN)/ruff check --fix src evaluation tests docs

evaluate: $(READY)
	$(BIN)/python -m evaluation.table

bench: $(READY)
	$(BIN)/python -m evaluation.bench
	$(BIN)/python -m evaluation.desks

bench-scale: $(READY) $(SPARK)
	$(BIN)/python -m evaluation.scale

docs: $(READY)
	$(BIN)/python docs/make.py
	$(BIN)/python docs/cases.py
	$(BIN)/python docs/pictures.py
	$(BIN)/mkdocs build --quiet --strict --config-file docs/mkdocs.yml

faults: $(READY)
	$(BIN)/python -m evaluation.faults --jobs $(JOBS) $(if $(ALL),--all)

fuzz: $(READY)
	$(BIN)/python -m evaluation.fuzz --minutes $(MINUTES)

nightly: $(READY) $(SPARK)
	ONRECORD_NIGHTLY=1 $(BIN)/pytest -n $(JOBS)
	$(BIN)/python -m evaluation.fuzz --minutes 10
	$(BIN)/python -m evaluation.bench

# Pins what pyproject.toml allows, for every platform, with hashes and without the address of an index.
lock:
	uv pip compile pyproject.toml --group work --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --output-file requirements.lock
	printf 'pyspark>=4.0,<5\n' | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate --output-file requirements-spark.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "OnRecord needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# PySpark comes as source alone, half a gigabyte of it, and only some need a cluster: so it has a lock of its own.
$(SPARK): requirements-spark.lock $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation -r requirements-spark.lock
	@touch $@

clean:
	rm -rf $(VENV) build dist out
