"""How often the overview of a province of 170 units asks PostgreSQL, and how long it takes.

The figures are those of `test_measured_dashboard`, run on a database of its own that is dropped afterwards; the test
allows three times as long, for machines that are busy.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

BASE = Path(__file__).resolve().parents[2]
MEASURED = "reports/tests/test_measured_dashboard.py"
MOST_QUERIES, MOST_MS = 15, 300
LINE = re.compile(r"^\W*(\w[\w ]*?) +(\d+) queries +(\d+) ms$", re.MULTILINE)


class Page(NamedTuple):
    """A page as it was measured."""

    name: str
    queries: int
    ms: int

    @property
    def is_held(self):
        return self.queries <= MOST_QUERIES and self.ms <= MOST_MS


def overview():
    """Print the figures; True where they are within what is allowed, or no PostgreSQL answers."""
    found = subprocess.run([sys.executable, BASE / "setup/find_postgresql.py"], capture_output=True, text=True)
    if found.returncode:
        print(f"{'Overview, 170 units':>38}: skipped, no PostgreSQL answers")
        return True
    measured = measure(found.stdout.strip())
    pages = pages_of(measured.stdout)
    for page in pages:
        print(
            f"{f'Overview, 170 units, {page.name}':>38}: {page.ms / MOST_MS:5.2f} x the {MOST_MS} ms allowed"
            f" ({page.ms} ms), {page.queries} of {MOST_QUERIES} queries"
        )
    if measured.returncode or not pages:
        print(f"{MEASURED} failed:\n{measured.stdout[-2000:]}{measured.stderr[-2000:]}")
    return measured.returncode == 0 and bool(pages) and all(page.is_held for page in pages)


def measure(server):
    """Run the test on `server`, an address of PostgreSQL, in a database that is named for this run."""
    address = urlsplit(server)._replace(path=f"/bench_{os.getpid()}").geturl()
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", MEASURED]
    told = {**os.environ, "DATABASE_URL": address}
    return subprocess.run(command, cwd=BASE, env=told, capture_output=True, text=True)


def pages_of(said):
    """The pages in what the test has printed."""
    return [Page(name, int(queries), int(ms)) for name, queries, ms in LINE.findall(said)]
