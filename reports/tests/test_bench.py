"""`make bench` compares like with like: the page Chromium is given says what our PDF says."""

import importlib.util
import re
import subprocess
import sys
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from pypdf import PdfReader

FOLDER = Path(settings.BASE_DIR, "setup", "bench")
ROWS = 3


def paper(what, file, said=""):
    command = [sys.executable, str(FOLDER / "paper.py"), what, str(ROWS), str(file)]
    return subprocess.run(command, input=said, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    paper("html", folder / "page.html")
    told = paper("pdf", folder / "ours.pdf", said="\n\n")
    return (folder / "page.html").read_text(), (folder / "ours.pdf").read_bytes(), told


def words(text):
    shown = unescape(re.sub(r"<style>.*?</style>|<head>.*?</head>|<[^>]+>", "", text, flags=re.DOTALL))
    return re.sub(r"\W+", "", shown)


def test_the_page_has_every_word_of_the_file(made):
    page, data, _told = made
    printed = [words(each.extract_text()) for each in PdfReader(BytesIO(data)).pages]
    last = printed[-1]

    assert last.startswith("PhụlụcIV")
    assert last in words(page)
    assert page.count("<tr>") == 20 + 60 + 24 + ROWS + 4


def test_it_says_how_long_each_took(made):
    ready, *seconds = made[2].split()

    assert ready == "ready"
    assert len(seconds) == 2
    assert all(0 < float(each) < 600 for each in seconds)


@pytest.fixture
def bench(monkeypatch):
    """The program itself, as a module."""
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = importlib.util.spec_from_file_location("bench", FOLDER / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("missed", ["report", "workbook", "overview", ""])
def test_what_is_not_held_is_a_failure(bench, monkeypatch, capsys, missed):
    monkeypatch.setattr(bench, "CHROMIUM", "chromium")
    monkeypatch.setattr(bench, "versions", lambda: None)
    monkeypatch.setattr(bench, "compare", lambda rows, *_given: missed != "report" or rows != 500)
    monkeypatch.setattr(bench, "workbook", lambda _folder: missed != "workbook")
    monkeypatch.setattr(bench, "overview", lambda: missed != "overview")

    if missed:
        with pytest.raises(SystemExit) as ended:
            bench.main()
        assert ended.value.code == 1
    else:
        bench.main()
    assert ("NOT all held" in capsys.readouterr().out) == bool(missed)


def ran(returncode, stdout):
    return subprocess.CompletedProcess([], returncode, stdout, "")


@pytest.mark.parametrize(
    "queries, ms, returncode, held", [(15, 300, 0, True), (16, 80, 0, False), (9, 301, 0, False), (9, 80, 1, False)]
)
def test_the_overview_is_measured_too(bench, monkeypatch, capsys, queries, ms, returncode, held):
    overview = sys.modules["overview"]
    said = f"overview             {queries:3} queries {ms:6.0f} ms\n.\n1 passed in 9 s\n"
    monkeypatch.setattr(overview.subprocess, "run", lambda *_given, **_how: ran(0, "postgres://postgres@db/x\n"))
    monkeypatch.setattr(overview, "measure", lambda _server: ran(returncode, said))

    assert overview.overview() == held
    assert f"({ms} ms), {queries} of 15 queries" in capsys.readouterr().out


def test_without_a_postgresql_the_overview_is_skipped_and_says_so(bench, monkeypatch, capsys):
    overview = sys.modules["overview"]
    monkeypatch.setattr(overview.subprocess, "run", lambda *_given, **_how: ran(1, ""))

    assert overview.overview()
    assert "skipped, no PostgreSQL answers" in capsys.readouterr().out
