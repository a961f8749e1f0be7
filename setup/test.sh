#!/bin/sh
# Runs every check, goes on after a failure, and fails at the end if one did. Called by `make test`.
# REQUIRE_ALL=1: what cannot run is a failure, not a skip.   PYTEST_ARGS: passed on to pytest
set -u
cd "$(dirname "$0")/.."
failed=""

check() {
    what=$1
    shift
    printf '\n== %s\n' "$what"
    "$@" || failed="${failed:+$failed, }$what"
}

pytest_on() {
    database=$1
    shift
    DATABASE_URL=$database .venv/bin/python -m pytest -n "${WORKERS:-auto}" --dist worksteal "$@" ${PYTEST_ARGS-}
}

check "ruff check" .venv/bin/ruff check --quiet --output-format concise .
check "ruff format" .venv/bin/ruff format --check --quiet --output-format concise .
check "floors (import-linter)" .venv/bin/lint-imports --no-logo --no-cache
# What a person does in a browser is done once, on PostgreSQL where it answers, and in a process of its own: Playwright's
# event loop stays in the thread, where Django would use a second connection and nothing else may run a loop.
if postgresql=$(.venv/bin/python setup/find_postgresql.py); then
    check "tests on SQLite, without a browser" pytest_on sqlite:///var/db.sqlite3 -m "not browser"
    check "tests on PostgreSQL, without a browser" pytest_on "$postgresql" -m "not browser"
    check "tests in a browser, on PostgreSQL" pytest_on "$postgresql" -m browser
else
    check "tests on SQLite, without a browser" pytest_on sqlite:///var/db.sqlite3 -m "not browser"
    check "tests in a browser, on SQLite" pytest_on sqlite:///var/db.sqlite3 -m browser
    echo "PostgreSQL: not answering, skipped"
    [ "${REQUIRE_ALL-}" = 1 ] && failed="${failed:+$failed, }PostgreSQL not answering (REQUIRE_ALL=1)"
fi

[ -z "$failed" ] && exit 0
echo "FAILED: $failed" >&2
exit 1
