"""Typing in a plan and the rows of its parts: what is refused, with which sentence, beside which field."""

import unicodedata
from datetime import date

import pytest

from accounts.models import Role
from accounts.tests.factories import UserFactory
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory
from plans.forms import PARTS, FactsForm, NfcCharField, PlanForm
from plans.models import Plan, PlanStatus

from .factories import PART_FACTORIES, AudienceFactory, ContentThemeFactory, PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def plan():
    return PlanFactory(number="12/KH-UBND")


@pytest.fixture
def coordinator(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


def typed(plan, **changes):
    return {
        "kind": "KH",
        "number": "13/KH-UBND",
        "title": "Tuyên truyền",
        "issued_on": "20/01/2026",
        "issuing_agency": plan.issuing_agency_id,
        "coordinating_agency": plan.coordinating_agency_id,
        "period_start": "01/01/2026",
        "period_end": "31/12/2026",
        **changes,
    }


def test_a_plan_is_typed_in(plan, coordinator):
    form = PlanForm(typed(plan, title="  Tuyên truyền  "), user=coordinator)

    assert form.is_valid(), form.errors
    made = form.save()
    assert made.locality == plan.locality
    assert made.title == "Tuyên truyền"
    assert made.issued_on == date(2026, 1, 20)
    assert made.issuing_agency_name == plan.issuing_agency.name


def test_words_are_kept_in_one_form(plan, coordinator):
    form = PlanForm(typed(plan, title=unicodedata.normalize("NFD", "Tuyên truyền")), user=coordinator)

    assert form.is_valid()
    assert form.save().title == unicodedata.normalize("NFC", "Tuyên truyền")


@pytest.mark.parametrize(
    "changes, field, sentence",
    [
        ({"number": "12/KH-UBND", "issued_on": "15/01/2026"}, "number", "This agency has already issued a plan"),
        ({"period_end": "31/12/2025"}, "period_end", "must end after it begins, 01/01/2026."),
        ({"period_start": "2026"}, "period_start", "Write the date as day/month/year, for example 05/9/2026."),
        ({"period_start": "31/02/2026"}, "period_start", "Write the date as day/month/year"),
        ({"period_start": ""}, "period_start", "This field is required."),
        ({"period_start": "01/01/0001"}, "period_start", "Check the year"),
        ({"period_start": "01/01/1999"}, "period_start", "Check the year: dates lie between 2000 and 2100."),
        ({"period_end": "31/12/9999"}, "period_end", "Check the year"),
        ({"title": ""}, "title", "This field is required."),
        ({"title": "x" * 501}, "title", "at most 500 characters"),
        ({"title": "a\x00b"}, "title", "Null characters are not allowed."),
        ({"number": "x" * 61}, "number", "at most 60 characters"),
        ({"kind": "QĐ"}, "kind", "Select a valid choice"),
        ({"issuing_agency": "abc"}, "issuing_agency", "Select a valid choice"),
        ({"issuing_agency": "99999999999999999999"}, "issuing_agency", "Select a valid choice"),
    ],
)
def test_a_mistake_is_said_beside_its_field(plan, coordinator, changes, field, sentence):
    form = PlanForm(typed(plan, **changes), user=coordinator)

    assert not form.is_valid()
    assert sentence in " ".join(form.errors.get(field, ["(nothing beside the field)"]))
    assert list(form.errors) == [field]


def test_a_plan_keeps_its_own_number(plan, coordinator):
    form = PlanForm(typed(plan, number="12/KH-UBND", issued_on="15/01/2026"), instance=plan, user=coordinator)

    assert form.is_valid(), form.errors


def test_the_status_is_not_typed(plan, coordinator):
    plan.status = PlanStatus.DRAFT

    form = PlanForm(typed(plan, status="issued"), instance=plan, user=coordinator)

    assert form.is_valid(), form.errors
    assert form.save().status == PlanStatus.DRAFT


@pytest.fixture
def two(plan, coordinator):
    """The facts form of one person after another saved other facts: two(mine={...}, theirs={...})."""

    def saving(mine, theirs):
        plan.refresh_from_db()
        shown = FactsForm(instance=plan, user=coordinator)
        as_shown = typed(plan, number=plan.number, title=plan.title, issued_on="15/01/2026")
        assert FactsForm({**as_shown, **theirs}, instance=Plan.objects.get(), user=coordinator).save()
        data = {**as_shown, **mine, "seen": shown["seen"].value()}
        return FactsForm(data, instance=Plan.objects.get(), user=coordinator), data

    return saving


def test_of_two_who_change_the_same_fact_the_second_is_told(two, coordinator):
    form, data = two(mine={"title": "Của tôi"}, theirs={"title": "Của An"})

    assert "Changed meanwhile to “Của An”. Save once more to keep yours." in form.errors["title"][0]
    assert form["title"].value() == "Của tôi"
    again = FactsForm({**data, "seen": form["seen"].value()}, instance=Plan.objects.get(), user=coordinator)
    assert again.is_valid(), again.errors
    assert again.save().title == "Của tôi"


def test_of_two_who_change_different_facts_both_are_kept(two, plan):
    form, _data = two(
        mine={"title": "Của tôi"}, theirs={"place": "Bảo Lộc", "period_end": "30/06/2027", "coordinating_agency": ""}
    )

    assert form.is_valid(), form.errors
    kept = form.save()
    assert (kept.title, kept.place, kept.period_end) == ("Của tôi", "Bảo Lộc", date(2027, 6, 30))
    assert kept.coordinating_agency is None


@pytest.mark.parametrize("seen", ["", "x", "[1]", "null", '{"x": 1}'])
def test_a_page_that_does_not_say_what_it_saw_saves_as_it_stands(seen, plan, coordinator):
    form = FactsForm({**typed(plan), "seen": seen}, instance=plan, user=coordinator)

    assert form.is_valid() or list(form.errors) == ["seen"]


def test_the_issuer_stays_as_named_at_issue(plan, coordinator):
    """The agency was renamed since; only another issuer brings another name."""
    plan.issuing_agency.name = "Tên sau sáp nhập"
    plan.issuing_agency.save()
    named = plan.issuing_agency_name

    form = PlanForm(typed(plan), instance=plan, user=coordinator)
    assert form.is_valid(), form.errors
    assert form.save().issuing_agency_name == named

    form = PlanForm(typed(plan, issuing_agency=plan.coordinating_agency_id), instance=plan, user=coordinator)
    assert form.is_valid(), form.errors
    assert form.save().issuing_agency_name == plan.coordinating_agency.name


@pytest.mark.parametrize("field", ["issuing_agency", "coordinating_agency", "parent"])
def test_another_localitys_rows_are_no_choice(plan, coordinator, field):
    other = PlanFactory()
    foreign = {"parent": other.pk}.get(field, other.issuing_agency_id)

    form = PlanForm(typed(plan, **{field: foreign}), user=coordinator)

    assert list(form.errors) == [field]


def test_a_plan_is_not_its_own_parent(plan, coordinator):
    form = PlanForm(typed(plan, parent=plan.pk), instance=plan, user=coordinator)

    assert list(form.errors) == ["parent"]


# Parts

ROW = {
    "legal_bases": {"text": "Căn cứ", "kind": "Nghị định", "number": "09/2019/NĐ-CP", "issued_on": "24/01/2019"},
    "objectives": {"text": "Nâng cao nhận thức", "target": "80%"},
    "requirements": {"text": "Thường xuyên", "code": "1"},
    "audiences": {"text": "Người dân"},
    "themes": {"text": "Chính quyền số", "code": "1", "is_focus": "on"},
    "channels": {"text": "Trên báo", "code": "a"},
    "duties": {"text": "Theo dõi", "kind": "monitor", "bearer_as_printed": "Sở Nội vụ"},
    "budget_lines": {"text": "Ngân sách", "amount": "980.000.000"},
    "reporting_duties": {"text": "Báo cáo quý", "frequencies": ["quarterly", "yearly"]},
    "recipients": {"text": "Lưu: VT."},
}


def part_form(part, data, plan, user, instance=None):
    return PARTS[part][1](data, plan=plan, user=user, instance=instance)


def saved(part, data, plan, user, instance=None):
    form = part_form(part, data, plan, user, instance)
    assert form.is_valid(), form.errors
    return form.save()


def test_every_part_has_a_case():
    assert set(ROW) == set(PARTS) == set(PART_FACTORIES)


@pytest.mark.parametrize("part", PARTS)
def test_an_edited_row_keeps_its_place(part, plan, coordinator):
    row = PART_FACTORIES[part](plan=plan, position=3)
    PART_FACTORIES[part](plan=plan, position=9)

    assert saved(part, ROW[part], plan, coordinator, instance=row).position == 3


@pytest.mark.parametrize("part", PARTS)
def test_a_row_needs_words(part, plan, coordinator):
    form = part_form(part, {**ROW[part], "text": "   "}, plan, coordinator)

    assert form.errors == {"text": ["This field is required."]}


@pytest.mark.parametrize("part", PARTS)
def test_no_form_takes_a_null_character(part, plan, coordinator):
    form = part_form(part, {**ROW[part], "text": "a\x00b"}, plan, coordinator)

    assert list(form.errors) == ["text"]


def test_what_was_typed_is_kept(plan, coordinator):
    rows = {part: saved(part, ROW[part], plan, coordinator) for part in PARTS}

    assert rows["budget_lines"].amount == 980_000_000
    assert rows["reporting_duties"].frequencies == ["quarterly", "yearly"]
    assert rows["legal_bases"].issued_on == date(2019, 1, 24)
    assert rows["themes"].is_focus
    assert rows["duties"].kind == "monitor"


@pytest.mark.parametrize(
    "amount, sentence",
    [
        ("12,5", "Write whole đồng, for example 980.000.000."),
        ("nhiều", "Write whole đồng"),
        ("12.5", "Write whole đồng"),
        ("1.2.3", "Write whole đồng"),
        ("1_000", "Write whole đồng"),
        ("-1", "An amount cannot be below zero."),
        ("9" * 16, "This amount is too large; check it."),
        ("9" * 5000, "Write whole đồng"),
    ],
)
def test_an_amount_is_whole_dong(plan, coordinator, amount, sentence):
    form = part_form("budget_lines", {"text": "Ngân sách", "amount": amount}, plan, coordinator)

    assert sentence in form.errors["amount"][0]


@pytest.mark.parametrize(
    "amount, kept", [("", None), ("0", 0), ("1000", 1000), ("1.000", 1000), (" 5.000.000 ", 5 * 10**6)]
)
def test_amounts_as_people_write_them(plan, coordinator, amount, kept):
    assert saved("budget_lines", {"text": "Chi", "amount": amount}, plan, coordinator).amount == kept


def test_an_audience_is_named_once(plan, coordinator):
    AudienceFactory(plan=plan, text="Người dân")

    form = part_form("audiences", {"text": unicodedata.normalize("NFD", "Người dân")}, plan, coordinator)

    assert "The plan already names this audience." in str(form.errors)


def test_a_frequency_is_one_of_the_list(plan, coordinator):
    form = part_form("reporting_duties", {"text": "x", "frequencies": ["hourly"]}, plan, coordinator)

    assert list(form.errors) == ["frequencies"]


FOREIGN = {
    ("objectives", "audiences"): lambda: AudienceFactory().pk,
    ("themes", "audiences"): lambda: AudienceFactory().pk,
    ("themes", "parent"): lambda: ContentThemeFactory().pk,
    ("duties", "bearers"): lambda: f"@g{AgencyGroupFactory().pk}|Các sở",
    ("reporting_duties", "reporter"): lambda: AgencyFactory().pk,
}


@pytest.mark.parametrize("part, field", FOREIGN)
def test_another_localitys_rows_are_no_choice_of_a_part(part, field, plan, coordinator):
    foreign = FOREIGN[part, field]()

    form = part_form(part, {**ROW[part], field: [foreign] if field == "audiences" else foreign}, plan, coordinator)

    assert list(form.errors) == [field]


@pytest.mark.parametrize("field, factory", [("audiences", AudienceFactory), ("parent", ContentThemeFactory)])
def test_another_plans_rows_are_no_choice_either(field, factory, plan, coordinator):
    sibling = factory(plan=PlanFactory(locality=plan.locality))

    form = part_form(
        "themes", {**ROW["themes"], field: [sibling.pk] if field == "audiences" else sibling.pk}, plan, coordinator
    )

    assert list(form.errors) == [field]


def test_themes_have_two_levels(plan, coordinator):
    """The document prints two; a theme with themes of its own would take them out of sight."""
    top, other = ContentThemeFactory(plan=plan), ContentThemeFactory(plan=plan)
    child = ContentThemeFactory(plan=plan, parent=top)

    def errors(instance, parent):
        return list(part_form("themes", {**ROW["themes"], "parent": parent.pk}, plan, coordinator, instance).errors)

    assert errors(None, top) == []
    assert errors(other, top) == []
    assert errors(None, child) == ["parent"]
    assert errors(top, top) == ["parent"]
    assert errors(top, other) == ["parent"]


def test_the_scope_of_every_choice_is_the_locality(plan, coordinator):
    """Whatever a form lets one choose, besides the national catalogue, is of the person's own locality."""
    other = PlanFactory()
    for factory in PART_FACTORIES.values():
        factory(plan=other)
    AgencyGroupFactory(locality=other.locality)
    forms = [part_form(part, None, plan, coordinator) for part in PARTS] + [PlanForm(user=coordinator)]

    foreign = [
        (type(form).__name__, name)
        for form in forms
        for name, field in form.fields.items()
        if hasattr(field, "queryset") and hasattr(field.queryset.model.objects, "visible_to")
        if set(field.queryset) - set(field.queryset.model.objects.visible_to(coordinator))
    ]

    assert foreign == []
    assert Plan.objects.count() == 2


def test_a_browsers_line_ends_are_plain_ones():
    assert NfcCharField().clean("một\r\nhai") == "một\nhai"


def test_what_no_document_can_hold_is_not_kept():
    assert NfcCharField().clean("một\x01\ufffe hai\uffff\tba\r\nbốn\x0b") == "một hai\tba\nbốn"


def test_a_tower_of_marks_is_not_sorted():
    """Putting them in order takes the square of their number."""
    assert len(NfcCharField().clean("a" + "\u0301\u0316" * 20_000)) == 30
