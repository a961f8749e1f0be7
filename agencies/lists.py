"""A list as its address asks for it: sorted by a column, cut into pages, kept under a name, given out as a file.

How a page becomes a list (plans, activities, agencies):

    COLUMNS = [
        ListColumn("name", _("Agency"), value=lambda agency: agency.name, order="name_sort"),
        ListColumn("users", _("Users"), Kind.WHOLE, value=lambda agency: agency.user_count, order="user_count"),
    ]

    def agency_list(request):
        chosen = AgencyFilter(request.GET, queryset=..., user=request.user)
        listing = Listing(request, "agencies:list", COLUMNS, chosen.qs, chosen=chosen, first=_("as in the tree"))
        if listing.wants_file:
            return listing.as_file(_("Agencies"))
        return render(request, "…", {"listing": listing, "page": listing.page, "filter": chosen})

`order` is a field (or several) where the rows are a queryset, and a function of a row where they are in memory; names
are ordered by their `*_sort` column or `sort_key`. The template includes `_list_tools.html` above its table and
`_sort_head.html` for each heading. A list whose views may be kept stands in `LISTS`. What the columns say is what the
file says, for all pages, in the reader's language.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpResponse, QueryDict
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from .vietnamese import fold
from .workbook import XLSX, Column, given_out, write_table
from .workbook.write import FORMULA_STARTS, plain

SIZES = (25, 50, 100, 200)
USUAL_SIZE = 50
FILES = ("xlsx", "csv")
NOT_OF_A_VIEW = {"page", "export", "period", "size"}
LISTS = {
    "plans:list": gettext_lazy("Plans"),
    "activities:list": gettext_lazy("Activities"),
    "agencies:list": gettext_lazy("Agencies"),
    "accounts:users": gettext_lazy("Users"),
    "reports:scorecards": gettext_lazy("Scorecards"),
}


@dataclass(frozen=True)
class ListColumn(Column):
    """A column of a list and of its file.

    Args:
        value: what the file says of a row.
        order: what it is sorted by: field or fields of a queryset, or a function of a row in memory; None, not at all.
        on_page: the page has it as a column too; its other facts stand below another one.
        in_file: the file has it; what a page says in one column a file says in several.
    """

    value: Callable = None
    order: str | tuple | Callable | None = None
    on_page: bool = True
    in_file: bool = True


@dataclass(frozen=True)
class Choice:
    """Something one may choose by following a link: an order, a number of rows, a kept view."""

    label: str
    url: str
    is_current: bool
    direction: str = ""  # "ascending" or "descending", of an order

    @property
    def icon(self):
        return {"ascending": "up", "descending": "down"}.get(self.direction, "")


class Listing:
    """One list on one request.

    Args:
        name: of its address, a key of LISTS: what a person's views are kept under.
        rows: a queryset, or a list, in the order the page has by itself.
        chosen: the FilterSet the rows came through.
        first: that order, in words.
        seen: in words what else the file says of what the rows were counted from.
    """

    def __init__(self, request, name, columns, rows, *, chosen, first, seen=()):
        self.seen = seen
        self.request, self.name, self.columns, self.chosen, self.first = request, name, columns, chosen, first
        self.sort, self.is_descending = self._asked_order()
        self.size = self._asked_size()
        self.rows = self._ordered(rows)

    # What the address says

    def _asked_order(self):
        asked = self.request.GET.get("sort", "")
        key = asked.removeprefix("-")
        known = any(column.key == key and column.order for column in self.columns)
        return (key, asked != key) if known else ("", False)

    def _asked_size(self):
        """Rows on a page: as asked, and remembered; else as asked before."""
        user, asked = self.request.user, self.request.GET.get("size", "")
        if asked not in {str(size) for size in SIZES}:
            return user.page_size if user.page_size in SIZES else USUAL_SIZE
        if user.page_size != int(asked):
            user.page_size = int(asked)
            user.save(update_fields=["page_size"])
        return int(asked)

    def _ordered(self, rows):
        if not self.sort:
            return rows
        order = next(column.order for column in self.columns if column.key == self.sort)
        if isinstance(rows, QuerySet):
            fields = (order,) if isinstance(order, str) else order
            by_itself = rows.query.order_by or rows.model._meta.ordering
            return rows.order_by(*(_by_field(field, self.is_descending) for field in fields), *by_itself, "pk")
        said = [row for row in rows if order(row) is not None]
        unsaid = [row for row in rows if order(row) is None]
        return sorted(said, key=order, reverse=self.is_descending) + unsaid

    # What the page shows

    @cached_property
    def page(self):
        return Paginator(self.rows, self.size).get_page(self.request.GET.get("page"))

    @cached_property
    def heads(self):
        """Key of a column: its heading, and the address that sorts by it (or turns its order round)."""
        return {column.key: self._head(column) for column in self.columns if column.on_page}

    def _head(self, column):
        direction = ""
        if column.key == self.sort:
            direction = "descending" if self.is_descending else "ascending"
        turned = f"-{column.key}" if direction == "ascending" else column.key
        url = self.address(sort=turned, page=None) if column.order else ""
        return Choice(str(column.heading), url, bool(direction), direction)

    @cached_property
    def orders(self):
        """The orders on offer: the page's own, then each column's, with or without a heading on the page."""
        by_itself = Choice(str(self.first), self.address(sort=None, page=None), not self.sort)
        return [by_itself, *(self._head(column) for column in self.columns if column.order)]

    @cached_property
    def order(self):
        return next(order for order in self.orders if order.is_current)

    @cached_property
    def sizes(self):
        return [Choice(str(size), self.address(size=size, page=None), size == self.size) for size in SIZES]

    @cached_property
    def files(self):
        """Kind of file: the address that gives the list out as one."""
        return {kind: self.address(export=kind, page=None) for kind in FILES}

    @cached_property
    def query(self):
        """The filters and the order in one form, whatever the address began with."""
        return view_query(self.request.GET)

    @cached_property
    def views(self):
        """The person's kept views of this list."""
        kept = self.request.user.saved_views.filter(page=self.name)
        return [Choice(view.name, f"{self.request.path}?{view.query}", view.query == self.query) for view in kept]

    def address(self, **changes):
        """This page with something of its query changed; None takes it away."""
        query = self.request.GET.copy()
        query.pop("export", None)
        for key, value in changes.items():
            query.pop(key, None)
            if value is not None:
                query[key] = value
        return f"?{query.urlencode()}"

    # What the file says

    @property
    def wants_file(self):
        return self.request.GET.get("export") in FILES

    def as_file(self, title, rows=None):
        """The whole list as the workbook or the CSV the address asks for.

        `rows` where the columns speak of something else than the list's own rows: all of them, in their order.
        """
        rows = list(self.rows if rows is None else rows)
        kind = self.request.GET["export"]
        columns = [column for column in self.columns if column.in_file]
        data = self._workbook(title, columns, rows) if kind == "xlsx" else self._csv(columns, rows)
        name = f"{slugify(fold(str(title)))}-{self.request.today:%Y-%m-%d}.{kind}"
        return HttpResponse(
            data,
            content_type=XLSX if kind == "xlsx" else "text/csv; charset=utf-8",
            headers={"Content-Disposition": content_disposition_header(True, name)},
        )

    def _workbook(self, title, columns, rows):
        written = ({column.key: column.value(row) for column in columns} for row in rows)
        return write_table(str(title), columns, written, notes=list(self._notes(len(rows))))

    def _notes(self, count):
        yield from self.seen
        yield ngettext("%(n)s row", "%(n)s rows", count) % {"n": count}
        for label, words in filter_words(self.chosen.form):
            yield f"{label}: {words}"
        yield _("Order: %(order)s") % {"order": self.order.label}
        yield given_out(self.request.now)

    def _csv(self, columns, rows):
        """For Excel too: UTF-8 with its mark, and semicolons, because Vietnamese numbers have commas in them."""
        file = StringIO(newline="")
        writer = csv.writer(file, delimiter=";")
        writer.writerow([disarmed(str(column.heading)) for column in columns])
        writer.writerows([[disarmed(column.value(row)) for column in columns] for row in rows])
        return b"\xef\xbb\xbf" + file.getvalue().encode()


def _by_field(field, is_descending):
    order = F(field)
    return order.desc(nulls_last=True) if is_descending else order.asc(nulls_last=True)


def view_query(asked):
    """What of a query string a view keeps: filters and order, without what is empty, always in the same order."""
    asked = QueryDict(asked) if isinstance(asked, str) else asked
    kept = [(key, value) for key, values in asked.lists() if key not in NOT_OF_A_VIEW for value in values if value]
    return urlencode(sorted(kept))


def filter_words(form):
    """What the filters say, in the words of the page: (label, chosen)."""
    for field in form:
        said = field.value()
        if said not in (None, "", []) and field.name not in form.errors:
            choices = {str(value): label for value, label in getattr(field.field, "choices", ())}
            yield field.label, choices.get(str(said), said)


def disarmed(value):
    """`value` for a cell of a CSV: what a spreadsheet would take for a formula gets an apostrophe before it."""
    value = plain(value)
    if isinstance(value, date | datetime):
        return date_format(value, "d/m/Y")
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return "" if value is None else value
