# make report: installs and makes the newest year's report. make test: installs and tests.
# make lab: JupyterLab. make lock: new versions of everything, after a change of pyproject.toml.
.PHONY: report test lab install lock data
PYTHON ?= python3
BIN := .venv/bin

report: install data
	$(BIN)/analysis run

test: install data
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

lab: install data
	$(BIN)/analysis lab

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
		{ sh .ci/system-packages python3-venv && $(PYTHON) -m venv --clear .venv; }
	@echo "Installerar; det tar någon minut eller två."
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	touch $@

data: install
	test -f data/2023/survey.csv || $(BIN)/python data/demonstration.py

lock:
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-annotate --upgrade --group dev --extra cluster pyproject.toml --output-file requirements.lock
	$(BIN)/python .ci/environment.py
