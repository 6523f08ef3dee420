# Observer Kit: `make run` to try it, `make test` to prove it. `make` alone lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
KIT := $(VENV)/bin/observer-kit --data data
export OBSERVER_KIT_EXPORTS := $(CURDIR)/exports

.PHONY: help setup setup-test run demo test coverage lint types soak bench wheel clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 22

setup: ## virtual environment, dependencies, system libraries, front-end libraries
	@sh .ci/setup

setup-test: ## the same, and what the tests need: browser, PostgreSQL, development tools
	@sh .ci/setup test

run: demo ## set up, rebuild both demo missions, serve on http://127.0.0.1:8000
	@$(KIT) serve --demo

demo: setup ## rebuild the two demonstration missions, build their statements, print the sign-ins
	@$(KIT) demo sco-2024 --no-sign-ins
	@$(KIT) demo eom-2011 --sign-ins
	@test -s exports/sco-2024-sco-en.pdf || $(KIT) statement build sco-2024 >/dev/null
	@test -s exports/eom-2011-odihr-final-en.pdf || $(KIT) statement build eom-2011 >/dev/null
	@echo "finished statement: exports/eom-2011-odihr-final-en.pdf"

lint: ## style and types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

test: setup-test lint ## every test: rooms, both databases, the browser, the printed pages
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(PYTEST) || { \
		echo "what failed runs once more, alone: only what fails twice is a failure"; \
		$(PY) -m pytest -n 0 --last-failed --last-failed-no-failures none; }

coverage: setup-test ## the same tests with branch coverage, printed by module; it takes half as long again
	$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder --cov --cov-report=term $(PYTEST)

soak: setup-test ## every fault, on today's browser and on the phone floor, and the whole day by every way home; keeps its table in tests/browser/faults/README.md
	$(PY) -m pytest -n 2 --dist worksteal --timeout 900 --soak tests/faults tests/browser/faults tests/browser/test_whole_day.py $(PYTEST)

bench: setup-test ## measure intake, tallies and PDF beside their limits, in one run
	$(PY) -m tests.benchmarks

wheel: setup ## build the wheel, data folders and front-end libraries inside
	$(PY) -m build --wheel

clean: ## remove what can be made again (never data/)
	rm -rf $(VENV) node_modules static/vendor dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
