"""A list as its address asks for it: order, pages, kept views, files."""

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from django import forms
from django.test import RequestFactory
from openpyxl import load_workbook

from accounts.models import SavedView
from accounts.tests.factories import UserFactory
from agencies.lists import ListColumn, Listing, disarmed, filter_words, view_query
from agencies.models import Agency
from agencies.vietnamese import sort_key
from agencies.workbook import Kind

from .factories import AgencyFactory, LocalityFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

NAMES = ["Sở Y tế", "ảnh", "Đà Lạt", "Dương", "Ăn", "Em"]
IN_ORDER = ["ảnh", "Ăn", "Dương", "Đà Lạt", "Em", "Sở Y tế"]
COLUMNS = [
    ListColumn("name", "Name", value=lambda agency: agency.name, order="name_sort"),
    ListColumn("symbol", "Symbol", value=lambda agency: agency.symbol),
    ListColumn("until", "Until", Kind.DATE, value=lambda agency: agency.valid_to, order="valid_to", on_page=False),
]
IN_MEMORY = [
    ListColumn("name", "Name", value=lambda agency: agency.name, order=lambda agency: sort_key(agency.name)),
    ListColumn("until", "Until", Kind.DATE, value=lambda agency: agency.valid_to, order=lambda agency: agency.valid_to),
]


class SymbolForm(forms.Form):
    symbol = forms.ChoiceField(label="Symbol", choices=[("", "all"), ("S", "Departments")])
    text = forms.CharField(label="Words", required=False)


@pytest.fixture
def user():
    locality = LocalityFactory()
    for name in NAMES:
        AgencyFactory(locality=locality, name=name, symbol="S")
    return UserFactory(agency=Agency.objects.get(name="Em"))


def listed(user, columns=COLUMNS, rows=None, **asked):
    request = RequestFactory().get("/agencies/", asked)
    request.user, request.today, request.now = user, date(2026, 9, 17), datetime(2026, 9, 17, 10, 42)
    rows = Agency.objects.visible_to(user) if rows is None else rows
    chosen = SimpleNamespace(form=SymbolForm(asked))
    return Listing(request, "agencies:list", columns, rows, chosen=chosen, first="as in the tree")


def names(listing):
    return [agency.name for agency in listing.page]


# Order


@pytest.mark.parametrize("columns", [COLUMNS, IN_MEMORY], ids=["queryset", "in memory"])
def test_names_are_in_dictionary_order_both_ways(user, columns):
    rows = Agency.objects.visible_to(user).order_by("pk")
    rows = rows if columns is COLUMNS else list(rows)

    assert names(listed(user, columns, rows, sort="name")) == IN_ORDER
    assert names(listed(user, columns, rows, sort="-name")) == IN_ORDER[::-1]
    assert names(listed(user, columns, rows)) == NAMES


@pytest.mark.parametrize("columns", [COLUMNS, IN_MEMORY], ids=["queryset", "in memory"])
@pytest.mark.parametrize("sort, first", [("until", ["ảnh", "Ăn"]), ("-until", ["Ăn", "ảnh"])])
def test_what_is_not_stated_comes_last_both_ways(user, columns, sort, first):
    Agency.objects.filter(name="ảnh").update(valid_to=date(2025, 1, 1))
    Agency.objects.filter(name="Ăn").update(valid_to=date(2026, 1, 1))
    rows = Agency.objects.visible_to(user)
    rows = rows if columns is COLUMNS else list(rows)

    shown = listed(user, columns, rows, sort=sort)

    assert names(shown)[:2] == first
    assert names(shown)[2:] == IN_ORDER[2:]


@pytest.mark.parametrize("sort", ["", "symbol", "password", "-", "--name", "name_sort", "agency__users__password"])
def test_only_a_column_that_sorts_sorts(user, sort):
    assert names(listed(user, rows=Agency.objects.visible_to(user).order_by("pk"), sort=sort)) == NAMES


def test_a_heading_sorts_turns_round_and_keeps_the_filters(user):
    plain, sorted_, turned = (listed(user, symbol="S", page="2", sort=sort) for sort in ("", "name", "-name"))

    assert (plain.heads["name"].url, plain.heads["name"].direction) == ("?symbol=S&sort=name", "")
    assert (sorted_.heads["name"].url, sorted_.heads["name"].direction) == ("?symbol=S&sort=-name", "ascending")
    assert (turned.heads["name"].url, turned.heads["name"].direction) == ("?symbol=S&sort=name", "descending")
    assert (plain.heads["symbol"].url, {*plain.heads}) == ("", {"name", "symbol"})


def test_the_orders_on_offer(user):
    assert [order.label for order in listed(user).orders] == ["as in the tree", "Name", "Until"]
    assert listed(user).order.label == "as in the tree"
    assert listed(user, sort="until").order.label == "Until"


# Pages


def test_the_number_of_rows_is_remembered(user):
    assert listed(user).size == 50
    assert listed(user, size="25").size == 25
    user.refresh_from_db()
    assert (user.page_size, listed(user).size) == (25, 25)


@pytest.mark.parametrize("size", ["", "0", "7", "-25", "100000", "hai", "٢٥", "25.0"])
def test_no_other_number_is_taken(user, size):
    assert listed(user, size=size).size == 50
    user.refresh_from_db()
    assert user.page_size is None


def test_pages(user):
    AgencyFactory.create_batch(30, locality=user.agency.locality)

    first, last, beyond = (listed(user, size="25", page=page) for page in ("1", "2", "99"))

    assert (len(first.page), len(last.page), len(beyond.page)) == (25, 11, 11)
    assert [size.url for size in first.sizes if size.is_current] == ["?size=25"]


# Views


@pytest.mark.parametrize(
    "asked, kept",
    [
        ("", ""),
        ("text=a&sort=-name&page=3&size=25&export=csv&period=7", "sort=-name&text=a"),
        ("symbol=&text=a b", "text=a+b"),
        ("b=2&a=1&a=0", "a=0&a=1&b=2"),
        ("text=%3Cscript%3E", "text=%3Cscript%3E"),
    ],
)
def test_a_view_keeps_filters_and_order(asked, kept):
    assert view_query(asked) == kept


def test_the_persons_own_views_of_this_list(user):
    SavedView.objects.create(user=user, page="agencies:list", name="Sở", query="sort=name&symbol=S")
    SavedView.objects.create(user=user, page="plans:list", name="Năm nay", query="year=2026")
    SavedView.objects.create(user=UserFactory(agency=user.agency), page="agencies:list", name="Khác", query="")

    [view] = listed(user, symbol="S", sort="name", page="2").views

    assert (view.label, view.url, view.is_current) == ("Sở", "/agencies/?sort=name&symbol=S", True)
    assert not listed(user, symbol="S").views[0].is_current


# Files


def test_the_workbook_has_every_row_in_the_same_order(user):
    Agency.objects.filter(name="Em").update(valid_to=date(2026, 12, 31), symbol="=1+1")
    AgencyFactory.create_batch(60, locality=user.agency.locality, name="Z")

    response = listed(user, sort="-name", symbol="S", size="25", export="xlsx").as_file("Agencies")

    book = load_workbook(BytesIO(response.content))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == ("Name", "Symbol", "Until")
    assert [name for name, *_rest in rows[1:] if name != "Z"] == IN_ORDER[::-1]
    assert len(rows) == 67
    assert ("Em", "=1+1", datetime(2026, 12, 31)) in rows
    assert {cell.data_type for cell in book.active["B"]} <= {"s", "n"}
    assert [row[0] for row in book["Notes"].values] == [
        "Agencies",
        "66 rows",
        "Symbol: Departments",
        "Order: Name",
        "Given out at 10:42 on 17/09/2026",
    ]
    assert response["Content-Disposition"] == 'attachment; filename="agencies-2026-09-17.xlsx"'


def test_the_csv_is_one_excel_opens(user):
    Agency.objects.filter(name="Em").update(valid_to=date(2026, 12, 31), symbol="=cmd|' /C calc'!A0")
    Agency.objects.filter(name="Ăn").update(symbol='a;b"c')

    response = listed(user, sort="name", export="csv").as_file("Đơn vị")

    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["Name", *IN_ORDER]
    assert rows[5] == ["Em", "'=cmd|' /C calc'!A0", "31/12/2026"]
    assert rows[2] == ["Ăn", 'a;b"c', ""]
    assert response["Content-Disposition"] == 'attachment; filename="don-vi-2026-09-17.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("kind, wants", [("xlsx", True), ("csv", True), ("pdf", False), ("", False), ("../x", False)])
def test_two_kinds_of_file(user, kind, wants):
    assert listed(user, export=kind).wants_file == wants


def test_links_to_the_files_leave_the_page_out(user):
    assert listed(user, symbol="S", page="2").files == {
        "xlsx": "?symbol=S&export=xlsx",
        "csv": "?symbol=S&export=csv",
    }
    assert listed(user, export="csv").address(sort="name") == "?sort=name"


@pytest.mark.parametrize(
    "value, written",
    [
        ("Sở Nội vụ", "Sở Nội vụ"),
        ("=1+1", "'=1+1"),
        ("+84", "'+84"),
        ("-5", "'-5"),
        ("@a", "'@a"),
        ("\ta", "'\ta"),
        ("\ra", "'\ra"),
        (-5, -5),
        (0, 0),
        (None, ""),
        ("", ""),
        (date(2026, 9, 7), "07/09/2026"),
    ],
)
def test_nothing_in_a_csv_is_a_formula(value, written):
    assert disarmed(value) == written


def test_filters_in_words():
    form = SymbolForm({"symbol": "S", "text": ""})
    wrong = SymbolForm({"symbol": "X", "text": "a"})

    assert list(filter_words(form)) == [("Symbol", "Departments")]
    assert list(filter_words(wrong)) == [("Words", "a")]
