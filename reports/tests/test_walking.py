"""The walk itself: a number that was forgotten is found, a link that leads to other rows too."""

import pytest
from django.http import HttpResponse

from plans.tests.factories import PlanFactory

from .walking import Page, loose_figures, walked, wrong

pytestmark = pytest.mark.django_db


class Site:
    """Pages by their addresses."""

    def __init__(self, **pages):
        self.pages = {f"/{name}/": html for name, html in pages.items()}

    def get(self, address):
        return HttpResponse(self.pages[address])


def main(html):
    return f"<p>Before, 1</p><main>{html}</main><p>after, 2</p>"


@pytest.mark.parametrize(
    "html, loose",
    [
        ("<p>Three agencies</p>", []),
        ("<p>3 agencies</p>", ["3 agencies"]),
        ("<p>As of 16/06/2026, 83,8% of them</p>", []),
        ("<p>As of 16/06/2026, 4 of them</p>", ["As of 16/06/2026, 4 of them"]),
        ('<p><a href="/x/">3</a></p>', ["3"]),
        ('<p><a href="/x/" data-count="3">3 <b>of 4</b></a></p>', []),
        ('<p data-fact="days"><b>3 days</b></p> <i>5</i>', ["5"]),
        ('<p data-count="3">3</p>', ["3"]),
        ("<svg><text>3</text></svg><select><option>3</option></select>", []),
        ("<br><p>4<br>and</p>", ["4"]),
    ],
)
def test_a_number_that_is_no_link_and_says_not_what_it_is_is_loose(html, loose):
    assert loose_figures(main(html)) == loose


def test_digits_in_a_name_count_nothing():
    plan = PlanFactory(number="60/KH-UBND", title="Tuyên truyền năm 2026")

    assert loose_figures(main(f"<p>{plan}</p><p>{plan.title}</p>")) == []
    assert loose_figures(main(f"<p>{plan}, 3 activities</p>")) == [f"{plan}, 3 activities"]


def test_a_reason_that_is_none_is_refused():
    with pytest.raises(AssertionError, match="whatever"):
        loose_figures(main('<p data-fact="whatever">3</p>'))


TWO = (
    '<table><thead><tr><th></th></tr></thead><tbody><tr><td id="in">3/5</td></tr><tr><td>1/5</td></tr></tbody></table>'
)
ONE = "<table><tbody><tr><td>3/5</td></tr></tbody></table>"


@pytest.mark.parametrize(
    "kind, said, leads_to, found",
    [
        ("count", "2", TWO, "2"),
        ("count", "3", TWO, "2"),
        ("count", "0", "<p>none</p>", "0"),
        ("sum", "12", '<table><tfoot><tr><td data-total="12">12</td></tr></tfoot></table>', "12"),
        ("sum", "12", TWO, "0"),
        ("says", "3/5", ONE, "3/5"),
        ("says", "4/5", ONE, "1 rows"),
        ("says", "3/5", TWO, "2 rows"),
    ],
)
def test_what_stands_at_the_end_of_a_link_is_what_the_link_says(kind, said, leads_to, found):
    site = Site(page=main(f'<a href="/list/" data-{kind}="{said}">{said}</a>'), list=leads_to)

    walk = walked(site, "/page/")

    assert list(walk.values()) == [found]
    assert bool(wrong(walk)) == (found != said)


def test_a_place_on_a_page_has_the_rows_of_the_table_after_it():
    page = Page(f'<section id="first">{TWO}</section><h2 id="second">x</h2>{ONE}')

    assert (page.rows["first"], page.rows["second"], page.rows[""]) == (2, 1, 3)
