# make app    open the app           make check  style, types, and the quick tests
# make test   run all tests          make lint   style and types
# make e2e    only the tests in a real browser (needs Chromium)
# make bench  measure, and write docs/benchmarks.md
# make docs   build the documentation site in build/docs (make links: are its links alive)
# make versions  all tests on every Python, and with the lowest versions of requirements.txt
# make messages  every sentence of the source into locale/*.po: docs/translating.md
# make soak   50 visitors (MINUTES=60), and write their section of docs/reliability.md
# make fuzz   change inputs at random (MINUTES=10), and write into docs/reliability.md
# make chaos  kill processes and fill disks (MINUTES=10), and write into docs/reliability.md

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
MINUTES ?= 2

# The first Python of a version this runs on; `make PYTHON=... app` names another.
PYTHON ?= $(shell for p in python3.12 python3.11 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)

.PHONY: app check test lint bench soak e2e docs links messages versions fuzz chaos

app: $(VENV)/installed
	$(BIN)/python -m streamlit run server.py $(ARGS)

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -q -n 2 --dist worksteal $(ARGS)

# Not even collected: what imports TensorFlow, which takes seconds in each process.
check: lint
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not tensorflow and not browser and not slow" \
	  --ignore genre/training --ignore tests/training --ignore tests/browser $(ARGS)

e2e: $(VENV)/installed-dev
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	  echo "No Chromium found. Debian, Ubuntu: apt-get install chromium. Elsewhere: $(BIN)/python -m playwright install chromium"
	$(BIN)/python -m pytest -q -m browser $(ARGS)

lint: $(VENV)/installed-dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pylint --score=n genre app_pages server.py streamlit_app.py benchmarks

bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/installed-dev
	$(BIN)/python -m sphinx -q -W --keep-going -b html -c docs . build/docs
	@echo "The site is build/docs/index.html"

links: $(VENV)/installed-dev
	$(BIN)/python -m sphinx -q -W --keep-going -b linkcheck -c docs . build/links

messages: $(VENV)/installed-dev
	$(BIN)/python -m tests.support.messages $(ARGS)

# What tox cannot find on this machine, uv downloads.  One of them: make versions ARGS="-e 3.13"
versions: $(VENV)/installed-dev
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m tox run $(ARGS)

soak: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.soak $(MINUTES) $(ARGS)

fuzz: $(VENV)/installed-dev
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES) $(ARGS)

chaos: $(VENV)/installed-dev
	$(BIN)/python -m tests.chaos --minutes $(MINUTES) $(ARGS)

$(VENV)/installed: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name it: make PYTHON=/path/to/python3.12 app"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
