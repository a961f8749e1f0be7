"""Mending what the check found, in place: one step each, done on the draft as it is now, and undone like any edit."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency
from plans.drafting import lock
from plans.parties import Party

from .check import check_plan
from .drafting import ROLES, change_activities, read_activities, state_of
from .numbers import next_number
from .rules import nearest_in_period


@transaction.atomic
def repair(plan, rule, subject, value, *, by, at):
    """Do what the finding (`rule`, `subject`) offers, with the chosen `value`; the sentence that says what was done.

    Raises:
        PermissionDenied: the plan is not, or no longer, this person's to write on.
        ValidationError: the finding is no longer there, or the choice is none it offers.
    """
    plan = lock(plan, by)
    findings = check_plan(plan, today=at.date()).findings
    finding = next((each for each in findings if (each.rule, each.subject) == (rule, subject)), None)
    offered = next((each for each in finding.repairs if each.action), None) if finding else None
    if offered is None or (offered.choices and value not in dict(offered.choices)):
        raise ValidationError(_("This has been mended meanwhile, or it cannot be mended so. Look at it once more."))
    return REPAIRS[offered.action](plan, subject, value, by, at)


def _activity(plan, subject):
    return read_activities(plan).get(pk=subject.split("-")[1])


def _assign_lead(plan, subject, value, by, at):
    activity, agency = _activity(plan, subject), Agency.objects.visible_to(by).get(pk=value)
    lead, parties = [*Party(agency.pk)], _parties(activity)
    cooperating = [party for party in parties["cooperating"] if party[0] != agency.pk]
    _change(plan, activity, {"lead": [lead, *parties["lead"]], "cooperating": cooperating}, by, at)
    return _("%(agency)s leads activity %(number)s.") % {"agency": agency.name, "number": activity.number}


def _put_successor(plan, subject, value, by, at):
    """The successor takes the place of the agency that ended, once: leading wins over cooperating."""
    activity, ended = _activity(plan, subject), int(subject.split("-")[2])
    successor = Agency.objects.visible_to(by).get(pk=value)
    lead, cooperating = (_replaced(parties, ended, successor.pk) for parties in _parties(activity).values())
    leading = {party[0] for party in lead} - {None}
    cooperating = [party for party in cooperating if party[0] not in leading]
    _change(plan, activity, {"lead": lead, "cooperating": cooperating}, by, at)
    return _("Activity %(number)s now names %(agency)s.") % {"number": activity.number, "agency": successor}


def _parties(activity):
    state = state_of(activity)
    return {name: state[name] for name in ROLES}


def _replaced(parties, ended, successor):
    """`parties` with `successor` (a key) where `ended` stood, unless it stands there already."""
    is_there = any(party[0] == successor for party in parties)
    kept = [party for party in parties if not (is_there and party[0] == ended)]
    return [[*Party(successor)] if party[0] == ended else party for party in kept]


def _move_deadline(plan, subject, value, by, at):
    activity = _activity(plan, subject)
    old, new = activity.deadline, nearest_in_period(activity.deadline, plan)
    words = activity.schedule_text.replace(str(old.year), str(new.year))
    _change(plan, activity, {"deadline": new.isoformat(), "schedule_text": words}, by, at)
    return _("The deadline of activity %(number)s is now %(day)s.") % {
        "number": activity.number,
        "day": f"{new:%d/%m/%Y}",
    }


def _change(plan, activity, values, by, at):
    change_activities(plan, {activity.pk: values}, by=by, at=at)


def _take_next_number(plan, subject, value, by, at):
    year = (plan.issued_on or at.date()).year
    _old, slash, code = plan.number.partition("/")
    plan.number = f"{next_number(plan, year):02d}{slash}{code}"
    plan.save(update_fields=["number", "title_search"])
    return _("The number is now %(number)s.") % {"number": plan.number}


REPAIRS = {
    "lead": _assign_lead,
    "successor": _put_successor,
    "deadline": _move_deadline,
    "next_number": _take_next_number,
}
