# make run        everything a fresh machine needs, then the demo on http://127.0.0.1:8000/
#                 PORT=8123 another port; TODAY=2012-09-10 the demo's date
# make test       every check and test, on SQLite and, where one answers, on PostgreSQL
# make bench      how fast documents are made, beside Chromium
# make lint       style and floors          make format    put the style right
# make messages   collect texts to translate (needs gettext)
# make constraints  pin anew what the pinned packages bring along
# make clean      remove what make made; the database and the uploads stay

PORT ?= 8000
export PORT

PYTHON = .venv/bin/python
MANAGE = $(PYTHON) manage.py
# For commands that only read or write files of the project.
OFFLINE = DEBUG=on $(MANAGE)

PO = locale/vi/LC_MESSAGES/django.po
MO = $(PO:.po=.mo)
ASSETS = var/assets/.built

.DEFAULT_GOAL := run
.NOTPARALLEL:
.PHONY: run test bench lint format messages constraints clean installed installed-for-tests

# Without a .env this is a trial, so the demo's switches are on.
ifeq ($(wildcard .env),)
run: export DEBUG ?= on
endif
run: installed $(ASSETS) $(MO)
	@$(PYTHON) setup/check_machine.py 127.0.0.1 $(PORT)
	@mkdir -p "$${DATA_DIR:-var}"
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_plans
	@if $(PYTHON) -c 'import sys; from reformcomms.settings import DEBUG; sys.exit(not DEBUG)'; then $(MANAGE) load_demo; fi
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@exec setup/run.sh

test: installed-for-tests $(ASSETS) $(MO)
	@setup/test.sh

bench: installed-for-tests $(ASSETS) $(MO)
	@$(PYTHON) setup/bench

lint: installed-for-tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-logo --no-cache

format: installed-for-tests
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# Vietnamese has no plural; a header marked fuzzy would make the compiler skip the whole catalogue.
messages: installed
	$(OFFLINE) makemessages --locale vi --no-wrap --no-obsolete --add-location file --ignore .venv --ignore var
	@sed -i.old -e '/^msgstr\[1\] ""$$/d' -e '1,10{/^#, fuzzy$$/d;}' $(PO) && rm -f $(PO).old $(MO)

constraints: installed-for-tests
	@(sed -n 1p constraints.txt; .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
		--no-header requirements.txt requirements-test.txt) > var/constraints.txt
	@mv var/constraints.txt constraints.txt

clean:
	rm -rf .venv var/assets var/static .pytest_cache .ruff_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

installed:
	@setup/install.sh

installed-for-tests:
	@setup/install.sh test

# Fonts, icons and the like, taken from the installed packages.
$(ASSETS): requirements.txt requirements-fonts.txt agencies/assets.py
	@$(OFFLINE) build_assets
	@mkdir -p $(@D) && touch $@

$(MO): $(PO)
	@.venv/bin/pybabel --quiet compile --domain django --directory locale --locale vi
