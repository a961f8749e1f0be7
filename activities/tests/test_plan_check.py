"""Soát kế hoạch: what the rules find, where, and how it is mended."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.catalogue import load_catalogues
from activities.loading import REAL, load_plan, read_plan
from activities.models import Assignment, ScheduleKind
from activities.planning.check import check_plan
from activities.planning.drafting import undo
from activities.planning.numbers import next_number
from activities.planning.repairs import repair
from activities.planning.rules import CHECKS, RULES, nearest_in_period
from agencies.models import AgencyKind, Reorganisation, Succession
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory, ReorganisationFactory
from plans.models import Acknowledgement, PlanStatus
from plans.tests.factories import (
    AudienceFactory,
    ChannelFactory,
    ContentThemeFactory,
    DutyFactory,
    ObjectiveFactory,
    PlanChannelFactory,
    PlanFactory,
    ReportingDutyFactory,
)

from .factories import TODAY, ActivityFactory, AssignmentFactory, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def draft():
    """A draft in which nothing is wrong."""
    plan = PlanFactory(status=PlanStatus.DRAFT, number="", issued_on=None, place="Minh Họa")
    activity = ActivityFactory(plan=plan, target_quantity=10, target_unit="tin, bài", number="1")
    AssignmentFactory(activity=activity)
    return plan


@pytest.fixture
def activity(draft):
    return draft.activities.get()


def found(plan, *, severity=None):
    """{rule: number of findings}."""
    counts = {}
    for finding in check_plan(plan, today=TODAY).findings:
        if severity in (None, finding.severity):
            counts[finding.rule] = counts.get(finding.rule, 0) + 1
    return counts


def test_nothing_wrong(draft):
    check = check_plan(draft, today=TODAY)

    assert check.findings == ()
    assert check.is_ready
    assert len(check.passed) == len(RULES) == len(CHECKS)


def test_heading_incomplete(draft):
    draft.place, draft.coordinating_agency = "", None

    [finding] = check_plan(draft, today=TODAY).errors

    assert finding.rule == "facts"
    assert "place of issuance" in finding.reason and "coordinating agency" in finding.reason


def test_no_activity(draft, activity):
    activity.delete()

    assert found(draft) == {"no_activity": 1}


def test_activity_without_lead(draft, activity):
    activity.assignments.all().delete()

    assert found(draft, severity="error") == {"lead": 1}


def test_an_invitation_without_lead_is_only_a_warning(draft, activity):
    activity.assignments.all().delete()
    front = AgencyFactory(locality=draft.locality, kind=AgencyKind.MASS_ORGANISATION)
    AssignmentFactory(activity=activity, agency=front, role="cooperating")

    assert found(draft, severity="error") == {}
    assert found(draft, severity="warning") == {"lead": 1}


def test_a_name_nobody_knows_is_no_lead(draft, activity):
    activity.assignments.all().delete()
    AssignmentFactory(activity=activity, agency=None, name_as_printed="Sở Văn thể")

    assert found(draft) == {"lead": 1, "unknown_agency": 1}


def test_led_by_an_invited_organisation(draft, activity):
    activity.assignments.all().delete()
    AssignmentFactory(
        activity=activity, agency=AgencyFactory(locality=draft.locality, kind=AgencyKind.MASS_ORGANISATION)
    )

    assert found(draft) == {"invited_lead": 1}


def test_agency_that_is_no_more(draft, activity):
    party = activity.assignments.get()
    party.agency.valid_to = date(2026, 3, 1)
    party.agency.save()

    assert found(draft, severity="error") == {"ended_agency": 1}


def test_agencies_that_are_no_more_in_heading_and_duties(draft):
    gone = AgencyFactory(locality=draft.locality, valid_to=date(2026, 3, 1))
    DutyFactory(plan=draft, text="Thẩm định dự toán").agencies.add(gone)
    ReportingDutyFactory(plan=draft, reporter=gone, due_text="ngày 16")
    coordinator = draft.coordinating_agency
    coordinator.valid_to = date(2026, 3, 1)
    coordinator.save()

    assert found(draft, severity="error") == {"ended_agency": 3}


def test_group_without_members(draft, activity):
    activity.assignments.all().delete()
    group = AgencyGroupFactory(locality=draft.locality)
    AssignmentFactory(activity=activity, group=group)

    assert found(draft) == {"empty_group": 1}

    GroupMembershipFactory(group=group)
    assert found(draft) == {}


@pytest.mark.parametrize(
    "facts, rule",
    [
        ({"deadline": None, "schedule_text": ""}, "time"),
        ({"deadline": None, "schedule_text": "ngay sau khi công bố"}, "time"),
        ({"deadline": None, "schedule_kind": ScheduleKind.CONTINUOUS}, None),
        ({"deadline": date(2028, 8, 31)}, "outside"),
        ({"deadline": date(2025, 12, 31)}, "outside"),
        ({"deadline": date(2026, 12, 31)}, None),
        ({"target_quantity": None}, "target"),
        ({"cancelled_on": date(2026, 2, 1), "target_quantity": None}, "no_activity"),
    ],
)
def test_time_and_target(draft, activity, facts, rule):
    for name, value in facts.items():
        setattr(activity, name, value)
    activity.save()

    assert found(draft) == ({rule: 1} if rule else {})


def test_what_no_activity_serves(draft, activity):
    channel = ChannelFactory()
    theme = ContentThemeFactory(plan=draft)
    PlanChannelFactory(plan=draft).channels.add(channel)
    PlanChannelFactory(plan=draft)  # names no channel of the catalogue: nothing to compare

    assert found(draft) == {"theme": 1, "channel": 1}

    activity.themes.add(theme)
    activity.channels.add(channel)
    assert found(draft) == {}


def test_a_theme_is_served_by_its_sub_theme_and_the_other_way_round(draft, activity):
    above = ContentThemeFactory(plan=draft)
    below = ContentThemeFactory(plan=draft, parent=above)
    activity.themes.add(below)
    assert found(draft) == {}

    activity.themes.set([above])
    assert found(draft) == {}


def test_audience_nobody_addresses(draft):
    audience = AudienceFactory(plan=draft)
    assert found(draft) == {"audience": 1}

    ObjectiveFactory(plan=draft).audiences.add(audience)
    assert found(draft) == {}


def test_duty_that_repeats_an_activity(draft, activity):
    activity.title = "Duy trì chuyên mục cải cách hành chính trên Cổng thông tin điện tử"
    activity.save()
    DutyFactory(plan=draft, text="Duy trì chuyên mục Cải cách hành chính trên Cổng")
    DutyFactory(plan=draft, text="Bố trí kinh phí cho công tác tuyên truyền")

    assert found(draft) == {"duty": 1}


def test_reporting_duty_without_dates(draft):
    duty = ReportingDutyFactory(plan=draft)
    assert found(draft) == {"reporting": 1}

    duty.due_text = "trước ngày 16 tháng cuối quý"
    duty.save()
    assert found(draft) == {}


def test_number_already_used(draft):
    PlanFactory(
        locality=draft.locality, issuing_agency=draft.issuing_agency, number="45/KH-UBND", issued_on=date(2026, 2, 26)
    )
    PlanFactory(number="46/KH-UBND")  # another issuer's
    draft.number = "45/KH-UBND"

    assert found(draft, severity="error") == {"number": 1}
    assert next_number(draft, 2026) == 46

    draft.number = "46/KH-UBND"
    assert found(draft) == {}
    draft.number, draft.issued_on = "45/KH-UBND", date(2027, 1, 5)  # counted anew each year
    assert "number" not in found(draft)


def test_warnings_stand_once_acknowledged(draft, activity):
    activity.target_quantity = None
    activity.save()
    [warning] = check_plan(draft, today=TODAY).warnings
    by = UserFactory()
    Acknowledgement.objects.create(
        plan=draft, rule=warning.rule, subject=warning.subject, by=by, by_name=str(by), at=moment()
    )

    check = check_plan(draft, today=TODAY)

    assert check.is_ready
    assert [each.rule for each in check.acknowledged] == ["target"]


def test_an_issued_plan_has_warnings_only(draft, activity):
    activity.assignments.all().delete()
    draft.status = PlanStatus.ISSUED
    draft.save()

    assert found(draft, severity="error") == {}
    assert found(draft, severity="warning") == {"lead": 1}


# What the five documents do not say, as the rules see it; the numbers were counted from the data files by hand.
@pytest.mark.parametrize("name", REAL)
def test_the_five_real_plans_have_honest_warnings(name):
    load_catalogues()
    plan, _created = load_plan(read_plan(name))
    data = read_plan(name)

    counts = found(plan)

    activities = data.get("activities") or []
    assert found(plan, severity="error") == {}
    assert counts.get("lead", 0) == sum(not row.get("lead") for row in activities)
    assert counts.get("target", 0) == sum(not row.get("target_quantity") for row in activities)
    assert counts.get("no_activity", 0) == (not activities)
    assert counts.get("reporting", 0) == sum(
        not (row.get("cutoff") or row.get("due")) for row in data.get("reporting") or []
    )
    assert sum(counts.values()) > 0


def person(plan):
    return UserFactory(agency=plan.coordinating_agency, role=Role.COORDINATOR)


def mend(plan, rule, value=""):
    [finding] = [each for each in check_plan(plan, today=TODAY).findings if each.rule == rule]
    return repair(plan, rule, finding.subject, value, by=person(plan), at=moment())


def test_repair_assigns_the_lead(draft, activity):
    activity.assignments.all().delete()

    mend(draft, "lead", str(draft.coordinating_agency_id))

    assert activity.assignments.get().agency == draft.coordinating_agency
    assert found(draft) == {}


def test_what_is_mended_is_remembered_and_can_be_undone(draft, activity):
    activity.assignments.all().delete()
    by = person(draft)
    [finding] = check_plan(draft, today=TODAY).errors

    repair(draft, "lead", finding.subject, str(draft.coordinating_agency_id), by=by, at=moment())
    assert [edit.by for edit in draft.row_edits.filter(row_id=activity.pk)] == [by]

    undo(draft, by=by, at=moment(hour=10))
    assert not activity.assignments.exists()


def test_a_successor_that_has_a_part_already_stands_there_once(draft, activity):
    old, heir = activity.assignments.get().agency, AgencyFactory(locality=draft.locality)
    old.valid_to = date(2026, 3, 1)
    old.save()
    AssignmentFactory(activity=activity, agency=heir, role="cooperating")
    change = ReorganisationFactory(locality=draft.locality, effective_on=date(2026, 3, 2))
    Succession.objects.create(reorganisation=change, predecessor=old, successor=heir)

    mend(draft, "ended_agency", str(heir.pk))

    assert [(party.agency, party.role) for party in activity.assignments.all()] == [(heir, "lead")]


def test_repair_moves_the_deadline_into_the_period(draft, activity):
    activity.deadline, activity.schedule_text = date(2028, 8, 31), "trước ngày 31/8/2028"
    activity.save()

    mend(draft, "outside")

    activity.refresh_from_db()
    assert (activity.deadline, activity.schedule_text) == (date(2026, 8, 31), "trước ngày 31/8/2026")
    assert found(draft) == {}


def test_repair_puts_the_successor_in_place(draft, activity):
    old = activity.assignments.get().agency
    old.valid_to = date(2026, 3, 1)
    old.save()
    new = AgencyFactory(locality=draft.locality)
    change = Reorganisation.objects.create(
        locality=draft.locality,
        kind="merge",
        decision_number="12/NQ-HĐND",
        effective_on=date(2026, 3, 2),
        by=person(draft),
        by_name="x",
        created_at=moment(),
    )
    Succession.objects.create(reorganisation=change, predecessor=old, successor=new)

    mend(draft, "ended_agency", str(new.pk))

    assert [party.agency for party in Assignment.objects.filter(activity=activity)] == [new]
    assert found(draft) == {}


def test_repair_takes_the_next_number(draft):
    PlanFactory(
        locality=draft.locality, issuing_agency=draft.issuing_agency, number="45/KH-UBND", issued_on=date(2026, 2, 26)
    )
    draft.number = "45/KH-UBND"
    draft.save()

    mend(draft, "number")

    draft.refresh_from_db()
    assert draft.number == "46/KH-UBND"


def test_what_is_not_offered_is_not_done(draft, activity):
    activity.assignments.all().delete()
    stranger = AgencyFactory()

    with pytest.raises(ValidationError):
        mend(draft, "lead", str(stranger.pk))
    with pytest.raises(ValidationError):
        repair(draft, "lead", "activity-999", str(stranger.pk), by=person(draft), at=moment())

    assert not activity.assignments.exists()


def test_nearest_day_in_the_period():
    plan = PlanFactory.build(period_start=date(2026, 3, 1), period_end=date(2027, 2, 28), locality=None)

    assert nearest_in_period(date(2030, 1, 5), plan) == date(2027, 1, 5)
    assert nearest_in_period(date(2020, 5, 1), plan) == date(2026, 5, 1)
    assert nearest_in_period(date(2028, 2, 29), plan) is None
