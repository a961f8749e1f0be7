"""What every test stands on: uploads that are thrown away, a browser without a download, no silent skips."""

import os
import shutil
import threading

import hypothesis
import pytest

# Playwright keeps an event loop in the test's thread, beside which Django would refuse its own queries.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The same examples in every run: what is red for one is red for all.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.load_profile("repeatable")

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
NO_CHROMIUM = "Chromium is not installed (apt-get install chromium)"
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


def pytest_collection_modifyitems(config, items):
    from django.db import connection

    absent = [
        *(["postgres"] if connection.vendor != "postgresql" else []),
        *(["libreoffice"] if not shutil.which("soffice") else []),
        *(["redis"] if not shutil.which("redis-server") else []),
    ]
    elsewhere = [item for item in items if any(map(item.get_closest_marker, absent))]
    if elsewhere:
        items[:] = [item for item in items if item not in elsewhere]
        config.hook.pytest_deselected(items=elsewhere)
    if not CHROMIUM:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter):
    ran = sum("browser" in report.keywords for report in terminalreporter.stats.get("passed", []))
    if not CHROMIUM:
        terminalreporter.write_line(f"Browser tests: skipped, {NO_CHROMIUM}")
    elif ran:
        terminalreporter.write_line(f"Browser tests: {ran} passed in {CHROMIUM}")
    if skipped_though_required(terminalreporter):
        terminalreporter.write_line("REQUIRE_ALL=1: a skipped test is a failure", red=True)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.exitstatus == pytest.ExitCode.OK and reporter and skipped_though_required(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def skipped_though_required(reporter):
    return REQUIRE_ALL and bool(reporter.stats.get("skipped"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """On PostgreSQL a browser's last connection may outlive its test; the database can only be dropped without it."""
    yield
    from django.db import connection

    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def throwaway_uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "headless": True,
        "chromium_sandbox": False,
        "args": [
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}


@pytest.fixture(scope="session", autouse=True)
def sealed_rows_are_flushed_all_the_same():
    """After a test that committed, SQLite empties its tables row by row, which the triggers of sealed rows refuse."""
    from django.db.backends.sqlite3.base import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def without_triggers(operations, statements):
        with operations.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'sealed_%'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            flush(operations, statements)
            for _name, sql in triggers:
                cursor.execute(sql)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", without_triggers)
        yield


@pytest.fixture(autouse=True)
def one_request_at_a_time(request, monkeypatch):
    """A browser asks for several things at once; SQLite in memory refuses what another thread writes, so they queue."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection

    if connection.vendor != "sqlite" or not request.node.get_closest_marker("browser"):
        return
    turn, answer = threading.Lock(), WSGIHandler.get_response

    def in_turn(handler, asked):
        with turn:
            return answer(handler, asked)

    monkeypatch.setattr(WSGIHandler, "get_response", in_turn)


@pytest.fixture(autouse=True)
def the_past_may_be_built(request):
    """A test furnishes any quarter; what a request or a command writes is judged by its own moment all the same.

    `@pytest.mark.locked`: the lock holds for the test's own writes too.
    """
    if request.node.get_closest_marker("locked"):
        yield
        return
    from activities.models import lock_lifted

    with lock_lifted():
        yield


@pytest.fixture
def english():
    """Sentences as the code has them; afterwards the language is what it was, whatever a request made of it."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def clock(monkeypatch):
    """Set the day on which views are asked: `clock(date(2026, 6, 15))`."""
    return lambda day: monkeypatch.setattr("agencies.clock.today", lambda: day)
