"""A report of so many rows, set again and again on demand. Started by `make bench` (`__main__`), not by hand.

paper.py html ROWS FILE    writes the whole report as one page of the web
paper.py pdf|xlsx ROWS     makes the file each time a line comes in, and answers with seconds and bytes
paper.py weasyprint ROWS   the same HTML set by WeasyPrint alone
"""

# ruff: noqa: E402  Django is set up before anything of it is imported
import os
import sys
import time
from functools import partial
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(BASE))
os.environ["DJANGO_SETTINGS_MODULE"] = "reformcomms.tests.settings"

import django

django.setup()

from django.template import Context, Engine

from reports import pdf
from reports.annexes import annexes
from reports.excel import report_xlsx
from reports.large_files import tidied
from reports.tests.factories import make_report
from reports.typesetting import font_files, reference_line

ACTIVITIES, FIGURES, SUBMISSIONS = 60, 20, 24


def report_of(rows):
    return make_report(figures=FIGURES, activities=ACTIVITIES, submissions=SUBMISSIONS, evidence=rows)


def html_of(report):
    """The body as WeasyPrint is given it, the annexes behind it."""
    fonts = font_files()
    page = pdf.render_to_string("reports/pdf/body.html", pdf._context(report, fonts))
    template = Engine().from_string(Path(__file__).with_name("annex.html").read_text())
    reference = reference_line(report.heading)
    tables = [template.render(Context({"annex": annex, "reference": reference})) for annex in annexes(report)]
    style = f"<style>{pdf._stylesheet(fonts)}</style>"
    return page.replace("</head>", f"{style}</head>").replace("</body>", f"{''.join(tables)}</body>")


def by_weasyprint_alone(report):
    from weasyprint import HTML

    return HTML(string=html_of(report), url_fetcher=pdf._fetcher(font_files())).write_pdf(pdf_variant=pdf.TAGGED)


MAKERS = {"pdf": partial(tidied, pdf.quarterly_pdf), "xlsx": report_xlsx, "weasyprint": by_weasyprint_alone}


def main(what, rows, file):
    report = report_of(int(rows))
    if what == "html":
        Path(file).write_text(html_of(report))
        return
    MAKERS[what](report_of(1))  # a worker has made one before
    print("ready", flush=True)
    for _line in sys.stdin:
        started = time.perf_counter()
        data = MAKERS[what](report)
        seconds = time.perf_counter() - started
        Path(file).write_bytes(data)
        del data
        print(f"{seconds:.3f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
