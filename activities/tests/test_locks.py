"""A locked period is closed for writing, whoever writes and by whatever way: the guard below everything."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from accounts.tests.factories import login
from activities.locks import Extensions, Stage, is_open, last_day, stage_of
from activities.models import (
    ActivityProgress,
    Contribution,
    Evidence,
    OutputCount,
    PeriodLocked,
    QuarterlyUpdate,
    Status,
    lock_lifted,
    writing_at,
)

from .factories import (
    ActivityFactory,
    ActivityProgressFactory,
    AssignmentFactory,
    ContributionEvidenceFactory,
    ContributionFactory,
    EvidenceFactory,
    ExtensionFactory,
    IndicatorFactory,
    OutputCountFactory,
    QuarterlyUpdateFactory,
    ReportingPeriodFactory,
    make_world,
    moment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LAST = moment(day=30, month=6)  # the last day on which the second quarter can be written in
FIRST = moment(day=1, month=7)  # the day of the lock


@pytest.fixture
def world():
    with lock_lifted():
        world = make_world(activities=2)
        world.count = OutputCountFactory(progress=world.line)
        world.item = EvidenceFactory(progress=world.line, added_by=world.focal_point)
        world.part = ContributionFactory(period=world.period, activity=world.all_activities[1], agency=world.agency)
        world.proof = ContributionEvidenceFactory(contribution=world.part, added_by=world.focal_point)
        world.other_line = world.update.progress_rows.exclude(pk=world.line.pk).get()
        later = ReportingPeriodFactory(plan=world.plan, ordinal=3)
        world.later = QuarterlyUpdateFactory(period=later, agency=world.agency)
        return world


def changed(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    return row


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# way: what a hand in the shell, an import or an address might do
def part_of_later(world):
    """The agency's part in the period that is still open."""
    with lock_lifted():
        return ContributionFactory(period=world.later.period, activity=world.activity, agency=world.agency)


WAYS = {
    "update saved": lambda world: changed(fresh(world.update), results="x").save(),
    "update saved, one field": lambda world: changed(fresh(world.update), proposals="x").save(
        update_fields=["proposals"]
    ),
    "update sent": lambda world: changed(fresh(world.update), submitted_at=FIRST).save(),
    "update made": lambda world: QuarterlyUpdate.objects.create(period=world.period, agency=other_agency(world)),
    "update got or made": lambda world: QuarterlyUpdate.objects.get_or_create(
        period=world.period, agency=other_agency(world)
    ),
    "updates made": lambda world: QuarterlyUpdate.objects.bulk_create(
        [QuarterlyUpdate(period=world.period, agency=other_agency(world))]
    ),
    "updates changed": lambda world: QuarterlyUpdate.objects.update(results="x"),
    "updates changed in bulk": lambda world: QuarterlyUpdate.objects.bulk_update(
        [changed(fresh(world.update), results="x")], ["results"]
    ),
    "update deleted": lambda world: fresh(world.update).delete(),
    "updates deleted": lambda world: QuarterlyUpdate.objects.filter(pk=world.update.pk).delete(),
    "updates of the period deleted": lambda world: world.period.updates.all().delete(),
    "update taken over": lambda world: changed(
        fresh(world.update), on_behalf_by=world.coordinator, on_behalf_name="Tuấn", on_behalf_reason="Mất mạng"
    ).save(),
    "updates taken over": lambda world: QuarterlyUpdate.objects.update(
        on_behalf_by=world.coordinator, on_behalf_name="Tuấn", on_behalf_reason="Mất mạng"
    ),
    "part taken away": lambda world: changed(fresh(world.part), period=world.later.period).save(),
    "part taken away, one field": lambda world: changed(fresh(world.part), period=world.later.period).save(
        update_fields=["period"]
    ),
    "parts taken away": lambda world: Contribution.objects.filter(pk=world.part.pk).update(period=world.later.period),
    "part brought in": lambda world: changed(part_of_later(world), period=world.period).save(),
    "parts brought in": lambda world: Contribution.objects.filter(pk=part_of_later(world).pk).update(
        period=world.period
    ),
    "parts brought in by their key": lambda world: Contribution.objects.filter(pk=part_of_later(world).pk).update(
        period_id=world.period.pk
    ),
    "line saved": lambda world: changed(fresh(world.line), words="x").save(),
    "line made": lambda world: ActivityProgress.objects.create(update=world.update, activity=new_activity(world)),
    "line made by its relation": lambda world: world.update.progress_rows.create(activity=new_activity(world)),
    "lines made": lambda world: ActivityProgress.objects.bulk_create(
        [ActivityProgress(update=world.update, activity=new_activity(world))]
    ),
    "lines changed": lambda world: ActivityProgress.objects.filter(update=world.update).update(words="x"),
    "lines changed by their relation": lambda world: world.update.progress_rows.update(percent=0),
    "lines changed in bulk": lambda world: ActivityProgress.objects.bulk_update(
        [changed(fresh(world.line), words="x")], ["words"]
    ),
    "line deleted": lambda world: fresh(world.line).delete(),
    "lines deleted": lambda world: ActivityProgress.objects.all().delete(),
    "line taken away": lambda world: changed(fresh(world.line), update=world.later).save(),
    "lines taken away": lambda world: ActivityProgress.objects.filter(pk=world.line.pk).update(update=world.later),
    "line brought in": lambda world: changed(fresh(line_of_later(world)), update=world.update).save(),
    "lines brought in": lambda world: ActivityProgress.objects.filter(pk=line_of_later(world).pk).update(
        update=world.update
    ),
    "count saved": lambda world: changed(fresh(world.count), value=99).save(),
    "count made": lambda world: OutputCount.objects.create(progress=world.line, indicator=IndicatorFactory(), value=1),
    "count made or changed": lambda world: OutputCount.objects.update_or_create(
        progress=world.line, indicator=world.count.indicator, defaults={"value": 99}
    ),
    "counts made": lambda world: OutputCount.objects.bulk_create(
        [OutputCount(progress=world.line, indicator=IndicatorFactory(), value=1)]
    ),
    "counts changed": lambda world: OutputCount.objects.update(value=99),
    "count deleted": lambda world: fresh(world.count).delete(),
    "counts deleted": lambda world: world.line.output_counts.all().delete(),
    "evidence saved": lambda world: changed(fresh(world.item), url="https://minhhoa.example/khac").save(),
    "evidence made": lambda world: EvidenceFactory(progress=world.line, added_by=world.focal_point),
    "evidence changed": lambda world: Evidence.objects.update(removed_at=FIRST),
    "evidence deleted": lambda world: fresh(world.item).delete(),
    "evidence taken away": lambda world: changed(fresh(world.item), progress=line_of_later(world)).save(),
    "evidence deleted at once": lambda world: Evidence.objects.all().delete(),
    "part saved": lambda world: changed(fresh(world.part), words="x").save(),
    "part made": lambda world: ContributionFactory(period=world.period, activity=world.activity, agency=world.agency),
    "parts changed": lambda world: Contribution.objects.update(words="x"),
    "parts changed in bulk": lambda world: Contribution.objects.bulk_update(
        [changed(fresh(world.part), words="x")], ["words"]
    ),
    "parts deleted": lambda world: world.period.contributions.all().delete(),
    "evidence of a part saved": lambda world: changed(fresh(world.proof), url="https://minhhoa.example/x").save(),
    "evidence of a part deleted": lambda world: fresh(world.proof).delete(),
}


def other_agency(world):
    with lock_lifted():
        return AssignmentFactory(activity=world.activity).agency


def new_activity(world):
    return ActivityFactory(plan=world.plan)


def line_of_later(world):
    return ActivityProgressFactory(update=world.later, activity=new_activity(world))


def refused(world, moment, ways):
    """The ways that the lock stops at `moment`; nothing of any is kept."""
    stopped = []
    for way in ways:
        with transaction.atomic():
            try:
                with writing_at(moment):
                    WAYS[way](world)
            except PeriodLocked:
                stopped.append(way)
            transaction.set_rollback(True)
    return stopped


OWN_WAYS = [way for way in WAYS if "update" not in way.split()[0] or "made" not in way]


@pytest.mark.locked
def test_a_locked_period_is_not_written_in(world):
    assert refused(world, FIRST, WAYS) == list(WAYS)


@pytest.mark.locked
def test_on_its_last_day_it_is(world):
    assert refused(world, LAST, WAYS) == []


@pytest.mark.locked
def test_what_was_refused_has_left_no_trace(world):
    with writing_at(FIRST), pytest.raises(PeriodLocked, match="has been locked since 01/07/2026"):
        WAYS["lines changed"](world)

    world.line.refresh_from_db()
    assert world.line.words == "Đã tổ chức 03 hội nghị."


@pytest.mark.locked
def test_with_more_time_the_agency_writes(world):
    ExtensionFactory(period=world.period, agency=world.agency, until=date(2026, 7, 10))

    assert refused(world, moment(day=10, month=7), OWN_WAYS) == []
    assert refused(world, moment(day=11, month=7), OWN_WAYS) == OWN_WAYS


@pytest.mark.locked
def test_another_agencys_time_opens_nothing(world):
    ExtensionFactory(period=world.period, until=date(2026, 7, 31))
    ExtensionFactory(period=world.later.period, agency=world.agency, until=date(2027, 7, 10))

    assert refused(world, moment(day=2, month=7), WAYS) == list(WAYS)


@pytest.mark.locked
def test_a_period_opened_again_is_written_in(world):
    world.period.locks_on = date(2026, 8, 1)
    world.period.save()

    assert refused(world, moment(day=31, month=7), WAYS) == []
    assert refused(world, moment(day=1, month=8), WAYS) == list(WAYS)


@pytest.mark.locked
def test_a_decision_of_the_reviewer_is_no_writing(world):
    """What was sent in time is approved after the lock."""
    with lock_lifted():
        QuarterlyUpdate.objects.filter(pk=world.update.pk).update(
            status=Status.SUBMITTED, submitted_at=LAST, first_submitted_at=LAST
        )

    with writing_at(FIRST):
        changed(fresh(world.update), status=Status.APPROVED, reviewer=world.coordinator).save()
        QuarterlyUpdate.objects.filter(pk=world.update.pk).update(review_began_at=FIRST)
        QuarterlyUpdate.objects.bulk_update([changed(fresh(world.update), reviewer=None)], ["reviewer"])

    assert fresh(world.update).status == Status.APPROVED


@pytest.mark.locked
def test_where_nobody_says_when_the_clock_does(world, clock):
    clock(date(2026, 6, 30))
    changed(fresh(world.line), words="x").save()

    clock(date(2026, 7, 1))
    with pytest.raises(PeriodLocked):
        changed(fresh(world.line), words="y").save()


def test_a_request_is_judged_by_its_own_day(world, clock):
    """Although this test itself may write anything."""
    browser = login(world.focal_point)
    address = reverse("activities:evidence_remove", args=[world.item.pk])

    clock(date(2026, 7, 1))
    assert browser.post(address).status_code == 403
    assert Evidence.objects.filter(removed_at=None).count() == 1

    clock(date(2026, 6, 30))
    assert browser.post(address).status_code == 302
    assert Evidence.objects.filter(removed_at=None).count() == 0


def test_a_command_too(world, clock):
    """The demo builds the past; what it says is its own matter, and ends with it."""
    clock(date(2026, 7, 1))
    call_command("load_plans", verbosity=0)

    with writing_at(FIRST), pytest.raises(PeriodLocked):
        changed(fresh(world.line), words="x").save()


# What pages say of it


def test_the_last_day():
    period = ReportingPeriodFactory()

    assert last_day(period) == date(2026, 6, 30)
    assert is_open(period, 1, date(2026, 6, 30))
    assert not is_open(period, 1, date(2026, 7, 1))


def test_each_agency_has_its_own_last_day():
    extension = ExtensionFactory(until=date(2026, 7, 10))
    period, extensions = extension.period, Extensions.of([extension.period])

    assert extensions.until(period, extension.agency_id) == date(2026, 7, 10)
    assert extensions.until(period, 0) == date(2026, 6, 30)
    assert extensions.is_open(period, extension.agency_id, date(2026, 7, 10))
    assert not extensions.is_open(period, extension.agency_id, date(2026, 7, 11))


@pytest.mark.parametrize(
    "day, stage",
    [
        (date(2026, 3, 14), Stage.AHEAD),
        (date(2026, 3, 15), Stage.RUNNING),
        (date(2026, 6, 14), Stage.RUNNING),
        (date(2026, 6, 15), Stage.DUE),
        (date(2026, 6, 16), Stage.DUE),
        (date(2026, 6, 17), Stage.LATE),
        (date(2026, 6, 30), Stage.LATE),
        (date(2026, 7, 1), Stage.LOCKED),
    ],
)
def test_due_and_locked_are_two_days(day, stage):
    assert stage_of(ReportingPeriodFactory(), day) == stage
