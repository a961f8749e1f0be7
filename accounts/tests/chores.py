"""Work for the tests of workers that really die, and the processes that do it.

python -m accounts.tests.chores once|on     a worker that knows these kinds: until nothing is left, or until told
python -m accounts.tests.chores order N     order N jobs of the kind "count"
"""

import os
import sys
import time
from pathlib import Path

import django


def register():
    from accounts.jobs import work

    @work("linger", label="Lingering", says_done=True)
    def linger(job, *, folder):
        """Say that it has begun, then wait until it may go on."""
        folder = Path(folder)
        (folder / f"begun-{job.attempts}").touch()
        while not (folder / "go").exists():
            time.sleep(0.02)
        return str(os.getpid())

    @work("count", label="Counting")
    def count(job, *, folder):
        """Write the job's number and the process down, on a line of their own."""
        time.sleep(0.005)
        with open(Path(folder) / "done", "a") as book:
            book.write(f"{job.pk} {os.getpid()}\n")


def main(act, *arguments):
    django.setup()
    register()
    from accounts.jobs import order
    from accounts.workers import work

    if act == "order":
        for _n in range(int(arguments[0])):
            order("count", by=None, locality=None, folder=arguments[1])
    else:
        work(once=act == "once")


if __name__ == "__main__":
    main(*sys.argv[1:])
