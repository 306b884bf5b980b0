# The developer's verbs; each check is defined here once, for people, pre-commit and .ci/run.
PY := .venv/bin/python
BIN := .venv/bin
PRODUCTION := HK_DEMO=0 HK_SITE_URL=https://example.org HK_ALLOWED_HOSTS=example.org DATABASE_URL=postgres://o@/h \
  REDIS_URL=redis://localhost HK_SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')

CHECKS := types safety look imports leaks shipped translations

.PHONY: run test check bench nightly docs setup $(CHECKS)

run:
	python3 run.py

setup:
	python3 run.py setup

test:
	python3 run.py test

# two at a time, as many as the smallest machine has cores; each says its piece undivided, and all are heard
check: setup
	$(MAKE) -j2 -k --output-sync --no-print-directory $(CHECKS)

types:
	$(BIN)/mypy

look:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djhtml --check templates

imports:
	$(BIN)/lint-imports

safety:
	$(BIN)/bandit -q -c pyproject.toml -r . -ll

leaks:
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --baseline .secrets.baseline

shipped:
	$(PRODUCTION) $(PY) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

translations:
	$(PY) manage.py translations_check

# make bench SIZE=--country: counting on 25 million figures instead of 2.5 (20 minutes, 12 GB)
bench: setup
	$(PY) -m benchmarks $(SIZE)

nightly: setup
	HK_NIGHTLY=1 $(PY) -m pytest -n 2

docs: setup
	$(PY) manage.py draw_lifecycles
