"""A walk over the figures of a page: each is a link to as many rows, any other number says what else it is.

What a page must mark:

- `data-count` on a link: it leads to a list of as many rows.
- `data-sum` on a link: it leads to lines whose sum stands at their foot (`data-total`).
- `data-says` on a link: the one row it leads to says the same.
- `data-fact` on anything: a number that counts no rows; FACTS are the reasons there are.

`loose_figures` are the numbers of a page that are none of these; `walked` follows the links.
"""

import re
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from django.urls import reverse

from activities.models import Activity, Indicator, ReportingPeriod
from agencies.models import Agency
from plans.models import Plan

FACTS = {
    "axis": "places on a scale of time: months, periods",
    "days": "how long something has been late",
    "difference": "between two figures that are links themselves",
    "label": "what a figure is called",
    "number": "of an activity, by which it is called in the plan",
    "quantity": "what one activity has produced, beside the link to it",
    "target": "what the plan aims at; the link leads to the activities that do",
}
FORMS = (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), re.compile(r"\d+(?:,\d+)?%"))  # dates and percents count nothing
FIGURES = ("data-count", "data-sum", "data-says")
UNREAD = {"script", "style", "svg", "select", "textarea"}  # a drawing has its table of numbers beside it
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Figure(NamedTuple):
    """A link of a page that bears a number: `kind` is one of FIGURES, `said` the number as it is marked."""

    address: str
    kind: str
    said: str


class Page(HTMLParser):
    """What a page says: `figures`, `texts` (text, whether it is marked), `facts`, `totals`, and `rows`: how many its
    tables have, all together ("") and by the ids that stand before a table.
    """

    def __init__(self, html):
        super().__init__()
        self.figures, self.texts, self.facts, self.rows, self.totals = [], [], set(), {"": 0}, []
        self._open, self._ids = [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        kind = next((name for name in FIGURES if attrs.get(name)), "")
        if tag == "a" and kind:
            self.figures.append(Figure(attrs["href"], kind, attrs[kind]))
        self.facts |= {attrs["data-fact"]} if "data-fact" in attrs else set()
        if "data-total" in attrs:
            self.totals.append(int(attrs["data-total"]))
        if "id" in attrs and not self._is_in("tbody"):
            self._ids.add(attrs["id"])
        if tag == "tr" and self._is_in("tbody"):
            for place in {"", *self._ids}:
                self.rows[place] = self.rows.get(place, 0) + 1
        if tag not in VOID:
            self._open.append((tag, bool(kind and tag == "a") or "data-fact" in attrs))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "table":
            self._ids = set()

    def handle_data(self, text):
        if text.strip() and self._is_in("main") and not any(self._is_in(tag) for tag in UNREAD):
            self.texts.append((text, any(is_marked for _tag, is_marked in self._open)))

    def _is_in(self, tag):
        return any(each == tag for each, _is_marked in self._open)


def names():
    """What plans, periods, activities, agencies and outputs are called, the longest first: digits in these count
    nothing."""
    found = {
        title for period in ReportingPeriod.objects.select_related("plan") for title in (period.title, period.label)
    }
    found |= {name for plan in Plan.objects.all() for name in (str(plan), plan.title)}
    found |= set(Activity.objects.values_list("title", flat=True))
    found |= {name for pair in Agency.objects.values_list("name", "short_name") for name in pair}
    found |= {name for each in Indicator.objects.all() for name in (each.name, each.name_en, each.unit, each.unit_en)}
    return sorted((name for name in found if len(name) > 3), key=len, reverse=True)


def loose_figures(html):
    """The texts of a page that have a number which is neither a link to its rows nor says what else it is."""
    page, known = Page(html), names()
    assert page.facts <= set(FACTS), page.facts - set(FACTS)
    return [text.strip() for text, is_marked in page.texts if not is_marked and _has_figure(text, known)]


def _has_figure(text, known):
    for name in known:
        text = text.replace(name, "")
    for form in FORMS:
        text = form.sub("", text)
    return any(sign.isdigit() for sign in text)


def figures_of(html):
    """The figures of a page, each once."""
    return list(dict.fromkeys(Page(html).figures))


def walked(browser, address, html=None):
    """{figure of the page at `address`: what its link leads to}: what differs from what is said is wrong."""
    html = browser.get(address).text if html is None else html
    return {figure: found_at(browser, urljoin(address, figure.address), figure) for figure in figures_of(html)}


def wrong(walk):
    """Those figures of `walked` whose rows are not as many as they say."""
    return {figure: found for figure, found in walk.items() if found != figure.said}


def found_at(browser, address, figure):
    """What stands at `address` in place of what the figure says."""
    if figure.kind == "data-count":
        return str(rows_at(browser, address))
    html = _html(browser, address)
    if figure.kind == "data-sum":
        return str(sum(Page(html).totals))
    rows = re.findall(r"<tr>(.*?)</tr>", _list_of(address, html).partition("<tbody>")[2], re.DOTALL)
    return figure.said if len(rows) == 1 and f">{figure.said}<" in rows[0] else f"{len(rows)} rows"


def rows_at(browser, address):
    """How many rows the list at `address` prints; with a #place only those after it."""
    html, place = _list_of(address, _html(browser, address)), urlsplit(address).fragment
    if address.startswith(reverse("accounts:notifications")):
        return html.count('<time class="sub"')
    return Page(html).rows.get(place, 0)


def _html(browser, address):
    response = browser.get(address.partition("#")[0])
    assert response.status_code == 200, address
    return response.text


def _list_of(address, html):
    """The part of a page that is the list: those who have sent stand below what waits for review."""
    return html.partition('id="all"')[2] if address.startswith(reverse("activities:updates")) else html
