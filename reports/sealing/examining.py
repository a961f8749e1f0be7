"""A signed PDF is judged by `judging` in a process of its own, with little time and memory: it is a stranger's file."""

import json
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from django.conf import settings

SECONDS, PER_MB = 30, 90  # of the clock: a tagged report of 170 KB takes two, one of 2 MB (5,000 rows) up to a hundred
MOST_MEMORY = 1_500_000_000  # bytes of address space
MOST_WRITTEN = 1_000_000  # bytes into a file


def verdict_on(sealed, signed):
    """What `judging.judge` says of `signed` as an extension of `sealed`; {"refusal": "too_slow"} where it does not end.

    Args:
        sealed, signed: bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "sealed.pdf"), Path(folder, "signed.pdf")
        for file, data in zip(files, (sealed, signed), strict=True):
            file.write_bytes(data)
        seconds = SECONDS + round(PER_MB * len(sealed) / 1_000_000)
        try:
            told = subprocess.run(
                [sys.executable, "-I", "-c", STARTED, str(settings.BASE_DIR), *map(str, files)],
                cwd=folder,
                env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                preexec_fn=partial(_bound, seconds),
            )
        except subprocess.TimeoutExpired:
            return {"refusal": "too_slow"}
    return _read(told.stdout)


# -I keeps the environment out; the project's folder is put on the path by hand.
STARTED = (
    "import sys; base, *files = sys.argv[1:]; sys.path.insert(0, base); "
    "from reports.sealing.judging import main; main(*files)"
)


def _bound(seconds):
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))


def _read(told):
    try:
        return json.loads(told)
    except ValueError:  # it was stopped, by its limits or by what it read
        return {"refusal": "unreadable"}
