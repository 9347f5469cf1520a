# make demo and make test need Python 3.11 or newer and nothing else: both begin with a venv of
# their own, and are quick the second time. Another interpreter: make test PYTHON=python3.12. The
# venv is made anew for it; to keep one for each: make test PYTHON=python3.12 VENV=.venv-3.12.

PYTHON ?= python3
VENV ?= .venv

RUN := $(VENV)/bin/python -m
ARCHIVE := $(VENV)/bin/archive
PAGES := README.md CONTRIBUTING.md docs/*.md

# The stamps carry the interpreter's version and the folder: a venv works for these alone.
IDENTITY := import os, sys, zlib; print("{}.{}.{}-{:x}".format(*sys.version_info[:3], zlib.crc32((sys.base_prefix + os.getcwd()).encode())))
TAG := $(shell $(PYTHON) -c '$(IDENTITY)' 2>/dev/null)
INSTALLED := $(VENV)/.installed-$(TAG)
TOOLS := $(VENV)/.tools-$(TAG)
PEERS := $(VENV)/.peers-$(TAG)

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help demo test torture format docs bench clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo     ingest data/captures/ into demo.db, then ask it something'
	@echo 'make test     format check, lint, types, tests, docs check'
	@echo 'make torture  the long form of the suites of faults; some hours of work for one core'
	@echo 'make format   format the code and mend what the linter can mend'
	@echo 'make docs     write the generated parts of the docs anew'
	@echo 'make bench    benchmarks; more with CORPUS=FILE, JSON Lines with a "text" each,'
	@echo '              or DRCD=FILE, questions in the form of SQuAD'
	@echo 'make clean    remove what the others made'

# An older venv is kept if it is of this interpreter and folder; else it is made anew.
$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'archive needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
	@if ! [ "$$($(VENV)/bin/python -c '$(IDENTITY)' 2>/dev/null)" = '$(TAG)' ] \
		|| ! $(RUN) pip --version >/dev/null 2>&1 \
		|| ls -A $(VENV) | grep '^\.installed-' | grep -qvxF '.installed-$(TAG)'; then \
		echo 'making $(VENV) with $(PYTHON)'; $(PYTHON) -m venv --clear $(VENV); fi
	@echo 'installing archive into $(VENV)'
	@$(RUN) pip install --quiet --quiet 'pip>=25.1'
	@$(RUN) pip install --quiet --quiet --editable .
	@touch $@

$(TOOLS): $(INSTALLED)
	@echo 'installing the development tools into $(VENV)'
	@$(RUN) pip install --quiet --quiet --group dev
	@touch $@

# $(1) is printed as it can be typed, then run.
define ask
@printf '\n$$ %s\n' "$(ARCHIVE) --db demo.db $(1)"
@$(ARCHIVE) --db demo.db $(1)
endef

# The key is that of the article on 新泰: the first digits of the SHA-256 of its capture.
demo: $(INSTALLED)
	@rm -f demo.db demo.db-wal demo.db-shm demo.db.lock
	$(call ask,ingest data/captures)
	$(call ask,show 4bb67bd4)
	$(call ask,sections --heading 蝶变)
	$(call ask,show '4bb67bd4#1')
	$(call ask,search 放管服)

test: $(TOOLS)
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) pytest --numprocesses auto --dist worksteal
	$(RUN) cogapp --check --diff $(PAGES)

# What each suite counted stands in docs/torture.jsonl, and from there in docs/reliability.md.
torture: $(TOOLS)
	TORTURE=docs/torture.jsonl $(RUN) pytest -m torture
	$(RUN) cogapp -r docs/reliability.md

format: $(TOOLS)
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

docs: $(TOOLS)
	$(RUN) cogapp -r $(PAGES)
	$(VENV)/bin/python scripts/examples.py README.md docs/*.md
	$(VENV)/bin/python scripts/make_picture.py docs/terminal.svg

$(PEERS): $(TOOLS)
	@echo 'installing what is measured against into $(VENV)'
	@$(RUN) pip install --quiet --quiet --group bench
	@touch $@

bench: $(PEERS)
	$(ARCHIVE) --quiet --db demo.db ingest data/captures >/dev/null
	$(VENV)/bin/python benchmarks/startup.py demo.db
ifdef CORPUS
	$(VENV)/bin/python benchmarks/exactness.py '$(CORPUS)'
	$(VENV)/bin/python benchmarks/search.py '$(CORPUS)'
	$(VENV)/bin/python benchmarks/ingest.py '$(CORPUS)'
endif
ifdef DRCD
	$(VENV)/bin/python benchmarks/drcd.py '$(DRCD)'
endif

clean:
	rm -rf $(VENV) demo.db demo.db-* demo.db.lock build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
