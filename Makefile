# make report: installs what a report needs and makes the newest year's report. make test: installs the rest and tests.
# make lab: JupyterLab. make lock: new versions of everything, after a change of pyproject.toml.
.PHONY: report test lab lock data
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraint requirements.lock --require-hashes

report: data
	$(BIN)/analysis run

test: .venv/tests data
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

lab: .venv/lab data
	$(BIN)/analysis lab

.venv/uv: requirements.lock
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
		{ sh .ci/system-packages python3-venv && $(PYTHON) -m venv --clear .venv; }
	@echo "Installerar; det tar ungefär en halv minut."
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement .ci/uv.lock
	touch $@

.venv/installed: .venv/uv pyproject.toml
	$(UV) --requirement pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --build-constraint requirements.lock --editable .
	touch $@

.venv/lab: .venv/installed
	$(UV) --requirement pyproject.toml --extra lab
	touch $@

.venv/tests: .venv/installed
	$(UV) --requirement pyproject.toml --all-extras --group dev
	touch $@

data: .venv/installed
	test -f data/2023/survey.csv || $(BIN)/python data/demonstration.py

lock: .venv/uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --upgrade --all-extras --group dev pyproject.toml --output-file requirements.lock
	awk '/^uv==/ {on = 1} on && /^[a-z]/ && !/^uv==/ {exit} on' requirements.lock > .ci/uv.lock
	$(BIN)/python .ci/environment.py
