"""An amendment from its copy to its issue: ids stay, history stays, and every figure counts on its own version."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from accounts.tests.factories import UserFactory
from activities.models import Activity, ActivityGroup
from activities.obligations import load_duties, obliged_agencies
from activities.planning.amending import begin_amendment
from activities.planning.check import check_plan
from activities.planning.comparing import compare
from activities.planning.workflow import issue_amendment
from activities.progress import State, standings
from activities.versions import as_in_force, content_as_amended, content_of, version_on
from agencies.tests.factories import AgencyFactory
from plans.models import Plan, PlanStatus, Purpose
from plans.tests.factories import PART_FACTORIES

from .factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    moment,
)
from .test_plan_workflow import coordinator_of, ready_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2026, 4, 20)  # of the amendment: between the first and the second quarter's cut-off
BEFORE, AFTER = date(2026, 3, 14), date(2026, 6, 14)


@pytest.fixture
def plan():
    """In force since January, with every part, two activities in a group and a cooperating agency."""
    plan = ready_plan(status=PlanStatus.ISSUED, number="12/KH-UBND", issued_on=date(2026, 1, 15))
    group = ActivityGroup.objects.create(plan=plan, position=1, title="Báo chí")
    first = plan.activities.get()
    first.number, first.group = "1", group
    first.save()
    second = ActivityFactory(plan=plan, number="2", group=group, deadline=date(2026, 5, 31), target_quantity=60_000)
    AssignmentFactory(activity=second)
    AssignmentFactory(activity=first, role="cooperating", position=1)
    for factory in PART_FACTORIES.values():
        factory(plan=plan)
    return plan


def amended(plan, change=None, *, number="31/KH-UBND", day=DAY, at=None):
    """`plan` after an amendment in which `change(copy)` was done."""
    by = coordinator_of(plan)
    copy = begin_amendment(plan, by=by, at=moment(month=4))
    if change:
        change(copy)
    copy.refresh_from_db()
    copy.number, copy.issued_on, copy.signatory_name = number, day, "Đặng Văn Sơn"
    copy.save()
    return issue_amendment(copy, by=by, at=at or moment())


def test_one_amendment_is_drafted_at_a_time(plan):
    by = coordinator_of(plan)

    begun = begin_amendment(plan, by=by, at=moment())
    again = begin_amendment(plan, by=by, at=moment())

    assert begun == again
    assert (begun.purpose, begun.amends, begun.status) == (Purpose.AMENDMENT, plan, PlanStatus.DRAFT)
    assert "12/KH-UBND" in begun.title


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.CLOSED, PlanStatus.REPLACED])
def test_only_a_plan_in_force_is_amended(status):
    plan = ready_plan(status=status)

    with pytest.raises(PermissionDenied):
        begin_amendment(plan, by=coordinator_of(plan), at=moment())
    for person in (UserFactory(role=Role.COORDINATOR), UserFactory(agency=plan.coordinating_agency, role=Role.LEADER)):
        with pytest.raises(PermissionDenied):
            begin_amendment(plan, by=person, at=moment())


def test_an_amendment_that_changes_nothing_is_not_issued(plan):
    with pytest.raises(ValidationError, match="changes nothing"):
        amended(plan)


def test_what_an_amendment_does_not_change_stays_to_the_last_word(plan):
    def change(copy):
        activity = copy.activities.get(number="2")
        activity.details = "Bổ sung chi tiết"
        activity.save()

    before = content_of(plan)

    plan = amended(plan, change)

    after = content_of(plan)
    [changed] = compare(before, after).changes
    assert changed.what == "activity 2"
    assert compare(before, after).others == ()
    for row in (*before["activities"], *after["activities"]):
        row["details"] = ""
    assert before == after
    assert plan.status == PlanStatus.AMENDED
    assert (plan.number, plan.issued_on) == ("12/KH-UBND", date(2026, 1, 15))
    assert [(v.ordinal, v.number) for v in plan.versions.all()] == [(1, "12/KH-UBND"), (2, "31/KH-UBND")]
    assert not Plan.objects.filter(purpose=Purpose.AMENDMENT).exists()
    assert Activity.objects.count() == 2


def change_everything(copy):
    """Changes activity 1, drops 2, adds a new 2, renames the group, drops and adds rows of the parts."""
    first, second = copy.activities.order_by("position")
    first.title, first.target_quantity, first.deadline = "Chuyên mục mới", 8320, date(2026, 8, 31)
    first.save()
    first.assignments.filter(role="lead").delete()
    AssignmentFactory(activity=first, agency=AgencyFactory(locality=copy.locality))
    second.delete()
    new = ActivityFactory(plan=copy, number="2", title="Cuộc thi trực tuyến", target_quantity=1, position=2)
    AssignmentFactory(activity=new)
    group = copy.activity_groups.get()
    group.title = "Báo chí, mạng xã hội"
    group.save()
    theme = copy.themes.get()
    first.themes.add(theme)
    copy.objectives.all().delete()
    PART_FACTORIES["objectives"](plan=copy, text="Mục tiêu mới")


def test_rows_keep_their_ids_and_get_the_new_words(plan):
    first, second = plan.activities.order_by("position")
    old_lead = first.assignments.get(role="lead")
    theme = plan.themes.get()

    plan = amended(plan, change_everything)

    first.refresh_from_db()
    second.refresh_from_db()
    new = plan.activities.get(title="Cuộc thi trực tuyến")
    assert (first.title, first.target_quantity, first.deadline) == ("Chuyên mục mới", 8320, date(2026, 8, 31))
    assert (second.cancelled_on, second.number) == (DAY, "2 (cũ)")
    assert (new.number, new.cancelled_on) == ("2", None)
    assert list(first.themes.all()) == [theme]
    assert plan.activity_groups.get().title == "Báo chí, mạng xã hội"
    assert [row.text for row in plan.objectives.all()] == ["Mục tiêu mới"]
    old_lead.refresh_from_db()
    assert old_lead.valid_to == DAY - timedelta(days=1)
    assert first.assignments.get(role="lead", valid_to=None).valid_from == DAY
    assert new.assignments.get().valid_from == DAY


def test_the_comparison_says_what_was_done(plan):
    plan = amended(plan, change_everything)
    first, second = plan.versions.all()

    comparison = compare(first.content, second.content)

    assert (comparison.added, comparison.changed, comparison.dropped) == (1, 1, 1)
    assert (comparison.activities_before, comparison.activities_after) == (2, 2)
    changed = next(change for change in comparison.changes if change.kind == "changed")
    facts = {
        fact.label: ("".join(t for _k, t in fact.before), "".join(t for _k, t in fact.after)) for fact in changed.facts
    }
    assert facts["Deadline"] == ("15/10/2026", "31/08/2026")
    assert facts["Target"][1] == "8.320 tin, bài"
    assert "Start" not in facts
    assert [change.what for change in comparison.others] == ["objectives"]


def test_the_draft_says_beforehand_what_it_will_change(plan):
    copy = begin_amendment(plan, by=coordinator_of(plan), at=moment(month=4))
    assert not compare(content_of(plan), content_as_amended(copy))

    change_everything(copy)

    promised = compare(content_of(plan), content_as_amended(copy))
    before = content_of(plan)
    copy.number, copy.issued_on, copy.signatory_name = "31/KH-UBND", DAY, "Đặng Văn Sơn"
    copy.save()
    done = compare(before, content_of(issue_amendment(copy, by=coordinator_of(plan), at=moment())))
    assert (promised.added, promised.changed, promised.dropped) == (done.added, done.changed, done.dropped) == (1, 1, 1)
    assert promised.others == done.others


def test_what_was_in_force_on_a_day(plan):
    first, second = plan.activities.order_by("position")
    plan = amended(plan, change_everything)
    versions = list(plan.versions.all())

    assert version_on(versions, DAY - timedelta(days=1)) == versions[0]
    assert version_on(versions, DAY) == versions[1]
    assert version_on(versions, date(2020, 1, 1)) == versions[0]
    assert version_on([], DAY) is None
    assert content_of(plan, on=AFTER)["activities"] == versions[1].content["activities"]

    activities = list(plan.activities.select_related("indicator"))
    then = {each.pk: each for each in as_in_force(activities, BEFORE)}
    assert {(each.number, each.title) for each in then.values()} == {("1", first.title), ("2", second.title)}
    assert then[first.pk].deadline == date(2026, 10, 15)
    assert then[first.pk].target_quantity == 10
    assert as_in_force(activities, AFTER) == activities


def test_rates_count_on_the_version_at_the_cut_off(plan):
    """Activity 2 was due 31/5 and is dropped on 20/4: open at the first cut-off, no longer counted at the second."""
    plan = amended(plan, change_everything)
    duties = load_duties([plan.pk])

    def states(day):
        return {row.activity.title: row.state for row in standings(plan.activities.all(), duties, today=day, until=day)}

    assert len(states(BEFORE)) == 2
    assert "Cuộc thi trực tuyến" not in states(BEFORE)
    now = states(AFTER)
    assert sorted(now.values()) == sorted([State.NOT_STARTED, State.CANCELLED, State.NOT_STARTED])


def test_obligations_follow_the_version_in_force(plan):
    first, second = plan.activities.order_by("position")
    old, dropped = first.assignments.get(role="lead").agency, second.assignments.get().agency
    q1, q2 = (ReportingPeriodFactory(plan=plan, ordinal=n) for n in (1, 2))

    plan = amended(plan, change_everything)

    duties = load_duties([plan.pk])
    assert set(obliged_agencies(q1, duties)) == {old, dropped}
    after = set(obliged_agencies(q2, duties))
    assert not after & {old, dropped}
    assert len(after) == 2


def test_what_was_reported_stays_with_its_activity(plan):
    second = plan.activities.get(number="2")
    update = QuarterlyUpdateFactory(
        period=ReportingPeriodFactory(plan=plan, ordinal=1),
        agency=second.assignments.get().agency,
        status="approved",
        leads=False,
    )
    line = ActivityProgressFactory(update=update, activity=second)

    amended(plan, change_everything)

    line.refresh_from_db()
    assert line.activity == second


def test_an_amendment_answers_only_for_what_it_changes(plan):
    """The plan's own old warnings are not asked again, new ones are."""
    plan.activities.update(target_quantity=None)
    copy = begin_amendment(plan, by=coordinator_of(plan), at=moment())
    assert check_plan(copy, today=date(2026, 6, 15)).is_ready

    ActivityFactory(plan=copy, number="9")

    check = check_plan(copy, today=date(2026, 6, 15))
    assert {each.rule for each in check.errors} == {"lead"}
    assert {each.rule for each in check.warnings} == {"target"}


def test_an_agency_that_ended_since_is_not_the_amendments_doing(plan):
    agency = plan.activities.get(number="2").assignments.get().agency
    agency.valid_to = date(2026, 4, 1)
    agency.save()

    copy = begin_amendment(plan, by=coordinator_of(plan), at=moment())

    assert check_plan(copy, today=date(2026, 6, 15)).is_ready


def test_an_amendment_comes_after_what_it_amends(plan):
    with pytest.raises(ValidationError) as refused:
        amended(plan, change_everything, day=date(2026, 1, 14))
    assert "issued_on" in refused.value.message_dict

    plan.refresh_from_db()
    assert plan.status == PlanStatus.ISSUED
    assert not plan.versions.exists()


def test_its_number_is_its_own(plan):
    with pytest.raises(ValidationError) as refused:
        amended(plan, change_everything, number="12/KH-UBND")
    assert "number" in refused.value.message_dict


def test_two_amendments_one_after_the_other(plan):
    def rename(words):
        def change(copy):
            activity = copy.activities.get(number="1")
            activity.title = words
            activity.save()

        return change

    amended(plan, rename("Lần một"))
    plan = amended(plan, rename("Lần hai"), number="40/KH-UBND", day=date(2026, 5, 20))

    titles = [
        next(row["title"] for row in version.content["activities"] if row["number"] == "1")
        for version in plan.versions.all()
    ]
    assert titles[1:] == ["Lần một", "Lần hai"]
    assert [event.move for event in plan.events.all()] == ["amend", "amend"]
    assert [event.version.ordinal for event in plan.events.all()] == [2, 3]


def test_activities_may_change_places_and_numbers(plan):
    def swap(copy):
        first, second = copy.activities.order_by("position")
        Activity.objects.filter(pk=first.pk).update(number="x")
        second.number = "1"
        second.save()
        first.number = "2"
        first.save()

    first, second = plan.activities.order_by("position")
    amended(plan, swap)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.number, second.number) == ("2", "1")
