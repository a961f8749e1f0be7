"""A page asks the database at most fifteen times, whatever the number of agencies and activities."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import PASSWORD, login
from activities.models import AssignmentRole, Status
from activities.snapshot import content_of
from plans.tests.factories import PART_FACTORIES, ChannelFactory
from reports.tests.cases import merged

from .factories import (
    TODAY,
    ActivityFactory,
    AssignmentFactory,
    ConsolidatedPeriodFactory,
    EvidenceFactory,
    ExplanationEvidenceFactory,
    ExplanationFactory,
    IndicatorFactory,
    OutputCountFactory,
    UpdateEventFactory,
    make_world,
    moment,
    with_draft,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

MOST = 15
MOST_OF_A_DRAFT = 20  # a plan's workspace: all parts, their rows and the check on one page
MOST_OF_A_PLAN = 20  # the plan read whole: all parts and activities, versions, files, events, agencies' own plans
MOST_OF_AN_ISSUE = 20  # and of submitting and approving: the report is built whole and checked against the one before
MOST_OF_REMINDERS = 20  # what has gone out, and everything the letters of the next day are made of
MOST_OF_A_LIST = 12  # pages whose name begins with one of LISTS
LISTS = ("plans", "activities", "agencies", "users", "matrix")


@pytest.fixture(autouse=True)
def june(clock):
    clock(TODAY)


def furnished(agencies, activities, status):
    """A world with something to count and to show on every line."""
    world = make_world(status, agencies=agencies, activities=activities, quantity_done=3)
    channel = ChannelFactory()
    indicators = IndicatorFactory.create_batch(2, channels=[channel])
    for activity in world.all_activities:
        activity.channels.add(channel)
        activity.target_quantity, activity.indicator = 10, indicators[0]
        activity.save()
    for update in world.all_updates[:20]:
        for line in update.progress_rows.all():
            OutputCountFactory(progress=line, indicator=indicators[1])
            EvidenceFactory(progress=line, added_by=world.focal_point)
    world.explanations = [
        ExplanationFactory(activity=world.activity, agency=update.agency, asked_by=world.leader)
        for update in world.all_updates[:20]
    ]
    for explanation in world.explanations:
        ExplanationEvidenceFactory(message=explanation.messages.get())
    for factory in PART_FACTORIES.values():
        factory.create_batch(activities, plan=world.plan)
    with_draft(world)
    world.parts = {part: factory.create_batch(activities, plan=world.draft) for part, factory in PART_FACTORIES.items()}
    for activity in ActivityFactory.create_batch(activities, plan=world.draft):
        AssignmentFactory(activity=activity, agency=world.agency)
        activity.channels.add(channel)
    return world


def workspace(query=""):
    return lambda world: reverse("plans:edit", args=[world.draft.pk]) + query


def at_row(part):
    return lambda world: workspace(f"?part={part}&row={world.parts[part][0].pk}")(world)


def sent_twice(world):
    for number in (1, 2):
        UpdateEventFactory(update=world.update, round=number, content=content_of(world.update), at=moment(10 + number))
    return world.update.pk


def helped(world):
    """An activity in which the agency cooperates."""
    activity = AssignmentFactory(activity__plan=world.plan).activity
    AssignmentFactory(activity=activity, agency=world.agency, role=AssignmentRole.COOPERATING)
    return activity.pk


# page: (who, status of the updates, its address in a world)
PAGES = {
    "home": ("focal_point", Status.SUBMITTED, lambda world: reverse("accounts:home")),
    "plans": ("coordinator", Status.SUBMITTED, lambda world: reverse("plans:list")),
    "plans, filtered": ("coordinator", Status.SUBMITTED, lambda world: "/plans/?year=2026&text=tuyen&status=issued"),
    "plans, sorted": ("focal_point", Status.SUBMITTED, lambda world: "/plans/?sort=-carried_out&whose=all"),
    "plans as a workbook": ("coordinator", Status.SUBMITTED, lambda world: "/plans/?export=xlsx"),
    "plan": ("coordinator", Status.SUBMITTED, lambda world: world.plan.get_absolute_url()),
    "plan check": ("coordinator", Status.SUBMITTED, lambda world: reverse("plans:check", args=[world.plan.pk])),
    "plan versions": ("coordinator", Status.SUBMITTED, lambda world: reverse("plans:versions", args=[world.plan.pk])),
    "plan as PDF": ("coordinator", Status.SUBMITTED, lambda world: reverse("plans:pdf", args=[world.plan.pk])),
    "plan as Word": ("leader", Status.SUBMITTED, lambda world: reverse("plans:docx", args=[world.plan.pk])),
    "plan form": ("coordinator", Status.SUBMITTED, lambda world: reverse("plans:facts", args=[world.draft.pk])),
    "draft": ("coordinator", Status.SUBMITTED, workspace()),
    "draft, a part open": ("coordinator", Status.DRAFT, workspace("?part=requirements")),
    "draft, a new duty": ("coordinator", Status.DRAFT, workspace("?part=duties&new=end")),
    "draft, a theme open": ("coordinator", Status.DRAFT, at_row("themes")),
    "draft, a form open": ("coordinator", Status.DRAFT, at_row("channels")),
    "draft, what is missing": (
        "coordinator",
        Status.DRAFT,
        lambda world: reverse("plans:readiness", args=[world.draft.pk]),
    ),
    "row's history": (
        "coordinator",
        Status.DRAFT,
        lambda world: reverse("plans:part_history", args=[world.draft.pk, "themes", world.parts["themes"][0].pk]),
    ),
    "activities": ("coordinator", Status.SUBMITTED, lambda world: reverse("activities:list")),
    "activities, filtered": ("leader", Status.SUBMITTED, lambda world: f"/activities/?lead={world.agency.pk}"),
    "activities, sorted": (
        "focal_point",
        Status.SUBMITTED,
        lambda world: f"/activities/?sort=-deadline&plan={world.plan.pk}&due=none",
    ),
    "activities as CSV": ("coordinator", Status.SUBMITTED, lambda world: "/activities/?export=csv"),
    "agencies": ("coordinator", Status.SUBMITTED, lambda world: reverse("agencies:list")),
    "agencies, filtered": ("administrator", Status.SUBMITTED, lambda world: "/agencies/?text=so&sort=-focal_points"),
    "agencies as a workbook": ("leader", Status.SUBMITTED, lambda world: "/agencies/?export=xlsx"),
    "agency": ("leader", Status.SUBMITTED, lambda world: reverse("agencies:detail", args=[world.agency.pk])),
    "reorganisations": ("administrator", Status.DRAFT, lambda world: reverse("agencies:reorganisations")),
    "reorganisation to confirm": (
        "administrator",
        Status.DRAFT,
        lambda world: (
            f"/agencies/reorganisations/new/?step=3&kind=abolish&decision_number=1&effective_on=01/10/2026"
            f"&predecessors={world.agency.pk}"
        ),
    ),
    "groups": ("leader", Status.DRAFT, lambda world: reverse("agencies:groups")),
    "users": ("administrator", Status.DRAFT, lambda world: reverse("accounts:users")),
    "accounts of an agency": (
        "administrator",
        Status.DRAFT,
        lambda world: reverse("agencies:users", args=[world.agency.pk]),
    ),
    "account": ("administrator", Status.DRAFT, lambda world: reverse("accounts:user", args=[world.focal_point.pk])),
    "handing over": (
        "administrator",
        Status.RETURNED,
        lambda world: reverse("accounts:hand_over", args=[world.focal_point.pk]),
    ),
    "notifications": ("coordinator", Status.DRAFT, lambda world: reverse("accounts:notifications")),
    "what to hear": ("focal_point", Status.DRAFT, lambda world: reverse("accounts:notification_settings")),
    "background work": ("administrator", Status.DRAFT, lambda world: reverse("accounts:jobs")),
    "own background work": ("focal_point", Status.DRAFT, lambda world: reverse("accounts:jobs")),
    "saved views": ("coordinator", Status.DRAFT, lambda world: reverse("accounts:views")),
    "activity": ("coordinator", Status.SUBMITTED, lambda world: world.activity.get_absolute_url()),
    "asking": ("leader", Status.SUBMITTED, lambda world: reverse("activities:ask", args=[world.activity.pk])),
    "draft, a row of the annex": (
        "coordinator",
        Status.DRAFT,
        lambda world: reverse("activities:edit", args=[world.draft.activities.first().pk]),
    ),
    "draft, a row in the table": (
        "coordinator",
        Status.DRAFT,
        lambda world: reverse("activities:row", args=[world.draft.activities.first().pk]),
    ),
    "draft, the annex": ("coordinator", Status.DRAFT, lambda world: reverse("activities:grid", args=[world.draft.pk])),
    "annex": ("leader", Status.SUBMITTED, lambda world: reverse("activities:grid", args=[world.plan.pk])),
    "annex as Excel": ("leader", Status.SUBMITTED, lambda world: reverse("plans:xlsx", args=[world.plan.pk])),
    "suggestions": ("coordinator", Status.DRAFT, lambda world: f"/plans/{world.draft.pk}/parties/?q=so"),
    "my work": ("focal_point", Status.DRAFT, lambda world: reverse("activities:updates")),
    "my work, returned": ("focal_point", Status.RETURNED, lambda world: reverse("activities:updates")),
    "submissions": ("coordinator", Status.SUBMITTED, lambda world: reverse("activities:updates")),
    "review queue": ("coordinator", Status.SUBMITTED, lambda world: reverse("activities:review")),
    "review queue, filtered": ("coordinator", Status.SUBMITTED, lambda world: "/review/?show=clean"),
    "review of one": (
        "coordinator",
        Status.SUBMITTED,
        lambda world: reverse("activities:review_update", args=[world.update.pk]),
    ),
    "approving many": ("coordinator", Status.SUBMITTED, lambda world: reverse("activities:approve_many")),
    "matrix": ("coordinator", Status.SUBMITTED, lambda world: reverse("activities:matrix") + "?count=12&all=1"),
    "matrix, filtered": ("leader", Status.RETURNED, lambda world: "/updates/matrix/?text=so&show=returned&sort=name"),
    "matrix as a workbook": ("leader", Status.SUBMITTED, lambda world: reverse("activities:matrix_xlsx")),
    "explanations": ("leader", Status.SUBMITTED, lambda world: reverse("activities:explanations")),
    "own explanations": ("focal_point", Status.SUBMITTED, lambda world: reverse("activities:explanations")),
    "explanation": ("leader", Status.SUBMITTED, lambda world: world.explanations[0].get_absolute_url()),
    "explanation as PDF": (
        "leader",
        Status.SUBMITTED,
        lambda world: reverse("reports:explanation_pdf", args=[world.explanations[0].pk]),
    ),
    "rounds": (
        "focal_point",
        Status.RETURNED,
        lambda world: reverse("activities:rounds", args=[sent_twice(world)]),
    ),
    "on behalf": (
        "coordinator",
        Status.DRAFT,
        lambda world: reverse("activities:on_behalf", args=[world.period.pk, world.agency.pk]),
    ),
    "own part": (
        "focal_point",
        Status.DRAFT,
        lambda world: reverse("activities:contribution", args=[world.period.pk, helped(world)]),
    ),
    "own update": ("focal_point", Status.DRAFT, lambda world: world.update.get_absolute_url()),
    "update to review": ("coordinator", Status.SUBMITTED, lambda world: world.update.get_absolute_url()),
    "line": (
        "focal_point",
        Status.DRAFT,
        lambda world: reverse("activities:progress", args=[world.update.pk, world.activity.pk]),
    ),
    "fill in with Excel": (
        "focal_point",
        Status.DRAFT,
        lambda world: reverse("activities:offline_upload", args=[world.update.pk]),
    ),
    "form to fill in": (
        "focal_point",
        Status.DRAFT,
        lambda world: reverse("activities:offline_form", args=[world.update.pk]),
    ),
    "evidence": (
        "focal_point",
        Status.DRAFT,
        lambda world: reverse("activities:evidence_edit", args=[world.line.evidence.first().pk]),
    ),
    "sheet": ("focal_point", Status.DRAFT, lambda world: reverse("activities:sheet", args=[world.update.pk])),
    "sheet, returned": (
        "focal_point",
        Status.RETURNED,
        lambda world: reverse("activities:sheet", args=[world.update.pk]),
    ),
    "nothing to report": (
        "focal_point",
        Status.DRAFT,
        lambda world: reverse("activities:nothing", args=[world.update.pk]),
    ),
    "words": ("focal_point", Status.RETURNED, lambda world: reverse("activities:words", args=[world.update.pk])),
    "calendar": ("coordinator", Status.SUBMITTED, lambda world: reverse("activities:calendar")),
    "reporting periods": (
        "coordinator",
        Status.SUBMITTED,
        lambda world: reverse("plans:periods", args=[world.plan.pk]),
    ),
    "own reporting periods": (
        "focal_point",
        Status.SUBMITTED,
        lambda world: reverse("plans:periods", args=[world.plan.pk]),
    ),
    "rules of the calendar": (
        "coordinator",
        Status.DRAFT,
        lambda world: reverse("plans:period_rules", args=[world.plan.pk]),
    ),
    "reporting period": (
        "coordinator",
        Status.SUBMITTED,
        lambda world: reverse("activities:period", args=[world.period.pk]),
    ),
    "extension": (
        "coordinator",
        Status.DRAFT,
        lambda world: reverse("activities:extend", args=[world.period.pk, world.agency.pk]),
    ),
    "consolidated": (
        "leader",
        Status.APPROVED,
        lambda world: reverse("activities:consolidated", args=[ConsolidatedPeriodFactory(plan=world.plan).pk]),
    ),
    "public holidays": ("administrator", Status.DRAFT, lambda world: reverse("agencies:holidays")),
    "own calendar": ("focal_point", Status.SUBMITTED, lambda world: reverse("activities:calendar")),
    "plan to begin from": ("coordinator", Status.DRAFT, lambda world: reverse("plans:sources")),
    "plans to carry out": ("focal_point", Status.DRAFT, lambda world: reverse("plans:parents")),
    "templates": ("coordinator", Status.DRAFT, lambda world: reverse("plans:templates")),
    "own plans of agencies": ("leader", Status.DRAFT, lambda world: reverse("plans:children", args=[world.plan.pk])),
    "reminders": ("coordinator", Status.DRAFT, lambda world: reverse("plans:reminders", args=[world.plan.pk])),
    "reminders, returned": ("leader", Status.RETURNED, lambda world: reverse("plans:reminders", args=[world.plan.pk])),
    "dashboard": ("leader", Status.SUBMITTED, lambda world: reverse("reports:dashboard")),
    "reports": ("leader", Status.APPROVED, lambda world: reverse("reports:list")),
    "report": ("coordinator", Status.APPROVED, lambda world: reverse("reports:preview", args=[world.period.pk])),
    **merged("PAGES"),
}


def most_of(page):
    if page.startswith(("draft report", "step of a report")):
        return MOST_OF_AN_ISSUE
    if page.startswith("draft of a report"):
        return MOST
    if page.startswith("draft"):
        return MOST_OF_A_DRAFT
    if page in ("plan", "plan check"):
        return MOST_OF_A_PLAN
    if page.startswith("reminders"):
        return MOST_OF_REMINDERS
    return MOST_OF_A_LIST if page.startswith(LISTS) else MOST


def queries_of(worlds, page):
    who, _status, address = PAGES[page]
    counts = []
    for world in worlds:
        browser, page_address = login(getattr(world, who)), address(world)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(page_address).status_code in (200, 302)
        counts.append(len(asked))
    return counts


@pytest.mark.parametrize("agencies, activities", [(60, 1), (2, 30)], ids=["60 agencies", "30 activities"])
@pytest.mark.parametrize("status", Status)
def test_pages(status, agencies, activities):
    worlds = furnished(2, 3, status), furnished(agencies, activities, status)

    counts = {page: queries_of(worlds, page) for page, (_who, of, _address) in PAGES.items() if of == status}

    assert {page: count for page, count in counts.items() if max(count) > most_of(page)} == {}
    # What is not there at all need not be read; more rows never mean more queries.
    assert {page: count for page, count in counts.items() if count[1] > count[0] + 1} == {}


def test_logging_in():
    world = make_world()
    world.focal_point.set_password(PASSWORD)
    world.focal_point.save()
    browser = login()

    with CaptureQueriesContext(connection) as shown:
        browser.get("/")
    with CaptureQueriesContext(connection) as entered:
        browser.post("/", {"username": world.focal_point.username, "password": PASSWORD})

    assert len(shown) == 0
    assert len(entered) <= MOST
