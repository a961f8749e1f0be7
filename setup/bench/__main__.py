"""How long the quarterly report takes as PDF and Excel, beside headless Chromium printing the same HTML; the overview.

Both by turns in one run, so that what else the machine does hits both. Ours is timed in a process that has set a
report before, as a worker has; Chromium is started anew for each file, as it would be. Memory: the most that the
processes of each had at one moment (PSS, shared pages counted once).
"""

import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import psutil
from overview import overview
from pypdf import PdfReader

PAPER = Path(__file__).with_name("paper.py")
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
PRINTING = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-pdf-header-footer")
SIZES = {0: 5, 500: 5, 5000: 2}  # rows of evidence: turns
ALONE = {0: 2, 500: 1}  # turns of WeasyPrint without anything of ours; 5.000 rows take it a minute
WORKBOOK_ROWS, WORKBOOK_LIMIT = 5000, 3.0  # rows, s
MEMORY_SHARE = 0.2  # of Chromium's, on the largest
PACKAGES = ("Django", "WeasyPrint", "pydyf", "fonttools", "openpyxl")
MB = 1 << 20


class Watch:
    """The most memory the processes below `pid` had at one moment, while the block runs."""

    def __init__(self, pid):
        self.root, self.peak, self.done = psutil.Process(pid), 0, threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._look)
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.done.set()
        self.thread.join()

    def _look(self):
        while not self.done.wait(0.05):
            self.peak = max(self.peak, memory_of(self.root))


def memory_of(root):
    total = 0
    try:
        for process in [root, *root.children(recursive=True)]:
            total += _pss(process)
    except psutil.NoSuchProcess:
        pass
    return total


def _pss(process):
    try:
        return process.memory_full_info().pss
    except (psutil.Error, AttributeError):  # gone meanwhile, or a system that does not count so
        return 0


class Maker:
    """A process of `paper.py` that makes one file each time it is asked."""

    def __init__(self, what, rows, file):
        command = [sys.executable, str(PAPER), what, str(rows), str(file)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._read()
        self.before, self.peak = memory_of(psutil.Process(self.process.pid)), 0

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{PAPER.name} stopped")
        return line

    def make(self):
        """Seconds."""
        with Watch(self.process.pid) as watch:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            seconds = float(self._read())
        self.peak = max(self.peak, watch.peak)
        return seconds

    def close(self):
        """What it still holds."""
        after = memory_of(psutil.Process(self.process.pid))
        self.process.communicate()
        return after


def print_with_chromium(page, file):
    """(seconds, bytes of memory at most) of a Chromium that prints `page` into `file`."""
    with tempfile.TemporaryDirectory() as profile:
        command = [CHROMIUM, *PRINTING, f"--user-data-dir={profile}", f"--print-to-pdf={file}", page.as_uri()]
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with Watch(process.pid) as watch:
            process.wait()
        return time.perf_counter() - started, watch.peak


def compare(rows, turns, folder):
    """Print how we do on a report with `rows` of evidence; True where the targets are held."""
    page = folder / f"{rows}.html"
    subprocess.run([sys.executable, PAPER, "html", str(rows), page], check=True)
    made = folder / "ours.pdf"
    maker, ours, theirs, their_peak = Maker("pdf", rows, made), [], [], 0
    for _turn in range(turns):
        ours.append(maker.make())
        seconds, peak = print_with_chromium(page, folder / "chromium.pdf")
        theirs.append(seconds)
        their_peak = max(their_peak, peak)
    after = maker.close()
    mine, chromium = statistics.median(ours), statistics.median(theirs)
    label = f"60 activities, {rows:>4} rows of evidence"
    print(
        f"{label}: {mine / chromium:5.2f} x Chromium's time ({mine:.2f} s / {chromium:.2f} s),"
        f" {maker.peak / their_peak:4.2f} x its memory ({maker.peak // MB} / {their_peak // MB} MB),"
        f" {len(PdfReader(made).pages)} pages; held {maker.before // MB} MB before, {after // MB} MB after",
        flush=True,
    )
    alone(rows, chromium, folder)
    return mine <= chromium and (rows < max(SIZES) or maker.peak <= MEMORY_SHARE * their_peak)


def alone(rows, chromium, folder):
    turns = ALONE.get(rows, 0)
    if turns:
        maker = Maker("weasyprint", rows, folder / "alone.pdf")
        seconds = statistics.median(maker.make() for _turn in range(turns))
        maker.close()
        print(f"{'WeasyPrint alone':>38}: {seconds / chromium:5.2f} x Chromium's time ({seconds:.2f} s)", flush=True)


def workbook(folder):
    maker = Maker("xlsx", WORKBOOK_ROWS, folder / "ours.xlsx")
    seconds = statistics.median(maker.make() for _turn in range(3))
    maker.close()
    share = seconds / WORKBOOK_LIMIT
    print(f"{f'Excel, {WORKBOOK_ROWS} rows':>38}: {share:5.2f} x the {WORKBOOK_LIMIT:.0f} s allowed ({seconds:.2f} s)")
    return seconds <= WORKBOOK_LIMIT


def versions():
    chromium = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, check=True).stdout.split()
    number = next((word for word in chromium if word[0].isdigit()), "?")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"Python {platform.python_version()}, {packages}, Chromium {number}, {_pango()}")
    print(f"{platform.system()} {platform.release()}, {psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}\n")


def _pango():
    told = subprocess.run([sys.executable, "-m", "weasyprint", "--info"], capture_output=True, text=True, check=True)
    return next(line.replace(" version:", "") for line in told.stdout.splitlines() if line.startswith("Pango"))


def main():
    if CHROMIUM is None:
        raise SystemExit("Chromium is not installed (apt-get install chromium): there is nothing to compare with")
    versions()
    with tempfile.TemporaryDirectory() as folder:
        held = [compare(rows, turns, Path(folder)) for rows, turns in SIZES.items()]
        held.append(workbook(Path(folder)))
    held.append(overview())
    conclude(held)


def conclude(held):
    """Say whether everything held; where it did not, whoever called hears it too."""
    if not all(held):
        print("\nNOT all held.")
        raise SystemExit(1)
    print("\nAll held.")


if __name__ == "__main__":
    main()
