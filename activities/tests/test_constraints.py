"""What the database refuses of activities, periods and updates, whoever writes to it."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.tests.factories import UserFactory
from activities.models import QuarterlyUpdate, Status
from agencies.tests.factories import AgencyGroupFactory

from .factories import (
    ActivityFactory,
    ActivityGroupFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    ConsolidatedPeriodFactory,
    ContributionEvidenceFactory,
    ContributionFactory,
    DigestFactory,
    EvidenceFactory,
    ExplanationEvidenceFactory,
    ExplanationFactory,
    ExplanationMessageFactory,
    ExtensionFactory,
    OutputCountFactory,
    PeriodEventFactory,
    QuarterlyUpdateFactory,
    ReminderFactory,
    ReportingPeriodFactory,
    ReportingRulesFactory,
    ReviewCommentFactory,
    StarFactory,
    UpdateEventFactory,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2026, 6, 1)


def again(factory, row, *fields, **more):
    factory(**{name: getattr(row, name) for name in fields}, **more)


# constraint: (what breaks it, what a person reads)
REFUSED = {
    "activity_group_once_in_plan": [lambda: again(ActivityGroupFactory, ActivityGroupFactory(), "plan", "title")],
    "activity_number_once_in_plan": [lambda: again(ActivityFactory, ActivityFactory(), "plan", "number")],
    "activity_deadline_after_start": [lambda: ActivityFactory(start=DAY, deadline=DAY - timedelta(days=1))],
    "activity_target_positive": [lambda: ActivityFactory(target_quantity=0)],
    "activity_schedule_known": [lambda: ActivityFactory(schedule_kind="sometimes")],
    "assignment_to_agency_or_group": [
        lambda: AssignmentFactory(agency=None),
        lambda: AssignmentFactory(
            agency=AssignmentFactory().agency, group=AgencyGroupFactory(), activity=ActivityFactory()
        ),
    ],
    "assignment_role_known": [lambda: AssignmentFactory(role="watching")],
    "agency_once_in_activity": [
        lambda: again(AssignmentFactory, AssignmentFactory(), "activity", "agency"),
        lambda: again(AssignmentFactory, AssignmentFactory(), "activity", "agency", role="cooperating"),
    ],
    "assignment_valid_to_after_from": [
        lambda: AssignmentFactory(valid_from=DAY, valid_to=DAY - timedelta(days=1)),
    ],
    "group_once_in_activity": [
        lambda: again(AssignmentFactory, AssignmentFactory(group=AgencyGroupFactory()), "activity", "group")
    ],
    "star_once": [lambda: again(StarFactory, StarFactory(), "person", "activity")],
    "comment_says_something": [lambda: ReviewCommentFactory(text="")],
    "period_once_in_plan": [
        lambda: again(ReportingPeriodFactory, ReportingPeriodFactory(), "plan", "starts_on", "ends_on", ordinal=3)
    ],
    "period_ends_after_start": [lambda: ReportingPeriodFactory(starts_on=DAY, ends_on=DAY - timedelta(days=1))],
    "period_due_after_cutoff": [lambda: ReportingPeriodFactory(agency_due_on=date(2026, 6, 14))],
    "period_consolidated_after_agency_due": [lambda: ReportingPeriodFactory(consolidated_due_on=date(2026, 6, 15))],
    "period_locks_after_due": [lambda: ReportingPeriodFactory(locks_on=date(2026, 6, 16))],
    "rules_base_known": [
        lambda: ReportingRulesFactory(base="week"),
        lambda: ReportingRulesFactory(base="nine_months"),
    ],
    "rules_cutoff_is_a_day": [
        lambda: ReportingRulesFactory(cutoff_day=0),
        lambda: ReportingRulesFactory(cutoff_day=32),
    ],
    "rules_agency_due_is_a_day": [
        lambda: ReportingRulesFactory(agency_due_day=0),
        lambda: ReportingRulesFactory(agency_due_day=32),
    ],
    "rules_consolidated_due_is_a_day": [
        lambda: ReportingRulesFactory(consolidated_due_day=0),
        lambda: ReportingRulesFactory(consolidated_due_day=32),
    ],
    "rules_grace_at_most_a_year": [lambda: ReportingRulesFactory(grace_days=367)],
    "rules_extensions_at_most_twenty": [lambda: ReportingRulesFactory(extensions_per_period=21)],
    "period_kind_known": [lambda: ReportingPeriodFactory(kind="week")],
    "rules_every_day_at_most": [lambda: ReportingRulesFactory(every_days=0)],
    "consolidated_once_in_plan": [
        lambda: again(
            ConsolidatedPeriodFactory, ConsolidatedPeriodFactory(), "plan", "kind", "starts_on", "ends_on", ordinal=2
        )
    ],
    "consolidated_kind_known": [
        lambda: ConsolidatedPeriodFactory(kind="week"),
        lambda: ConsolidatedPeriodFactory(kind="month"),
    ],
    "consolidated_ends_after_start": [
        lambda: ConsolidatedPeriodFactory(ends_on=date(2025, 12, 14), consolidated_due_on=date(2026, 6, 20))
    ],
    "consolidated_due_after_cutoff": [lambda: ConsolidatedPeriodFactory(consolidated_due_on=date(2026, 6, 14))],
    "extension_counted_once": [
        lambda: again(ExtensionFactory, ExtensionFactory(), "period", "agency", "ordinal"),
    ],
    "extension_has_reason": [lambda: ExtensionFactory(reason="")],
    "period_event_act_known": [lambda: PeriodEventFactory(act="forgotten")],
    "period_event_has_reason": [
        lambda: PeriodEventFactory(act="unlocked"),
        lambda: PeriodEventFactory(act="locked"),
        lambda: PeriodEventFactory(act="extended"),
    ],
    "update_once_per_agency_and_period": [
        lambda: again(QuarterlyUpdateFactory, QuarterlyUpdateFactory(), "agency", "period")
    ],
    "update_status_known": [lambda: QuarterlyUpdateFactory(status="lost")],
    "update_submitted_has_time": [
        lambda: QuarterlyUpdateFactory(status=Status.SUBMITTED, submitted_at=None),
        lambda: QuarterlyUpdateFactory(status=Status.RETURNED, first_submitted_at=None),
        lambda: QuarterlyUpdateFactory(status=Status.APPROVED, submitted_at=None, first_submitted_at=moment()),
    ],
    "update_nothing_has_reason": [lambda: QuarterlyUpdateFactory(nothing_to_report=True)],
    "update_on_behalf_is_explained": [
        lambda: QuarterlyUpdateFactory(on_behalf_by=UserFactory(), on_behalf_name="Tuấn"),
        lambda: QuarterlyUpdateFactory(on_behalf_by=UserFactory(), on_behalf_reason="Mất mạng"),
    ],
    "contribution_once": [lambda: again(ContributionFactory, ContributionFactory(), "period", "activity", "agency")],
    "contribution_says_something": [lambda: ContributionFactory(words="")],
    "contribution_evidence_is_file_or_link": [
        lambda: ContributionEvidenceFactory(url=""),
        lambda: ContributionEvidenceFactory(is_file=True, url="https://minhhoa.example/"),
        lambda: ContributionEvidenceFactory(is_file=True, file="", sha256=""),
    ],
    "contribution_evidence_scan_known": [lambda: ContributionEvidenceFactory(scan="perhaps")],
    "count_is_number_or_not_applicable": [
        lambda: OutputCountFactory(value=None),
        lambda: OutputCountFactory(value=3, not_applicable=True),
    ],
    "progress_quantity_or_not_applicable": [
        lambda: ActivityProgressFactory(quantity_done=3, quantity_not_applicable=True)
    ],
    "progress_once_per_activity": [
        lambda: again(ActivityProgressFactory, ActivityProgressFactory(), "update", "activity")
    ],
    "progress_percent_at_most_100": [lambda: ActivityProgressFactory(percent=101)],
    "progress_done_is_100_percent": [
        lambda: ActivityProgressFactory(state="done", percent=99),
        lambda: ActivityProgressFactory(state="in_progress", completed_on=DAY),
    ],
    "progress_state_known": [lambda: ActivityProgressFactory(state="maybe")],
    "count_once_per_indicator": [lambda: again(OutputCountFactory, OutputCountFactory(), "progress", "indicator")],
    "explanation_status_known": [lambda: ExplanationFactory(status="lost")],
    "explanation_one_open": [
        lambda: again(ExplanationFactory, ExplanationFactory(), "activity", "agency"),
        lambda: again(ExplanationFactory, ExplanationFactory(status="answered"), "activity", "agency"),
    ],
    "explanation_message_kind_known": [lambda: ExplanationMessageFactory(kind="sighs")],
    "explanation_message_says_something": [lambda: ExplanationMessageFactory(text="")],
    "update_event_return_has_reason": [lambda: UpdateEventFactory(move="return", reason="")],
    "explanation_evidence_is_file_or_link": [
        lambda: ExplanationEvidenceFactory(url=""),
        lambda: ExplanationEvidenceFactory(is_file=True, sha256=""),
    ],
    "explanation_evidence_scan_known": [lambda: ExplanationEvidenceFactory(scan="maybe")],
    "evidence_scan_known": [lambda: EvidenceFactory(scan="perhaps")],
    "evidence_is_file_or_link": [
        lambda: EvidenceFactory(url=""),
        lambda: EvidenceFactory(is_file=True, url="https://minhhoa.example/"),
        lambda: EvidenceFactory(is_file=True, sha256=""),
        lambda: EvidenceFactory(kind="file"),
        lambda: EvidenceFactory(kind="note"),
    ],
    "digest_once_a_day": [lambda: again(DigestFactory, DigestFactory(), "recipient", "day")],
    "digest_state_known": [lambda: DigestFactory(state="lost")],
    "reminder_never_twice": [
        lambda: again(ReminderFactory, ReminderFactory(), "period", "agency", "step", "recipient"),
    ],
}
CASES = [(name, place) for name, breaks in REFUSED.items() for place in range(len(breaks))]


@pytest.mark.parametrize("name, place", CASES)
def test_the_database_refuses(name, place):
    with pytest.raises(IntegrityError), transaction.atomic():
        REFUSED[name][place]()


def test_every_constraint_has_a_case():
    models = apps.get_app_config("activities").get_models()

    assert {constraint.name for model in models for constraint in model._meta.constraints} == set(REFUSED)


def test_every_constraint_says_what_is_wrong():
    ours = [
        constraint
        for app in ("agencies", "accounts", "plans", "activities", "reports")
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    ]

    assert [each.name for each in ours if each.violation_error_message == each.default_violation_error_message] == []


@pytest.mark.parametrize("factory, field", [(ActivityProgressFactory, "quantity_done"), (OutputCountFactory, "value")])
def test_a_count_below_zero_is_refused(factory, field):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(**{field: -1})


def test_a_duplicate_update_is_said_in_words():
    update = QuarterlyUpdateFactory()

    with pytest.raises(ValidationError, match="The agency already has an update for this period."):
        QuarterlyUpdate(agency=update.agency, period=update.period).full_clean()


def test_history_is_not_deleted():
    event = UpdateEventFactory()

    for row in (event.update, event.by, event.update.period, event.update.agency):
        with pytest.raises(ProtectedError):
            row.delete()


def test_what_was_reported_keeps_its_activity():
    line = ActivityProgressFactory()

    with pytest.raises(ProtectedError):
        line.activity.delete()
    with pytest.raises(ProtectedError):
        line.activity.plan.delete()
