"""Scorecards of agencies, coverage of themes and audiences, activities over time."""

from django.urls import reverse

from activities.models import Status
from activities.tests.factories import ReportingPeriodFactory
from plans.tests.factories import ContentThemeFactory

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
STAFF = {"the coordinator", "another coordinator", "the leader", "the administrator"}


def agency_of(world):
    return [(world.agency.pk,)]


def scorecard_of(world):
    return reverse("reports:scorecard", args=[world.agency.pk])


def theme_of(world):
    """The key of a theme of the world's plan that its activity serves."""
    theme = world.plan.themes.first()
    if theme is None:
        theme = ContentThemeFactory(plan=world.plan)
        world.activity.themes.add(theme)
    return theme.pk


def with_a_year(world):
    """The world with the periods before the one it reports on."""
    if world.plan.reporting_periods.count() == 1:
        ReportingPeriodFactory(plan=world.plan, ordinal=1)
    return world


CASES = {
    "reports:scorecards": (GET, None),
    "reports:scorecard": (GET, agency_of),
    "reports:scorecard_xlsx": (GET, agency_of),
    "reports:coverage": (GET, None),
    "reports:coverage_xlsx": (GET, None),
    "reports:coverage_lines": (GET, lambda world: [(theme_of(world),)]),
    "reports:timeline": (GET, None),
    "reports:timeline_pdf": (GET, None),
}
ROLES = {
    "reports:scorecards": STAFF,
    "reports:scorecard": STAFF | {"the agency"},
    "reports:scorecard_xlsx": STAFF | {"the agency"},
    "reports:coverage": STAFF,
    "reports:coverage_xlsx": STAFF,
    "reports:coverage_lines": STAFF,
    "reports:timeline": STAFF,
    "reports:timeline_pdf": STAFF,
}
PAGES = {
    "scorecards": ("leader", Status.SUBMITTED, lambda world: reverse("reports:scorecards")),
    "scorecards, filtered": (
        "coordinator",
        Status.RETURNED,
        lambda world: with_a_year(world) and "/scorecards/?text=so&show=sent&sort=-on_time&count=12",
    ),
    "scorecards as a workbook": ("leader", Status.DRAFT, lambda world: "/scorecards/?export=xlsx"),
    "scorecard": ("leader", Status.SUBMITTED, lambda world: scorecard_of(with_a_year(world))),
    "own scorecard": ("focal_point", Status.DRAFT, lambda world: scorecard_of(with_a_year(world))),
    "scorecard as a workbook": (
        "administrator",
        Status.APPROVED,
        lambda world: reverse("reports:scorecard_xlsx", args=[world.agency.pk]),
    ),
    "coverage": ("leader", Status.SUBMITTED, lambda world: reverse("reports:coverage")),
    "coverage as a workbook": ("leader", Status.APPROVED, lambda world: reverse("reports:coverage_xlsx")),
    "results of a theme": (
        "leader",
        Status.SUBMITTED,
        lambda world: reverse("reports:coverage_lines", args=[theme_of(world)]),
    ),
    "timeline": ("leader", Status.SUBMITTED, lambda world: reverse("reports:timeline")),
    "timeline as PDF": ("coordinator", Status.APPROVED, lambda world: reverse("reports:timeline_pdf")),
    "activities of a theme": (
        "leader",
        Status.SUBMITTED,
        lambda world: (
            f"/activities/?plan={world.plan.pk}&theme={world.plan.themes.first().pk}"
            f"&audience={world.plan.audiences.first().pk}"
        ),
    ),
}
OPEN = set()
