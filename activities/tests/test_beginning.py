"""A plan that begins from another one: what is offered, what is foretold, what comes of it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from accounts.tests.factories import UserFactory, login
from activities.planning.beginning import preview_of, years_ahead
from activities.planning.copying import copy_plan
from agencies.tests.factories import AgencyFactory
from plans.models import Plan, PlanStatus, Purpose
from plans.tests.factories import LegalBasisFactory, PlanFactory, RequirementFactory

from .factories import ActivityFactory, AssignmentFactory, make_world, moment
from .test_copying import ended, rich_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

OCTOBER = date(2026, 10, 5)


@pytest.fixture(autouse=True)
def october(clock):
    clock(OCTOBER)


@pytest.fixture
def world():
    return make_world()


def template_of(plan, title="Kế hoạch năm"):
    return copy_plan(
        plan, purpose=Purpose.TEMPLATE, by=UserFactory(agency=plan.issuing_agency), at=moment(), title=title
    )


@pytest.mark.parametrize(
    "start, end, today, years",
    [
        (date(2026, 1, 1), date(2026, 12, 31), OCTOBER, 1),
        (date(2026, 1, 1), date(2026, 12, 31), date(2026, 3, 1), 1),
        (date(2023, 1, 1), date(2023, 12, 31), date(2026, 3, 1), 3),
        (date(2023, 1, 1), date(2023, 12, 31), OCTOBER, 4),
        (date(2021, 1, 1), date(2025, 12, 31), OCTOBER, 5),
        (date(2027, 1, 1), date(2027, 12, 31), OCTOBER, 1),
    ],
)
def test_how_far_a_plan_moves(start, end, today, years):
    assert years_ahead(PlanFactory.build(period_start=start, period_end=end), today) == years


def test_how_far_a_template_moves():
    template = PlanFactory.build(purpose=Purpose.TEMPLATE, period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))

    assert (years_ahead(template, date(2026, 8, 31)), years_ahead(template, date(2026, 9, 1))) == (0, 1)


def test_what_is_foretold(world):
    plan = world.plan
    LegalBasisFactory(plan=plan, text="Quyết định phê duyệt Kế hoạch cải cách hành chính năm 2026", position=1)
    RequirementFactory(plan=plan, code="I.2.a", text="Kế hoạch năm 2026 thuộc Đề án 06")
    ActivityFactory(plan=plan, number="7", title="Cuộc thi năm 2026", deadline=None)
    ActivityFactory(plan=plan, cancelled_on=date(2026, 5, 1))
    before, after, gone = AgencyFactory.create_batch(3, locality=plan.locality)
    for agency in (before, gone):
        AssignmentFactory(activity=world.activity, agency=agency)
    ended(before, after)
    ended(gone, None)

    preview = preview_of(plan, date(2027, 1, 1))

    assert (preview.years, preview.activities, preview.cancelled, preview.dates) == (1, 2, 1, 1)
    assert {words.place: words.excerpt for words in preview.moved} == {
        "requirement I.2.a": "Kế hoạch năm 2027 thuộc Đề án 06",
        "Activity 7": "Cuộc thi năm 2027",
    }
    assert [(words.place, words.year) for words in preview.stays] == [("legal basis 1", 2026)]
    assert preview.renewed == ((before, after),)
    assert preview.ended == (gone,)
    assert (preview.periods, preview.updates) == (1, 1)


def test_foretold_is_what_comes(world):
    ActivityFactory(plan=world.plan, title="Cuộc thi năm 2026", details="Từ 2026 " * 60)
    preview = preview_of(world.plan, date(2028, 1, 1))

    copy = copy_plan(world.plan, purpose=Purpose.PLAN, by=world.coordinator, at=moment(), period_start=date(2028, 1, 1))

    assert copy.activities.count() == preview.activities
    assert {words.text for words in preview.moved} <= {activity.title for activity in copy.activities.all()}


def test_a_long_text_is_shown_around_its_year():
    plan = PlanFactory()
    RequirementFactory(plan=plan, text=f"{'trước ' * 60}kế hoạch năm 2026 {'sau ' * 60}")

    [words] = preview_of(plan, date(2027, 1, 1)).moved

    assert words.excerpt.startswith("…") and words.excerpt.endswith("…")
    assert "năm 2027" in words.excerpt and len(words.excerpt) < 160


def test_nothing_is_foretold_of_years_that_stay():
    plan = PlanFactory()
    RequirementFactory(plan=plan, text="Kế hoạch năm 2026")

    preview = preview_of(plan, plan.period_start)

    assert (preview.years, preview.moved, preview.stays, preview.dates) == (0, (), (), 0)


# Pages


def test_ones_own_plans_come_first_among_those_to_begin_from(world):
    newer = PlanFactory(locality=world.locality, period_start=date(2027, 1, 1), period_end=date(2027, 12, 31))
    PlanFactory(locality=world.locality, status=PlanStatus.DRAFT)
    template_of(world.plan)

    response = login(world.coordinator).get(reverse("plans:sources"))
    assert [plan.pk for plan in response.context["page"]][:2] == [world.plan.pk, newer.pk]
    assert len(response.context["page"]) == 3

    response = login(world.focal_point).get(reverse("plans:sources"), {"text": world.plan.title.lower()})
    assert [plan.pk for plan in response.context["page"]] == [world.plan.pk]
    assert "No plan matches" in login(world.focal_point).get(reverse("plans:sources"), {"text": "qwxyz"}).text


@pytest.mark.parametrize("name", ["sources", "parents"])
@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_only_those_who_make_plans_begin_them(world, role, name):
    assert login(UserFactory(agency=world.agency, role=role)).get(reverse(f"plans:{name}")).status_code == 403


def begin(user, source, **data):
    """Post what the page offers, with `data` instead of some of it."""
    browser, address = login(user), reverse("plans:begin", args=[source.pk])
    form = browser.get(address).context["form"]
    offered = {name: form[name].value() for name in form.fields}
    offered = {name: f"{value:%d/%m/%Y}" if isinstance(value, date) else value for name, value in offered.items()}
    return browser.post(address, {name: value or "" for name, value in (offered | data).items()}, follow=True)


def test_next_years_plan(world):
    Plan.objects.filter(pk=world.plan.pk).update(title="Tuyên truyền cải cách hành chính năm 2026")

    response = begin(world.coordinator, world.plan)

    plan = Plan.objects.get(origin=world.plan)
    assert response.redirect_chain[-1][0] == reverse("plans:edit", args=[plan.pk])
    assert "The draft is there" in response.text
    assert (plan.title, plan.period_start, plan.status) == (
        "Tuyên truyền cải cách hành chính năm 2027",
        date(2027, 1, 1),
        PlanStatus.DRAFT,
    )
    assert plan.activities.get().deadline == date(2027, 12, 15)
    assert (plan.issuing_agency, plan.coordinating_agency) == (
        world.plan.issuing_agency,
        world.plan.coordinating_agency,
    )


def test_the_page_foretells_for_the_dates_one_asks(world):
    response = login(world.coordinator).get(
        reverse("plans:begin", args=[world.plan.pk]),
        {"period_start": "01/01/2029", "period_end": "31/12/2029", "title": "x"},
    )

    assert response.context["preview"].years == 3
    assert response.status_code == 200
    assert not Plan.objects.filter(origin=world.plan).exists()


def test_faulty_entries_are_answered_and_kept(world):
    response = begin(world.coordinator, world.plan, period_end="31/12/2025", title="Kế hoạch của tôi")

    assert "must end after it begins" in response.text
    assert "Kế hoạch của tôi" in response.text
    assert not Plan.objects.filter(origin=world.plan).exists()

    assert "at most 15 years" in begin(world.coordinator, world.plan, period_end="31/12/2060").text
    assert "This field is required" in begin(world.coordinator, world.plan, title="").text


def test_a_focal_point_begins_their_own_agencys_plan(world):
    Plan.objects.filter(pk=world.plan.pk).update(signatory_name="Đặng Văn Sơn", place="Minh Họa")

    begin(world.focal_point, world.plan, issuing_agency=world.plan.issuing_agency_id, parent=world.plan.pk)

    plan = Plan.objects.get(origin=world.plan)
    assert (plan.issuing_agency, plan.issuing_agency_name) == (world.agency, world.agency.name)
    assert (plan.coordinating_agency, plan.parent) == (world.agency, world.plan)
    assert (plan.signatory_name, plan.place) == ("", "")
    assert not plan.reporting_periods.exists()


def test_the_plan_to_be_carried_out_is_kept_on_the_way(world):
    query = {"parent": world.plan.pk}
    browser = login(world.focal_point)

    for name in ("sources", "templates", "add"):
        assert f"?parent={world.plan.pk}" in browser.get(reverse(f"plans:{name}"), query).text, name
    form = browser.get(reverse("plans:begin", args=[world.plan.pk]), query).context["form"]
    assert (form["parent"].value(), form.start) == (world.plan.pk, world.plan.period_start)
    assert browser.get(reverse("plans:sources"), {"parent": "x"}).context["parent"] is None
    assert browser.get(reverse("plans:sources"), {"parent": PlanFactory().pk}).context["parent"] is None


def test_an_empty_plan_of_ones_own(world):
    browser = login(world.focal_point)
    form = browser.get(reverse("plans:add"), {"parent": world.plan.pk}).context["form"]

    assert [*form.fields["issuing_agency"].queryset] == [world.agency]
    assert (form["parent"].value(), form["issuing_agency"].value()) == (world.plan.pk, world.agency.pk)


def test_what_one_may_not_read_nobody_begins_from(world):
    secret = PlanFactory(locality=world.locality, status=PlanStatus.DRAFT)
    address = reverse("plans:begin", args=[secret.pk])

    assert login(world.focal_point).get(address).status_code == 403
    assert login(world.leader).get(reverse("plans:begin", args=[world.plan.pk])).status_code == 403
    assert login(UserFactory()).get(address).status_code == 404


def test_an_amendment_is_nothing_to_begin_from(world):
    copy = copy_plan(world.plan, purpose=Purpose.AMENDMENT, by=world.coordinator, at=moment())

    assert login(world.coordinator).get(reverse("plans:begin", args=[copy.pk])).status_code == 404


# Templates


def test_a_plan_is_kept_as_a_template(world):
    browser = login(world.coordinator)

    response = browser.post(
        reverse("plans:template_add", args=[world.plan.pk]), {"title": "Kế hoạch của xã"}, follow=True
    )

    template = Plan.objects.get(purpose=Purpose.TEMPLATE)
    assert (template.title, template.origin, template.status) == ("Kế hoạch của xã", world.plan, PlanStatus.DRAFT)
    assert template.activities.get().deadline == world.activity.deadline
    assert "Kế hoạch của xã" in response.text
    assert "Kế hoạch của xã" not in browser.get(reverse("plans:list")).text


def test_a_template_is_renamed_and_removed(world):
    template, browser = template_of(world.plan), login(world.administrator)
    begun = copy_plan(template, purpose=Purpose.PLAN, by=world.coordinator, at=moment())

    browser.post(reverse("plans:template_rename", args=[template.pk]), {"title": "Chiến dịch"})
    template.refresh_from_db()
    assert template.title == "Chiến dịch"
    assert "This field is required" in browser.post(reverse("plans:template_rename", args=[template.pk])).text

    browser.post(reverse("plans:template_remove", args=[template.pk]))
    assert not Plan.objects.filter(pk=template.pk).exists()
    begun.refresh_from_db()
    assert (begun.origin, begun.activities.count()) == (None, 1)


def test_everybody_who_makes_plans_begins_from_a_template(world):
    template = template_of(world.plan)
    browser = login(world.focal_point)

    assert reverse("plans:begin", args=[template.pk]) in browser.get(reverse("plans:templates")).text
    begin(world.focal_point, template, title="Kế hoạch của Sở")

    plan = Plan.objects.get(origin=template)
    assert (plan.title, plan.purpose, plan.period_start) == ("Kế hoạch của Sở", Purpose.PLAN, date(2027, 1, 1))


def test_the_list_of_templates_leads_only_where_one_may_go(world):
    draft = PlanFactory(
        locality=world.locality, status=PlanStatus.DRAFT, coordinating_agency=world.plan.coordinating_agency
    )
    template = template_of(draft)
    edit = reverse("plans:edit", args=[template.pk])

    own = login(world.coordinator).get(reverse("plans:templates")).text
    assert edit in own and draft.get_absolute_url() in own
    others = login(world.focal_point).get(reverse("plans:templates")).text
    assert edit not in others and draft.get_absolute_url() not in others


@pytest.mark.parametrize("who", ["focal_point", "leader"])
def test_who_does_not_keep_templates(world, who):
    template, browser = template_of(world.plan), login(getattr(world, who))

    assert browser.post(reverse("plans:template_add", args=[world.plan.pk]), {"title": "x"}).status_code == 403
    assert browser.post(reverse("plans:template_rename", args=[template.pk]), {"title": "x"}).status_code == 403
    assert browser.post(reverse("plans:template_remove", args=[template.pk])).status_code == 403
    page = browser.get(reverse("plans:templates")).text
    assert reverse("plans:template_rename", args=[template.pk]) not in page


def test_a_plan_is_not_removed_as_a_template(world):
    for name in ("template_rename", "template_remove"):
        assert login(world.coordinator).post(reverse(f"plans:{name}", args=[world.plan.pk])).status_code == 404


def test_queries_do_not_grow():
    counts = []
    for size in (2, 40):
        plan = rich_plan(size)
        browser = login(UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR))
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse("plans:begin", args=[plan.pk])).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 36
