from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation

from agencies.templatetags.look import ICONS, STATES, date_vi, icon, number_vi, or_not_stated, percent_vi


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def render(text, **context):
    return engines["django"].from_string(text).render(context)


class ActivityForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As in the document.")
    counting = forms.ChoiceField(
        label="Counting", choices=[("flow", "Sum"), ("stock", "Last")], widget=forms.RadioSelect
    )
    checked = forms.BooleanField(label="Checked", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_a_drawing(name):
    svg = ElementTree.fromstring(icon(name))

    assert svg.attrib == {"class": "i", "viewBox": "0 0 16 16", "aria-hidden": "true"}
    assert len(svg)


def test_icon_takes_a_colour_class():
    assert 'class="i c-accent"' in render('{% icon "ok" "c-accent" %}')


def test_unknown_icon_is_an_error():
    with pytest.raises(KeyError):
        icon("unicorn")


def test_every_state_has_its_sign():
    symbols = ElementTree.parse(finders.find("signs.svg")).getroot()

    assert [symbol.get("id") for symbol in symbols] == [f"s-{state}" for state in STATES]


def test_state_pill_says_sign_and_word():
    pill = render('{% state_pill "overdue" %}')

    assert pill.startswith('<span class="st st-overdue"><svg class="i" aria-hidden="true"><use href="/static/signs')
    assert pill.endswith('#s-overdue"/></svg>Overdue</span>')


def test_state_pill_takes_a_name_from_the_database_and_other_words():
    pill = render("{% state_pill state words %}", state="late_done", words="3 days <late>")

    assert 'class="st st-late-done"' in pill
    assert pill.endswith("</svg>3 days &lt;late&gt;</span>")


def test_sign_alone_is_read_out():
    assert 'role="img" aria-label="No lead assigned"' in render('{% sign "unassigned" %}')


@pytest.mark.parametrize(
    ("day", "badge"),
    [
        (date(2012, 9, 13), '<span class="due">3 days left</span>'),
        (date(2012, 9, 12), '<span class="due due-soon">2 days left</span>'),
        (date(2012, 9, 11), '<span class="due due-soon">1 day left</span>'),
        (date(2012, 9, 10), '<span class="due due-soon">due today</span>'),
        (date(2012, 9, 9), '<span class="due due-late">1 day overdue</span>'),
        (date(2012, 9, 7), '<span class="due due-late">3 days overdue</span>'),
        (None, '<span class="dim">not stated</span>'),
    ],
)
def test_due_badge(day, badge):
    assert render("{% due_badge day today %}", day=day, today=date(2012, 9, 10)) == badge


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2012, 2, 24), "24/02/2012"),
        (datetime(2012, 2, 24, 18, 30, tzinfo=UTC), "25/02/2012"),
        (None, '<span class="dim">not stated</span>'),
    ],
)
def test_date_vi(value, shown):
    assert date_vi(value) == shown


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (0, None, "0"),
        (1234567, None, "1.234.567"),
        (-1200, None, "-1.200"),
        (1234.5, None, "1.234,5"),
        (Decimal("12.00"), None, "12"),
        (100.0, None, "100"),
        (0.1 + 0.2, None, "0,3"),
        (77, 1, "77,0"),
        (None, None, "–"),
        ("", None, "–"),
    ],
)
def test_number_vi(value, places, shown):
    assert number_vi(value, places) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (83.8, "83,8%"),
        (77, "77,0%"),
        (0, "0%"),
        (Decimal("0.0"), "0%"),
        (Decimal("100.0"), "100%"),
        (250.0, "250,0%"),
        (None, "–"),
    ],
)
def test_percent_vi(value, shown):
    assert percent_vi(value) == shown


@pytest.mark.parametrize("value", [None, "", []])
def test_nothing_is_not_stated(value):
    assert or_not_stated(value) == '<span class="dim">not stated</span>'


def test_zero_is_stated_and_text_escaped():
    assert or_not_stated(0) == "0"
    assert or_not_stated("<b>") == "&lt;b&gt;"


def test_field_names_its_error_and_help():
    html = render_to_string("_field.html", {"field": ActivityForm({})["name"]})

    assert '<label for="id_name">Name</label>' in html
    assert 'class="form-control"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_error id_name_help"' in html
    assert "<span>This field is required.</span>" in html
    assert '<p class="help" id="id_name_help">As in the document.</p>' in html


def test_field_without_error_takes_other_help():
    html = render_to_string("_field.html", {"field": ActivityForm()["name"], "help": "Short."})

    assert 'aria-describedby="id_name_help"' in html
    assert "Short." in html
    assert "As in the document." not in html
    assert "is-bad" not in html


def test_choices_are_a_named_group():
    html = render_to_string("_field.html", {"field": ActivityForm({"counting": "stock"})["counting"]})

    assert 'role="group" aria-labelledby="id_counting_label"' in html
    assert html.count('class="form-check-input"') == 2
    assert '<label class="form-check-label" for="id_counting_1">Last</label>' in html
    assert html.count("checked") == 1


def test_single_box_stands_before_its_label():
    html = render_to_string("_field.html", {"field": ActivityForm()["checked"]})

    assert html.index("form-check-input") < html.index("Checked</label>")


def test_hidden_field_is_only_its_input():
    html = render_to_string("_field.html", {"field": ActivityForm()["token"]})

    assert html.strip() == '<input type="hidden" name="token" id="id_token">'


def test_error_summary_links_to_the_fields():
    html = render_to_string("_errors.html", {"form": ActivityForm({})})

    assert "Not saved: 2 things to correct" in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert '<a href="#id_counting">Counting: This field is required.</a>' in html


def test_sound_form_has_no_error_summary():
    html = render_to_string("_errors.html", {"form": ActivityForm({"name": "Posters", "counting": "flow"})})

    assert html.strip() == ""


def test_pager_keeps_the_filter(rf):
    page = Paginator(range(120), 50).page(2)

    html = render_to_string("_pager.html", {"page": page}, request=_anonymous(rf.get("/?lead=3&page=2")))

    assert "51–100 of 120" in html
    assert 'href="?lead=3&amp;page=1"' in html
    assert 'href="?lead=3&amp;page=3"' in html


def test_one_page_needs_no_pager(rf):
    page = Paginator(range(20), 50).page(1)

    assert render_to_string("_pager.html", {"page": page}, request=_anonymous(rf.get("/"))).strip() == ""


def test_empty_says_why_and_what_next():
    html = render_to_string(
        "_empty.html", {"title": "No plan yet", "text": "Why.", "url": "/new/", "label": "Add a plan"}
    )

    assert "<h2>No plan yet</h2>" in html
    assert '<a class="btn btn-plain" href="/new/">Add a plan</a>' in html


def test_system_error_page_needs_nothing():
    html = render_to_string("500.html")

    assert "{%" not in html
    assert '<html lang="vi"' in html


def _anonymous(request):
    request.user = SimpleNamespace(is_authenticated=False, is_anonymous=True)
    return request
