"""Carrying out a reorganisation: on its day, people, open work and duties go over to the agencies that carry on.

What was done before keeps the names of its time: ended assignments, updates and reports are left as they are.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User, UserAct, UserEvent
from agencies.models import Agency, GroupMembership, Locality, Reorganisation, ReorganisationStatus
from agencies.scheduling import Change, schedule
from plans.models import Plan, PlanStatus, Purpose, ReportingDuty
from plans.permissions import IN_FORCE

from .explaining import OPEN
from .models import (
    Activity,
    Assignment,
    AssignmentRole,
    Contribution,
    ContributionEvidence,
    Evidence,
    Explanation,
    Extension,
    OutputCount,
    ProgressState,
    QuarterlyUpdate,
    ReviewComment,
    Status,
    UpdateEvent,
    writing_at,
)
from .obligations import load_duties
from .progress import FINISHED, reported_state, standings
from .saving import WORDS

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Handover:
    """One ending agency: `new` takes over its people and open work (`leaving`), `members` its places in groups."""

    reorganisation: Reorganisation
    old: Agency
    new: Agency | None
    members: tuple[Agency, ...]
    leaving: tuple[Assignment, ...]
    at: datetime

    @property
    def day(self):
        return self.reorganisation.effective_on

    @property
    def eve(self):
        return self.day - DAY

    @property
    def midnight(self):
        """The moment it happens, whenever it is entered.

        What moves is judged by it: a period that ends on the day or later was open then, and nothing that moves in it
        has been sent, so that no figure of a period locked since changes.
        """
        return timezone.make_aware(datetime.combine(self.day, time.min))


def confirm(change, *, locality, by, today, at):
    """Enter `change`, and carry it out at once where its day has come. Returns the Reorganisation.

    Raises:
        ValidationError: something stands against it, by field.
    """
    with transaction.atomic():
        reorganisation = schedule(change, locality=locality, by=by, at=at)
        if reorganisation.effective_on <= today:
            carry_out(reorganisation.pk, today=today, at=at)
    reorganisation.refresh_from_db()
    return reorganisation


def apply_due(today, at):
    """Carry out every reorganisation whose day has come, each wholly or not at all; returns how many."""
    due = Reorganisation.objects.filter(status=ReorganisationStatus.SCHEDULED, effective_on__lte=today)
    keys = list(due.order_by("effective_on", "pk").values_list("pk", flat=True))
    return sum(carry_out(key, today=today, at=at) for key in keys)


@transaction.atomic
def carry_out(pk, *, today, at):
    """Carry out one reorganisation; False where that has been done, or it was called off."""
    waiting = Reorganisation.objects.select_for_update().filter(pk=pk, status=ReorganisationStatus.SCHEDULED)
    reorganisation = waiting.first()
    if reorganisation is None:
        return False
    Locality.objects.select_for_update().get(pk=reorganisation.locality_id)
    for handover in list(_handovers(reorganisation, today, at)):
        _hand_over(handover)
    reorganisation.status = ReorganisationStatus.APPLIED
    reorganisation.applied_at = at
    reorganisation.save(update_fields=["status", "applied_at"])
    return True


def _handovers(reorganisation, today, at):
    """What each ending agency hands over, as everything stood before any of them did."""
    change = Change.of(reorganisation)
    leaving = open_assignments(change.ending, change.effective_on, today=today)
    for old in change.ending:
        links = [link for link in change.links if link.predecessor == old and link.successor]
        yield Handover(
            reorganisation,
            old,
            new=next((link.successor for link in links if link.is_main), None),
            members=tuple(link.successor for link in links),
            leaving=tuple(each for each in leaving if each.agency_id == old.pk),
            at=at,
        )


def _hand_over(handover):
    handover.old.valid_to = handover.eve
    handover.old.save(update_fields=["valid_to"])
    _memberships(handover)
    _assignments(handover)
    if handover.new:
        _drafts(handover)
        _plans(handover)
        _children(handover)
        _people(handover)
        with writing_at(handover.midnight):
            _unsent_updates(handover)
            _contributions(handover)
            _extensions(handover)
        _explanations(handover)


def living_plans(day):
    """Plans issued that still run on `day`, closed ones too, for they may be opened again; those before it keep the
    agencies they had."""
    return Plan.objects.real().filter(status__in=(*IN_FORCE, PlanStatus.CLOSED), period_end__gte=day)


def open_assignments(agencies, day, *, today):
    """What the agencies lead or cooperate in from `day` on, in plans in force; finished activities stay theirs."""
    found = Assignment.objects.filter(agency__in=agencies, activity__plan__in=living_plans(day))
    found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    found = list(found.select_related("activity", "agency").order_by("activity", "role", "position", "pk"))
    finished = finished_activities({each.activity_id for each in found}, day=max(day, today))
    return [each for each in found if each.activity_id not in finished]


def finished_activities(activities, *, day):
    """Which of them (keys) are done or cancelled on `day`."""
    rows = Activity.objects.filter(pk__in=activities)
    duties = load_duties(list(rows.values_list("plan", flat=True).distinct()))
    return {row.activity.pk for row in standings(rows, duties, today=day) if row.state in FINISHED}


# Groups


def _memberships(handover):
    open_ones = GroupMembership.objects.filter(agency=handover.old).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=handover.day)
    )
    for membership in open_ones:
        for agency in handover.members:
            _join(membership.group_id, agency, handover.day)
        _end(membership, handover)


def _join(group_id, agency, day):
    """Make the agency a member from `day` on; one that was a member before becomes one again."""
    membership, _created = GroupMembership.objects.get_or_create(
        group_id=group_id, agency=agency, defaults={"valid_from": day}
    )
    if membership.valid_to and membership.valid_to < day:
        membership.valid_to = None
        membership.save(update_fields=["valid_to"])


def _end(row, handover):
    """A membership or assignment ends on the eve; one that would only have begun is not needed."""
    if row.valid_from and row.valid_from > handover.eve:
        row.delete()
    else:
        row.valid_to = handover.eve
        row.save(update_fields=["valid_to"])


# Assignments


def _assignments(handover):
    for assignment in handover.leaving:
        _end(assignment, handover)
        if handover.new:
            _assign(assignment, handover)


def _assign(assignment, handover):
    """Give the successor the part of its predecessor, once: leading wins over cooperating."""
    part = Assignment.objects.filter(
        activity=assignment.activity_id, agency=handover.new, valid_to__isnull=True
    ).first()
    if part and (part.role == AssignmentRole.LEAD or assignment.role == AssignmentRole.COOPERATING):
        return
    if part:
        _end(part, handover)
    Assignment.objects.create(
        activity_id=assignment.activity_id,
        role=assignment.role,
        agency=handover.new,
        position=assignment.position,
        valid_from=handover.day,
    )


def _drafts(handover):
    """In what is being drafted the successor simply stands in the predecessor's place.

    But in an amendment's copy of a finished activity, which stays the predecessor's.
    """
    drafted = Assignment.objects.filter(
        agency=handover.old, activity__plan__status=PlanStatus.DRAFT, valid_to__isnull=True
    )
    finished = Activity.objects.filter(
        plan__purpose=Purpose.AMENDMENT,
        origin__assignments__agency=handover.old,
        origin__assignments__valid_to__isnull=True,
    )
    touched = set()
    for assignment in drafted.exclude(activity__in=finished):
        touched.add(assignment.activity_id)
        _replace(assignment, handover.new)
    Activity.objects.filter(pk__in=touched).update(version=F("version") + 1, edited_by=None, edited_at=handover.at)


def _replace(assignment, new):
    part = Assignment.objects.filter(activity=assignment.activity_id, agency=new, valid_to__isnull=True).first()
    if part is None:
        assignment.agency, assignment.name_as_printed = new, ""
        assignment.save(update_fields=["agency", "name_as_printed"])
        return
    if assignment.role == AssignmentRole.LEAD and part.role == AssignmentRole.COOPERATING:
        part.role, part.position = assignment.role, assignment.position
        part.save(update_fields=["role", "position"])
    assignment.delete()


# Plans, agencies below, people


def _plans(handover):
    """Who coordinates plans that run or are drafted; who issues and reports in those that are drafted."""
    drafts = Plan.objects.filter(status=PlanStatus.DRAFT)
    for plans in (living_plans(handover.day), drafts):
        plans.filter(coordinating_agency=handover.old).update(coordinating_agency=handover.new)
    ReportingDuty.objects.filter(reporter=handover.old, plan__status=PlanStatus.DRAFT).update(reporter=handover.new)
    for plan in drafts.filter(issuing_agency=handover.old):
        plan.issuing_agency, plan.issuing_agency_name = handover.new, handover.new.name
        plan.save(update_fields=["issuing_agency", "issuing_agency_name", "title_search"])


def _children(handover):
    below = Agency.objects.filter(parent=handover.old).exclude(pk=handover.new.pk)
    below.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=handover.day)).update(parent=handover.new)


def _people(handover):
    """They keep their accounts and change the agency."""
    people = User.objects.filter(agency=handover.old)
    reorganisation = handover.reorganisation
    note = f"{handover.old.name} → {handover.new.name} ({reorganisation.decision_number})"
    UserEvent.objects.bulk_create(
        UserEvent(
            user=person,
            act=UserAct.MOVED,
            by_id=reorganisation.by_id,
            by_name=reorganisation.by_name,
            at=handover.at,
            note=note[:300],
        )
        for person in people
    )
    people.update(agency=handover.new)


# Updates begun for a period that ends under the new name


def _unsent_updates(handover):
    """What was begun goes on under the successor; where it has begun its own, the lines come together there."""
    begun = QuarterlyUpdate.objects.filter(agency=handover.old, status=Status.DRAFT, period__ends_on__gte=handover.day)
    for update in begun:
        own = QuarterlyUpdate.objects.filter(agency=handover.new, period=update.period_id).first()
        if own is None:
            update.agency = handover.new
            update.save(update_fields=["agency"])
        elif own.status in (Status.DRAFT, Status.RETURNED):
            _join_updates(update, own, handover.at)


def _join_updates(update, own, at):
    both_nothing = all(each.nothing_to_report or _is_blank(each) for each in (own, update))
    own.nothing_to_report = both_nothing and (own.nothing_to_report or update.nothing_to_report)
    own.nothing_reason = _joined(own.nothing_reason, update.nothing_reason) if own.nothing_to_report else ""
    lines = {line.activity_id: line for line in own.progress_rows.all()}
    for line in update.progress_rows.all():
        if line.activity_id in lines:
            _join_lines(line, lines[line.activity_id], at)
        else:
            line.update = own
            line.save(update_fields=["update"])
    for field in WORDS:
        setattr(own, field, _joined(getattr(own, field), getattr(update, field)))
    own.version += 1
    own.saved_at = at
    own.save()
    _keep_history(update, own)
    update.delete()


def _is_blank(update):
    """Nobody has written anything in it."""
    return not any(getattr(update, field) for field in WORDS) and not update.progress_rows.exists()


def _keep_history(update, own):
    """A draft that had been sent and taken back: its rounds follow those of the update it goes into."""
    rounds = own.events.filter(move="submit").count()
    UpdateEvent.objects.filter(update=update).update(update=own, round=F("round") + rounds)
    ReviewComment.objects.filter(update=update).update(update=own, round=F("round") + rounds)


def _join_lines(line, own, at):
    """Two agencies wrote of the same activity: quantities and counts are summed, words stand one below the other.

    A number beats "not applicable" and what was done beats "nothing in this period"; where only one of the two says
    so and the other is blank, it stays to be counted.
    """
    states = [each.state for each in (own, line) if each.state]
    percents = [each.percent for each in (own, line) if each.percent is not None]
    quantities = [each.quantity_done for each in (own, line) if each.quantity_done is not None]
    days = [each.completed_on for each in (own, line) if each.completed_on]
    own.state = reported_state(states, 1) or ""
    done = own.state == ProgressState.DONE
    own.percent = 100 if done else round(sum(percents) / len(percents)) if percents else None
    own.quantity_done = sum(quantities) if quantities else None
    own.quantity_not_applicable = own.quantity_not_applicable and line.quantity_not_applicable
    own.nothing_in_period = own.nothing_in_period and line.nothing_in_period
    own.completed_on = max(days) if done and days else None
    own.words = _joined(own.words, line.words)
    own.no_evidence_reason = _joined(own.no_evidence_reason, line.no_evidence_reason)
    own.version += 1
    own.saved_at = at
    own.save()
    _join_counts(line, own)
    Evidence.objects.filter(progress=line).update(progress=own)


def _join_counts(line, own):
    """Numbers are summed; where only one of the two has a number, it holds."""
    counts = {count.indicator_id: count for count in own.output_counts.all()}
    for count in OutputCount.objects.filter(progress=line):
        there = counts.get(count.indicator_id)
        if there is None:
            count.progress = own
            count.save(update_fields=["progress"])
        elif not count.not_applicable:
            there.value, there.not_applicable = (there.value or 0) + count.value, False
            there.save(update_fields=["value", "not_applicable"])


def _joined(first, second):
    return "\n".join(words for words in (first.strip(), second.strip()) if words)


# What was added to activities that others lead


def _contributions(handover):
    """The successor may go on with them; but what was added to an activity that it leads itself stays readable there
    under the name of that time."""
    added = Contribution.objects.filter(agency=handover.old, period__ends_on__gte=handover.day)
    added = list(added.select_related("period", "activity"))
    duties = load_duties({each.activity.plan_id for each in added}) if added else None
    for part in added:
        if handover.new not in duties.leads_on(part.activity, part.period.ends_on):
            _pass_on_part(part, handover)


def _pass_on_part(part, handover):
    own = Contribution.objects.filter(agency=handover.new, period=part.period, activity=part.activity).first()
    if own is None:
        part.agency = handover.new
        part.save(update_fields=["agency"])
        return
    quantities = [each.quantity for each in (own, part) if each.quantity is not None]
    own.words, own.quantity = _joined(own.words, part.words), sum(quantities) if quantities else None
    own.version, own.saved_at = own.version + 1, handover.at
    own.save()
    ContributionEvidence.objects.filter(contribution=part).update(contribution=own)
    part.delete()


# More time, and what is to be explained


def _extensions(handover):
    """More time goes to who has to write: it stays where an update that was sent stays, to be corrected there."""
    staying = QuarterlyUpdate.objects.filter(agency=handover.old).values("period")
    given = Extension.objects.filter(agency=handover.old, period__ends_on__gte=handover.day)
    for extension in given.exclude(period__in=staying).order_by("ordinal"):
        before = Extension.objects.filter(agency=handover.new, period=extension.period_id).count()
        extension.agency, extension.ordinal = handover.new, before + 1
        extension.save(update_fields=["agency", "ordinal"])


def _explanations(handover):
    """What waits for an answer or a conclusion waits for the successor; where it is being asked about the same
    activity itself, its people find both."""
    waiting = Explanation.objects.filter(status__in=OPEN)
    asked = list(waiting.filter(agency=handover.new).values_list("activity", flat=True))
    waiting.filter(agency=handover.old).exclude(activity__in=asked).update(
        agency=handover.new, version=F("version") + 1
    )
