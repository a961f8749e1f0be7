"""The house itself: what must stay true of the code, whatever it comes to do."""

import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template.utils import get_app_template_dirs

BASE = Path(settings.BASE_DIR)
FLOORS = ["reformcomms", "reports", "activities", "plans", "accounts", "agencies"]
MESSAGES = BASE / "locale" / "vi" / "LC_MESSAGES" / "django.po"

# Shared by every locality, so there is nothing to scope: lists the portal ships with, and the localities themselves.
CATALOGUES = {"Channel", "Indicator", "Locality"}


def modules(*skipped):
    """The project's Python files; `skipped`: folder names to leave out."""
    return [path for floor in FLOORS for path in sorted((BASE / floor).rglob("*.py")) if not {*skipped} & {*path.parts}]


def parsed(path):
    return ast.parse(path.read_text(), filename=path)


def short(path):
    return path.relative_to(BASE).as_posix()


TEMPLATES = sorted(path for path in (BASE / "templates").rglob("*") if path.is_file())
# Pages a browser is given. The others carry their style with them: WeasyPrint reads those of reports/pdf/, and those of
# mail/ are letters, for which a mail program fetches no stylesheet.
CARRY_THEIR_STYLE = ("templates/reports/pdf/", "templates/mail/")
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and not short(path).startswith(CARRY_THEIR_STYLE)]
ASSETS = sorted(path for path in (BASE / "static").rglob("*") if path.suffix in {".css", ".js", ".svg", ".webmanifest"})


def without_comments(template):
    template = re.sub(r"{%\s*comment\b.*?{%\s*endcomment\s*%}", "", template, flags=re.DOTALL)
    return re.sub(r"{#.*?#}", "", template)


# Floors


def test_every_app_has_its_floor_and_imports_may_only_go_down():
    linter = configparser.ConfigParser()
    linter.read(BASE / ".importlinter")
    contract = linter["importlinter:contract:floors"]

    ours = {
        app.name for app in apps.get_app_configs() if Path(app.path).is_relative_to(BASE) and "/.venv/" not in app.path
    }

    assert contract["type"] == "layers"
    assert contract["layers"].split() == FLOORS
    assert ours | {"reformcomms"} == set(FLOORS)
    assert set(linter["importlinter"]["root_packages"].split()) == set(FLOORS)


def test_no_module_is_named_for_a_layer():
    collecting = {"utils", "util", "helpers", "helper", "common", "misc", "services", "signals"}

    assert [short(path) for path in modules() if collecting & {path.stem, *path.relative_to(BASE).parts}] == []


def test_every_requirement_is_pinned():
    lines = [
        line.split("#")[0].strip() for file in BASE.glob("requirements*.txt") for line in file.read_text().splitlines()
    ]

    assert [line for line in lines if line and not re.fullmatch(r"[\w.\-]+(\[[\w,\-]+\])?==\d[\w.]*", line)] == []


@pytest.mark.django_db
def test_migrations_match_the_models():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# Scope


def unscoped(tree):
    """Lines where a view reaches rows without asking whose they are.

    `Model.objects` must go on with `.visible_to(`, or `.create(`, which reads nothing; the shortcuts must not be given
    a bare model.
    """
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            model = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "?")
            follower = getattr(parents[node], "attr", "")
            if model not in CATALOGUES and follower not in {"visible_to", "create"}:
                yield f"{node.lineno}: {ast.unparse(parents[node])}"
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("get_object_or_404", "get_list_or_404")):
            if (
                isinstance(node.args[0], ast.Name)
                and node.args[0].id[0].isupper()
                and node.args[0].id not in CATALOGUES
            ):
                yield f"{node.lineno}: {ast.unparse(node)}"


def test_no_view_reads_rows_except_through_their_scope():
    views = [path for path in modules("tests", "migrations") if path.stem == "views" or path.parent.name == "views"]

    assert [f"{short(path)}:{line}" for path in views for line in unscoped(parsed(path))] == []


@pytest.mark.parametrize(
    "code",
    [
        "Plan.objects.all()",
        "Plan.objects.filter(pk=1).visible_to(user)",
        "models.Plan.objects.get(pk=1)",
        "get_object_or_404(Plan, pk=1)",
        "rows = Plan.objects",
        "Plan._default_manager.all()",
        "Plan.objects.select_for_update().get(pk=1)",
    ],
)
def test_the_scope_guard_sees(code):
    assert len(list(unscoped(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "Plan.objects.visible_to(user).filter(pk=1)",
        "get_object_or_404(plans, pk=1)",
        "Plan.objects.create(locality=mine)",
        "Channel.objects.all()",
    ],
)
def test_the_scope_guard_lets_pass(code):
    assert list(unscoped(ast.parse(code))) == []


def test_what_is_exempt_from_scope_has_none():
    exempt = [model for model in apps.get_models() if model.__name__ in CATALOGUES]

    assert [model.__name__ for model in exempt if hasattr(model._default_manager.all(), "visible_to")] == []


# Pages

OTHER_HOST = r"(?:https?:)?//(?!localhost\b|127\.0\.0\.1\b|www\.w3\.org/)"
# A link (<a href>) leads elsewhere only when it is followed; everything else is fetched or sent at once.
FETCHED = [
    re.compile(
        rf"<(?!a\b)\w+\b[^>]*\s(?:src|srcset|href|xlink:href|action|formaction|poster|data)\s*=\s*[\"']?\s*{OTHER_HOST}",
        re.I,
    ),
    re.compile(rf"url\(\s*[\"']?\s*{OTHER_HOST}", re.I),
    re.compile(rf"@import\s+[\"']\s*{OTHER_HOST}", re.I),
    re.compile(
        rf"(?:\bfetch|\bimport|\bWebSocket|\bEventSource|importScripts)\s*\(?\s*[\"'`]\s*(?:wss?:)?{OTHER_HOST}", re.I
    ),
]
INLINE = [
    re.compile(r"<[^>]*\sstyle\s*=", re.I),
    re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    re.compile(r"<style\b", re.I),
    re.compile(r"<script\b(?![^>]*\bsrc\s*=)", re.I),
    re.compile(r"[\"']javascript:", re.I),
]


def found(patterns, text):
    return [match.group() for pattern in patterns for match in pattern.finditer(text)]


def test_nothing_is_fetched_from_another_host():
    assert [(short(path), it) for path in TEMPLATES + ASSETS for it in found(FETCHED, path.read_text())] == []


def test_no_page_carries_style_or_script_of_its_own():
    assert [(short(path), it) for path in PAGES for it in found(INLINE, without_comments(path.read_text()))] == []


@pytest.mark.parametrize(
    "patterns, text",
    [
        (FETCHED, '<link rel="stylesheet" href="//cdn.example/a.css">'),
        (FETCHED, "<img alt='' src='https://example.org/a.png'>"),
        (FETCHED, "a { background: url(https://example.org/a.png) }"),
        (FETCHED, 'fetch("https://example.org")'),
        (INLINE, '<p style="color: red">'),
        (INLINE, "<a href='#' onclick='go()'>"),
        (INLINE, "<script>go()</script>"),
    ],
)
def test_the_page_guards_see(patterns, text):
    assert len(found(patterns, text)) == 1


@pytest.mark.parametrize(
    "patterns, text",
    [
        (FETCHED, '<a href="https://example.org/">'),
        (FETCHED, '<svg xmlns="http://www.w3.org/2000/svg">'),
        (FETCHED, '<script src="/static/a.js"></script>'),
        (INLINE, '<script src="/static/a.js"></script>'),
        (INLINE, '<td data-on="1" data-style="x">'),
    ],
)
def test_the_page_guards_let_pass(patterns, text):
    assert found(patterns, text) == []


# Templates


def template_names_in_python():
    """Patterns of every text in the code that looks like a template's name; `{}` in an f-string is any one step."""
    for path in modules("tests", "migrations"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                yield "".join(
                    re.escape(part.value) if isinstance(part, ast.Constant) else "[^/]+" for part in node.values
                )


def template_names_in_templates():
    for path in TEMPLATES:
        text = without_comments(path.read_text())
        for tag in re.findall(r"{%\s*(?:include|extends)\s[^%]*%}", text):
            yield from map(re.escape, re.findall(r"[\"']([^\"']+)[\"']", tag))


def overrides_a_library(name):
    """Django or a library asks for it by this name: an error page, a widget, a pagination."""
    folders = [Path(folder) for folder in get_app_template_dirs("templates")]
    return name in {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"} or any(
        (folder / name).exists() for folder in folders
    )


def test_every_template_is_used():
    names = [path.relative_to(BASE / "templates").as_posix() for path in TEMPLATES]
    asked_for = re.compile("|".join({*template_names_in_python(), *template_names_in_templates()}))

    assert [name for name in names if not asked_for.fullmatch(name) and not overrides_a_library(name)] == []


def test_every_partial_says_in_its_first_line_what_it_is():
    partials = [path for path in TEMPLATES if path.name.startswith("_")]

    assert [short(path) for path in partials if not path.read_text().startswith("{#")] == []


# Translation


def texts(file):
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(file)) if not entry.obsolete}


def test_every_text_is_translated():
    catalogue = polib.pofile(str(MESSAGES))

    # A fuzzy header would make the compiler leave out the whole catalogue.
    assert not catalogue.metadata_is_fuzzy
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []


def test_translations_keep_the_placeholders():
    def placeholders(text):
        return sorted(set(re.findall(r"%\(\w+\)[sd]|(?<!%)%[sd]|{\w*}", text)))

    entries = polib.pofile(str(MESSAGES)).translated_entries()

    for entry in entries:
        for translation in entry.msgstr_plural.values() or [entry.msgstr]:
            assert placeholders(translation) == placeholders(entry.msgid_plural or entry.msgid), entry.msgid


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed (apt-get install gettext)")
def test_the_catalogue_has_the_texts_of_the_code(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(BASE, copy, ignore=shutil.ignore_patterns(".*", "var", "docs", "wheelhouse", "__pycache__", "*.mo"))

    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "vi", "--no-obsolete", "--verbosity", "0"],
        cwd=copy,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "reformcomms.settings"},
        check=True,
    )

    there, wanted = texts(MESSAGES), texts(copy / MESSAGES.relative_to(BASE))
    assert (wanted - there, there - wanted) == (set(), set()), "(to be translated, no longer in the code)"
