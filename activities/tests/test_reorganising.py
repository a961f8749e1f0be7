"""On the day of a reorganisation people, open work and duties go over; what was done keeps the names of its time."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Role, UserAct, UserEvent
from accounts.tests.factories import UserFactory
from activities.models import (
    ActivityProgress,
    Assignment,
    Contribution,
    PeriodLocked,
    QuarterlyUpdate,
    Status,
    lock_lifted,
)
from activities.obligations import load_duties, obliged_agencies
from activities.permissions import can_answer_explanation
from activities.progress import State, standings
from activities.reorganising import apply_due, carry_out, confirm
from agencies.models import Agency, GroupMembership, ReorganisationStatus
from agencies.scheduling import Change, Link
from agencies.tests.factories import AgencyFactory, AgencyGroupFactory, GroupMembershipFactory
from plans.models import PlanStatus
from plans.tests.factories import PlanFactory

from .factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    ContributionEvidenceFactory,
    ContributionFactory,
    DigestFactory,
    EvidenceFactory,
    ExplanationFactory,
    ExtensionFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    ReviewCommentFactory,
    UpdateEventFactory,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2026, 7, 1)
EVE = date(2026, 6, 30)


@pytest.fixture
def plan():
    plan = PlanFactory()
    for ordinal in (1, 2, 3, 4):
        ReportingPeriodFactory(plan=plan, ordinal=ordinal)
    return plan


@pytest.fixture
def old(plan):
    return AgencyFactory(locality=plan.locality, name="Xã Bản Mới")


@pytest.fixture
def other(plan):
    return AgencyFactory(locality=plan.locality, name="Xã Suối Đá")


def new(name="Xã Suối Đá"):
    return Agency(name=name, short_name=name, kind="commune_committee")


def happens(*before, into, day=DAY, today=DAY, kind="merge", more=()):
    """The reorganisation, entered and carried out where `today` has come; returns the agency that carries on."""
    links = [Link(each, into) for each in before] + [Link(before[0], each, is_main=False) for each in more]
    change = Change(kind=kind, effective_on=day, links=tuple(links), decision_number="88/NQ")
    by = UserFactory(agency__locality=before[0].locality, role=Role.ADMINISTRATOR)
    confirm(change, locality=before[0].locality, by=by, today=today, at=moment(1, month=today.month))
    for agency in before:
        agency.refresh_from_db()
    return into


def parts(activity):
    """(agency's name, role, from, to) of each assignment, in order."""
    return [
        (each.agency.name, each.role, each.valid_from, each.valid_to)
        for each in activity.assignments.select_related("agency").order_by("pk")
    ]


def obliged(plan, ordinal):
    period = plan.reporting_periods.get(ordinal=ordinal)
    return {agency.name for agency in obliged_agencies(period, load_duties([plan.pk]))}


# When


def test_before_the_day_nothing_moves(plan, old):
    lead = AssignmentFactory(activity__plan=plan, agency=old)
    person = UserFactory(agency=old)

    into = happens(old, into=new(), today=EVE)

    for row in (lead, person):
        row.refresh_from_db()
    assert (old.valid_to, lead.valid_to, person.agency) == (None, None, old)
    assert obliged(plan, 4) == {"Xã Bản Mới"}
    assert into.valid_from == DAY
    assert apply_due(EVE, moment()) == 0


def test_on_the_day_it_is_carried_out_once(plan, old):
    AssignmentFactory(activity__plan=plan, agency=old)
    happens(old, into=new(), today=EVE)

    assert apply_due(DAY, moment(1, month=7)) == 1
    assert apply_due(DAY, moment(1, month=7)) == 0
    reorganisation = plan.locality.reorganisations.get()
    assert not carry_out(reorganisation.pk, today=DAY, at=moment())
    assert (reorganisation.status, reorganisation.applied_at) == (ReorganisationStatus.APPLIED, moment(1, month=7))
    assert Assignment.objects.count() == 2


def test_a_day_that_has_passed_counts_from_then(old):
    happens(old, into=new(), today=date(2026, 9, 1))

    assert old.valid_to == EVE


def test_the_command(old, capsys, clock):
    happens(old, into=new(), today=EVE)
    clock(DAY)

    call_command("apply_reorganisations")

    assert "1 reorganisations carried out" in capsys.readouterr().out
    old.refresh_from_db()
    assert old.valid_to == EVE


def test_what_was_called_off_is_not_carried_out(old):
    happens(old, into=new(), today=EVE)
    old.locality.reorganisations.update(status=ReorganisationStatus.CANCELLED)

    assert apply_due(DAY, moment()) == 0


# Assignments


def test_open_work_goes_over_and_the_past_keeps_its_lead(plan, old):
    activity = AssignmentFactory(
        activity__plan=plan, agency=old, name_as_printed="Xã Bản Mới (cũ)", position=3
    ).activity

    happens(old, into=new())

    assert parts(activity) == [("Xã Bản Mới", "lead", None, EVE), ("Xã Suối Đá", "lead", DAY, None)]
    assert activity.assignments.get(agency__name="Xã Suối Đá").position == 3
    assert [obliged(plan, ordinal) for ordinal in (1, 2, 3, 4)] == [
        {"Xã Bản Mới"},
        {"Xã Bản Mới"},
        {"Xã Suối Đá"},
        {"Xã Suối Đá"},
    ]


@pytest.mark.parametrize("roles", [("lead", "lead"), ("lead", "cooperating"), ("cooperating", "lead")])
def test_two_that_become_one_have_one_part(roles, plan, old, other):
    activity = ActivityFactory(plan=plan)
    for agency, role in zip((old, other), roles, strict=True):
        AssignmentFactory(activity=activity, agency=agency, role=role)

    into = happens(old, other, into=new("Xã Mới"))

    assert [(each.role, each.valid_from) for each in activity.assignments.filter(agency=into)] == [("lead", DAY)]


@pytest.mark.parametrize(
    "theirs, ours, kept",
    [
        ("lead", "cooperating", [("cooperating", None, EVE), ("lead", DAY, None)]),
        ("cooperating", "lead", [("lead", None, None)]),
        ("cooperating", "cooperating", [("cooperating", None, None)]),
        ("lead", "lead", [("lead", None, None)]),
    ],
)
def test_going_into_an_agency_that_has_a_part_already(theirs, ours, kept, plan, old, other):
    activity = ActivityFactory(plan=plan)
    AssignmentFactory(activity=activity, agency=old, role=theirs)
    AssignmentFactory(activity=activity, agency=other, role=ours)

    happens(old, into=other)

    found = activity.assignments.filter(agency=other).order_by("pk")
    assert [(each.role, each.valid_from, each.valid_to) for each in found] == kept


def test_finished_and_cancelled_activities_stay(plan, old):
    done, cancelled, running = (AssignmentFactory(activity__plan=plan, agency=old).activity for _ in range(3))
    update = QuarterlyUpdateFactory(period=plan.reporting_periods.get(ordinal=2), agency=old, status=Status.APPROVED)
    ActivityProgressFactory(update=update, activity=done, state="done")
    type(cancelled).objects.filter(pk=cancelled.pk).update(cancelled_on=date(2026, 5, 1))

    happens(old, into=new())

    assert parts(done) == [("Xã Bản Mới", "lead", None, None)]
    assert parts(cancelled) == [("Xã Bản Mới", "lead", None, None)]
    assert len(parts(running)) == 2
    [standing] = standings(plan.activities.filter(pk=done.pk), load_duties([plan.pk]), today=DAY)
    assert (standing.state, standing.leads) == (State.DONE, ("Xã Bản Mới",))


def test_a_closed_plan_that_still_runs_is_handed_over_too(plan, old):
    """It may be opened again."""
    plan.coordinating_agency, plan.status = old, "closed"
    plan.save()
    activity = AssignmentFactory(activity__plan=plan, agency=old).activity

    happens(old, into=new())

    plan.refresh_from_db()
    assert len(parts(activity)) == 2
    assert plan.coordinating_agency != old


def test_plans_that_are_over_keep_their_agencies(plan, old):
    plan.coordinating_agency, plan.status = old, "replaced"
    plan.save()
    activity = AssignmentFactory(activity__plan=plan, agency=old).activity

    happens(old, into=new())

    plan.refresh_from_db()
    assert (parts(activity), plan.coordinating_agency) == ([("Xã Bản Mới", "lead", None, None)], old)


def test_plans_whose_time_has_passed_keep_their_agencies(plan, old):
    activity = AssignmentFactory(activity__plan=plan, agency=old).activity

    happens(old, into=new(), day=date(2027, 3, 1), today=date(2027, 3, 1))

    assert parts(activity) == [("Xã Bản Mới", "lead", None, None)]


def test_drafts_name_the_successor(plan, old, other):
    draft = PlanFactory(locality=plan.locality, status=PlanStatus.DRAFT, issuing_agency=old, coordinating_agency=old)
    alone = AssignmentFactory(activity__plan=draft, agency=old, name_as_printed="UBND xã Bản Mới").activity
    both = AssignmentFactory(activity__plan=draft, agency=old).activity
    AssignmentFactory(activity=both, agency=other, role="cooperating")

    happens(old, into=other)

    draft.refresh_from_db()
    alone.refresh_from_db()
    assert parts(alone) == [("Xã Suối Đá", "lead", None, None)]
    assert alone.assignments.get().name_as_printed == ""
    assert parts(both) == [("Xã Suối Đá", "lead", None, None)]
    assert (draft.issuing_agency, draft.issuing_agency_name, draft.coordinating_agency) == (other, other.name, other)
    assert alone.version == 2


def test_a_name_of_the_past_report_is_not_doubled(plan, old):
    """On a day before the change only the agency of that time leads; from the day on only its successor."""
    activity = AssignmentFactory(activity__plan=plan, agency=old).activity

    happens(old, into=new())

    duties = load_duties([plan.pk])
    assert duties.names(activity, "lead", date(2026, 6, 14)) == ("Xã Bản Mới",)
    assert duties.names(activity, "lead", DAY) == ("Xã Suối Đá",)
    assert duties.names(activity, "lead", date(2026, 6, 14), now=True) == ("Xã Suối Đá",)


# Groups


def test_places_in_groups_go_over(plan, old, other):
    group = AgencyGroupFactory(locality=plan.locality)
    for agency in (old, other, AgencyFactory(locality=plan.locality, name="Xã Khác")):
        GroupMembershipFactory(group=group, agency=agency)
    AssignmentFactory(activity__plan=plan, group=group)

    into = happens(old, other, into=new("Xã Mới"))

    found = GroupMembership.objects.filter(group=group).order_by("pk")
    assert [(each.agency.name, each.valid_from, each.valid_to) for each in found] == [
        ("Xã Bản Mới", None, EVE),
        ("Xã Suối Đá", None, EVE),
        ("Xã Khác", None, None),
        (into.name, DAY, None),
    ]
    assert obliged(plan, 2) == {"Xã Bản Mới", "Xã Suối Đá", "Xã Khác"}
    assert obliged(plan, 3) == {"Xã Mới", "Xã Khác"}


def test_a_split_takes_all_into_the_groups_and_the_work_to_one(plan, old, other):
    group = GroupMembershipFactory(group__locality=plan.locality, agency=old).group
    activity = AssignmentFactory(activity__plan=plan, agency=old).activity
    person = UserFactory(agency=old)
    first, second = new("Xã Một"), new("Xã Hai")

    happens(old, into=first, kind="split", more=[second])

    assert {each.agency for each in group.memberships.filter(valid_to=None)} == {first, second}
    assert parts(activity)[1:] == [("Xã Một", "lead", DAY, None)]
    person.refresh_from_db()
    assert person.agency == first


def test_the_abolished_leave_their_activities_without_a_lead(plan, old):
    activity = AssignmentFactory(activity__plan=plan, agency=old).activity
    person = UserFactory(agency=old)

    happens(old, into=None, kind="abolish")

    [standing] = standings(plan.activities.filter(pk=activity.pk), load_duties([plan.pk]), today=DAY)
    assert (standing.state, obliged(plan, 3), obliged(plan, 2)) == (State.UNASSIGNED, set(), {"Xã Bản Mới"})
    person.refresh_from_db()
    assert (person.agency, UserEvent.objects.count()) == (old, 0)


def test_a_part_of_the_work_moves_nobody(plan, old, other):
    activity = AssignmentFactory(activity__plan=plan, agency=old).activity
    change = Change(kind="split", effective_on=DAY, links=(Link(old, other, is_main=False),))

    confirm(change, locality=plan.locality, by=UserFactory(agency=old), today=DAY, at=moment())

    old.refresh_from_db()
    assert (old.valid_to, len(parts(activity))) == (None, 1)
    assert plan.locality.reorganisations.get().status == ReorganisationStatus.APPLIED


# People, plans, agencies below


def test_people_keep_their_accounts_and_it_is_written_down(old):
    person = UserFactory(agency=old, is_active=False)

    into = happens(old, into=new())

    person.refresh_from_db()
    event = UserEvent.objects.get()
    assert person.agency == into
    assert (event.user, event.act, event.by_name != "") == (person, UserAct.MOVED, True)
    assert event.note == "Xã Bản Mới → Xã Suối Đá (88/NQ)"


def test_the_successor_coordinates_and_stands_above(plan, old):
    plan.coordinating_agency = old
    plan.save()
    below, gone = (
        AgencyFactory(locality=plan.locality, parent=old),
        AgencyFactory(locality=plan.locality, parent=old, valid_to=date(2026, 1, 1)),
    )
    issued = PlanFactory(locality=plan.locality, issuing_agency=old)

    into = happens(old, into=new())

    for row in (plan, below, gone, issued):
        row.refresh_from_db()
    assert (plan.coordinating_agency, below.parent, gone.parent) == (into, into, old)
    assert issued.issuing_agency == old


def test_another_locality_is_not_touched(old):
    elsewhere = AssignmentFactory()

    happens(old, into=new())

    elsewhere.refresh_from_db()
    assert elsewhere.valid_to is None


# Updates


def begun(plan, agency, ordinal=3, **more):
    return QuarterlyUpdateFactory(period=plan.reporting_periods.get(ordinal=ordinal), agency=agency, **more)


def test_what_was_begun_for_the_running_period_goes_on(plan, old):
    past, running = begun(plan, old, 2), begun(plan, old, 3, leads=False)

    into = happens(old, into=new())

    for update in (past, running):
        update.refresh_from_db()
    assert (past.agency, running.agency) == (old, into)


def test_two_begun_updates_come_together_and_nothing_is_lost(plan, old, other):
    shared, single = ActivityFactory(plan=plan), ActivityFactory(plan=plan)
    flow, stock = IndicatorFactory(), IndicatorFactory(is_stock=True)
    first, second = begun(plan, old, leads=False, results="Một"), begun(plan, other, leads=False, results="Hai")
    line = ActivityProgressFactory(update=first, activity=shared, percent=20, quantity_done=3, words="Xã một làm")
    twin = ActivityProgressFactory(update=second, activity=shared, percent=40, quantity_done=4, words="Xã hai làm")
    OutputCountFactory(progress=line, indicator=flow, value=5)
    OutputCountFactory(progress=twin, indicator=flow, value=6)
    OutputCountFactory(progress=twin, indicator=stock, value=7)
    ActivityProgressFactory(update=second, activity=single, state="done")
    proof = EvidenceFactory(progress=twin)

    into = happens(old, other, into=new("Xã Mới"))

    [update] = QuarterlyUpdate.objects.filter(period__plan=plan)
    line.refresh_from_db()
    proof.refresh_from_db()
    assert (update.agency, update.results) == (into, "Một\nHai")
    assert (line.percent, line.quantity_done, line.words) == (30, 7, "Xã một làm\nXã hai làm")
    assert {count.indicator: count.value for count in line.output_counts.all()} == {flow: 11, stock: 7}
    assert proof.progress == line
    assert ActivityProgress.objects.filter(update=update, activity=single, state="done").exists()


@pytest.mark.parametrize(
    "states, together, percent",
    [
        (("done", "done"), "done", 100),
        (("done", "in_progress"), "in_progress", 70),
        (("not_started", "not_started"), "not_started", 0),
        (("", "in_progress"), "in_progress", 40),
    ],
)
def test_two_lines_say_together_what_is_true_of_both(states, together, percent, plan, old, other):
    activity = ActivityFactory(plan=plan)
    for agency, state in zip((old, other), states, strict=True):
        extra = {"percent": None} if not state else {}
        ActivityProgressFactory(update=begun(plan, agency, leads=False), activity=activity, state=state, **extra)

    happens(old, other, into=new("Xã Mới"))

    line = ActivityProgress.objects.get()
    assert (line.state, line.percent) == (together, percent)
    assert bool(line.completed_on) == (together == "done")


def test_what_was_sent_stays_as_it_is(plan, old):
    sent = begun(plan, old, 2, status=Status.APPROVED, agency_name="Xã Bản Mới")
    early = begun(plan, old, 3, status=Status.SUBMITTED, leads=False)

    happens(old, into=new())

    for update in (sent, early):
        update.refresh_from_db()
    assert (sent.agency, sent.agency_name, early.agency) == (old, "Xã Bản Mới", old)


# A period that was locked since


@pytest.mark.locked
def test_what_is_entered_after_the_lock_moves_as_of_its_day(plan, old, other, clock):
    """What the agencies had begun comes together; what they had sent stays as it was sent."""
    with lock_lifted():
        activity = ActivityFactory(plan=plan)
        first, second = begun(plan, old, leads=False), begun(plan, other, leads=False)
        line = ActivityProgressFactory(update=first, activity=activity, quantity_done=3)
        twin = ActivityProgressFactory(update=second, activity=activity, quantity_done=4)
        OutputCountFactory(progress=twin, value=5)
        EvidenceFactory(progress=twin)
        ContributionFactory(period=first.period, agency=old)
        past = begun(plan, other, 2, leads=False)
    clock(date(2026, 12, 1))
    assert first.period.locks_on < date(2026, 12, 1)

    into = happens(old, other, into=new("Xã Mới"), today=date(2026, 12, 1))

    line.refresh_from_db()
    past.refresh_from_db()
    assert QuarterlyUpdate.objects.filter(period=first.period).get().agency == into
    assert (line.quantity_done, line.output_counts.get().value, line.evidence.count()) == (7, 5, 1)
    assert Contribution.objects.get().agency == into
    assert past.agency == other
    with pytest.raises(PeriodLocked):
        line.save()


# Numbers, none, not applicable


@pytest.mark.parametrize(
    "one, two, together",
    [
        (5, 6, (11, False)),
        (5, "n/a", (5, False)),
        ("n/a", 6, (6, False)),
        (0, "n/a", (0, False)),
        ("n/a", "n/a", (None, True)),
        ("n/a", None, (None, True)),
        (None, 6, (6, False)),
    ],
)
def test_a_number_beats_not_applicable(one, two, together, plan, old, other):
    activity, indicator = ActivityFactory(plan=plan), IndicatorFactory()
    for agency, said in ((old, one), (other, two)):
        line = ActivityProgressFactory(update=begun(plan, agency, leads=False), activity=activity)
        if said is not None:
            facts = {"value": None, "not_applicable": True} if said == "n/a" else {"value": said}
            OutputCountFactory(progress=line, indicator=indicator, **facts)

    happens(old, other, into=new("Xã Mới"))

    count = ActivityProgress.objects.get().output_counts.get()
    assert (count.value, count.not_applicable) == together


@pytest.mark.parametrize(
    "one, two, together",
    [
        ({"quantity_done": 3}, {"quantity_not_applicable": True}, (3, False)),
        ({"quantity_not_applicable": True}, {"quantity_done": 0}, (0, False)),
        ({"quantity_not_applicable": True}, {"quantity_not_applicable": True}, (None, True)),
        ({"quantity_not_applicable": True}, {}, (None, False)),
    ],
)
def test_quantities_that_apply_to_one_of_two(one, two, together, plan, old, other):
    activity = ActivityFactory(plan=plan)
    for agency, said in ((old, one), (other, two)):
        facts = {"quantity_done": None} | said
        ActivityProgressFactory(update=begun(plan, agency, leads=False), activity=activity, **facts)

    happens(old, other, into=new("Xã Mới"))

    line = ActivityProgress.objects.get()
    assert (line.quantity_done, line.quantity_not_applicable) == together


@pytest.mark.parametrize("both", [True, False])
def test_nothing_in_the_period_holds_where_both_say_so(both, plan, old, other):
    activity = ActivityFactory(plan=plan)
    for agency, nothing in ((old, True), (other, both)):
        ActivityProgressFactory(
            update=begun(plan, agency, leads=False),
            activity=activity,
            nothing_in_period=nothing,
            no_evidence_reason=f"Ảnh của {agency.name} chưa về.",
        )

    happens(old, other, into=new("Xã Mới"))

    line = ActivityProgress.objects.get()
    assert line.nothing_in_period == both
    assert line.no_evidence_reason == "Ảnh của Xã Bản Mới chưa về.\nẢnh của Xã Suối Đá chưa về."
    assert (line.version, line.saved_at) == (1, moment(1, month=7))


@pytest.mark.parametrize(
    "one, two, together",
    [
        ("Mưa lũ.", "Chưa có kinh phí.", (True, "Mưa lũ.\nChưa có kinh phí.")),
        ("Mưa lũ.", "", (True, "Mưa lũ.")),
        ("Mưa lũ.", None, (False, "")),
        ("", "", (False, "")),
    ],
)
def test_nothing_to_report_holds_unless_the_other_has_written(one, two, together, plan, old, other):
    """None: it has written something; "": it has only begun."""
    for agency, reason in ((old, one), (other, two)):
        results = "Đã phát 12 tin." if reason is None else ""
        facts = {"nothing_to_report": bool(reason), "nothing_reason": reason or "", "results": results}
        begun(plan, agency, leads=False, **facts)

    happens(old, other, into=new("Xã Mới"))

    update = QuarterlyUpdate.objects.get()
    assert (update.nothing_to_report, update.nothing_reason) == together


def test_a_draft_that_had_been_sent_and_taken_back_keeps_its_rounds(plan, old, other):
    first, second = begun(plan, old, leads=False), begun(plan, other, leads=False)
    for number in (1, 2):
        UpdateEventFactory(update=first, round=number)
    UpdateEventFactory(update=second, round=1)
    comment = ReviewCommentFactory(update=second, round=1)

    happens(old, other, into=new("Xã Mới"))

    first.refresh_from_db()
    comment.refresh_from_db()
    assert sorted(first.events.values_list("round", flat=True)) == [1, 2, 3]
    assert (comment.update, comment.round) == (first, 3)


# What was added, granted, asked


def added(plan, agency, **facts):
    return ContributionFactory(period=plan.reporting_periods.get(ordinal=3), agency=agency, **facts)


def test_parts_in_the_work_of_others_go_over_and_come_together(plan, old, other):
    activity = AssignmentFactory(activity__plan=plan).activity
    first = added(plan, old, activity=activity, words="Xã một góp", quantity=2)
    second = added(plan, other, activity=activity, words="Xã hai góp", quantity=None)
    proof = ContributionEvidenceFactory(contribution=second)

    into = happens(old, other, into=new("Xã Mới"))

    first.refresh_from_db()
    proof.refresh_from_db()
    assert Contribution.objects.count() == 1
    assert (first.agency, first.words, first.quantity) == (into, "Xã một góp\nXã hai góp", 2)
    assert proof.contribution == first


def test_a_part_in_what_the_successor_leads_stays_readable_there(plan, old, other):
    activity = AssignmentFactory(activity__plan=plan, agency=other).activity
    AssignmentFactory(activity=activity, agency=old, role="cooperating")
    part = added(plan, old, activity=activity)

    happens(old, into=other)

    part.refresh_from_db()
    assert part.agency == old


def test_more_time_goes_to_who_has_to_write(plan, old, other):
    running = plan.reporting_periods.get(ordinal=3)
    past = plan.reporting_periods.get(ordinal=2)
    given, ours = ExtensionFactory(period=running, agency=old), ExtensionFactory(period=running, agency=other)
    before = ExtensionFactory(period=past, agency=old)

    happens(old, into=other)

    for row in (given, before):
        row.refresh_from_db()
    assert [(row.agency, row.ordinal) for row in (ours, given)] == [(other, 1), (other, 2)]
    assert before.agency == old


def test_more_time_stays_with_what_has_to_be_corrected(plan, old):
    update = begun(plan, old, 3, status=Status.RETURNED, leads=False)
    given = ExtensionFactory(period=update.period, agency=old)

    happens(old, into=new())

    given.refresh_from_db()
    assert given.agency == old


@pytest.mark.parametrize("status, moves", [("asked", True), ("answered", True), ("concluded", False)])
def test_what_is_asked_waits_for_the_successor(status, moves, plan, old):
    explanation = ExplanationFactory(activity__plan=plan, agency=old, status=status)

    into = happens(old, into=new())

    explanation.refresh_from_db()
    assert explanation.agency == (into if moves else old)


def test_two_that_are_asked_the_same_keep_both_questions(plan, old, other):
    activity = ActivityFactory(plan=plan)
    first, second = (ExplanationFactory(activity=activity, agency=agency) for agency in (old, other))
    person = UserFactory(agency=old)

    into = happens(old, other, into=new("Xã Mới"))

    person.refresh_from_db()
    for row in (first, second):
        row.refresh_from_db()
    assert (first.agency, second.agency) == (into, other)
    assert all(can_answer_explanation(person, row) for row in (first, second))


def test_letters_of_the_past_stay(plan, old):
    letter = DigestFactory(locality=plan.locality, agency=old)

    happens(old, into=new())

    letter.refresh_from_db()
    assert letter.agency == old


# Numbers until the successor speaks


def test_what_the_predecessors_said_holds_until_the_successor_says_more(plan, old, other):
    activity = ActivityFactory(plan=plan)
    for agency in (old, other):
        AssignmentFactory(activity=activity, agency=agency)
        update = begun(plan, agency, 2, status=Status.APPROVED, leads=False)
        ActivityProgressFactory(update=update, activity=activity, percent=50, quantity_done=10)

    def state(today):
        [row] = standings(plan.activities.all(), load_duties([plan.pk]), today=today)
        return row.state, row.percent, row.quantity_done, row.reporters, row.obliged

    assert state(EVE) == (State.IN_PROGRESS, 50, 20, 2, 2)
    into = happens(old, other, into=new("Xã Mới"))
    assert state(DAY) == (State.IN_PROGRESS, 50, 20, 1, 1)

    update = begun(plan, into, 3, status=Status.SUBMITTED, leads=False)
    ActivityProgressFactory(update=update, activity=activity, percent=80, quantity_done=5)
    assert state(date(2026, 9, 20)) == (State.IN_PROGRESS, 80, 25, 1, 1)


def test_a_stock_is_not_counted_twice(plan, old, other):
    activity = ActivityFactory(plan=plan, indicator=IndicatorFactory(is_stock=True), target_quantity=500)
    for agency, value in ((old, 100), (other, 50)):
        AssignmentFactory(activity=activity, agency=agency)
        update = begun(plan, agency, 2, status=Status.APPROVED, leads=False)
        ActivityProgressFactory(update=update, activity=activity, quantity_done=value)

    def quantity():
        [row] = standings(plan.activities.all(), load_duties([plan.pk]), today=DAY + timedelta(days=90))
        return row.quantity_done

    into = happens(old, into=other)
    assert quantity() == 150
    update = begun(plan, into, 3, status=Status.APPROVED, leads=False)
    ActivityProgressFactory(update=update, activity=activity, quantity_done=160)
    assert quantity() == 160


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_processes_at_midnight_carry_it_out_once():
    plan = PlanFactory()
    agency = AgencyFactory(locality=plan.locality)
    AssignmentFactory(activity__plan=plan, agency=agency)
    UserFactory(agency=agency)
    happens(agency, into=new(), today=EVE)
    done, together = [], Barrier(2)

    def process():
        together.wait()
        done.append(apply_due(DAY, moment(1, month=7)))
        connection.close()

    threads = [Thread(target=process) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [0, 1]
    assert (Assignment.objects.count(), UserEvent.objects.count()) == (2, 1)
