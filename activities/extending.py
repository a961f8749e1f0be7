"""Opening and closing a period out of turn: for one agency, for everybody again, or before its day. Each by name, for
a reason, and kept as an event."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from accounts.models import NotificationKind
from accounts.notifying import tell

from .locks import PASSED, Extensions, last_day
from .models import Extension, PeriodAct, PeriodEvent, ReportingPeriod
from .obligations import load_duties, reporting_agencies
from .reporting_rules import rules_of
from .workmates import coordinators_of, people_of

DAY = timedelta(days=1)
LONGEST = timedelta(days=92)  # a quarter ahead: whoever needs more gets it then


@transaction.atomic
def extend(period, agency, *, until, reason, by, at):
    """Let `agency` write in `period` until the end of `until`; returns the Extension.

    Lateness is counted from the deadline all the same.

    Raises:
        ValidationError: no reason, a day that opens nothing, or the agency has had its extensions.
    """
    period = _held(period)
    reason = _stated(reason, _("Say why the agency gets more time: the reason stays with the period."))
    given = list(period.extensions.filter(agency=agency).order_by("ordinal"))
    _check_count(period, given)
    _check_until(period, given, until, timezone.localtime(at).date())
    extension = Extension.objects.create(
        period=period,
        agency=agency,
        ordinal=given[-1].ordinal + 1 if given else 1,
        until=until,
        reason=reason,
        by=by,
        by_name=by.full_name,
        at=at,
    )
    before = given[-1].until if given else last_day(period)
    event = _record(period, PeriodAct.EXTENDED, by, at, reason, before=before, after=until, agency=agency)
    _tell(event, [agency.pk], until)
    _tell_colleagues(event, until=until.isoformat())
    return extension


def extensions_left(period, given):
    """How many more the agency may get; `given`: how many it has."""
    return max(rules_of(period.plan).extensions_per_period - given, 0)


def _check_count(period, given):
    if not extensions_left(period, len(given)):
        most = rules_of(period.plan).extensions_per_period
        if not most:
            raise ValidationError(_("The rules of this plan allow no extension."))
        raise ValidationError(
            ngettext(
                "The agency has had its extension: the rules of this plan allow %(n)s for a period.",
                "The agency has had its extensions: the rules of this plan allow %(n)s for a period.",
                most,
            )
            % {"n": most}
        )


def _check_until(period, given, until, today):
    """An extension goes beyond today, and beyond what the agency may do without it."""
    already = max([last_day(period), *(each.until for each in given)])
    if until < today:
        raise ValidationError({"until": PASSED})
    if until > today + LONGEST:
        last = {"day": _written(today + LONGEST)}
        raise ValidationError({"until": _("At most until %(day)s: 92 days from today.") % last})
    if until <= already:
        raise ValidationError(
            {"until": _("The agency may write until %(day)s anyway: choose a later day.") % {"day": _written(already)}}
        )


@transaction.atomic
def unlock(period, *, until, reason, by, at):
    """Open a locked period again, for everybody, until the end of `until`; returns the period.

    Raises:
        ValidationError: no reason, the period is not locked, or the day has passed.
    """
    period, today = _held(period), timezone.localtime(at).date()
    reason = _stated(reason, _("Say why the period is opened again: the reason stays with it."))
    if today < period.locks_on:
        raise ValidationError(_("The period is open: it is locked on %(day)s.") % {"day": _written(period.locks_on)})
    if until < today:
        raise ValidationError({"until": PASSED})
    event = _move_lock(period, PeriodAct.UNLOCKED, until + DAY, reason, by, at)
    _tell_each(event, period)
    _tell_colleagues(event, until=until.isoformat())
    return period


def _tell_each(event, period):
    """Each agency hears the last day on which it may write: its own extension may reach further."""
    extensions, days = Extensions.of([period]), {}
    for agency in reporting_agencies(period, load_duties([period.plan])):
        days.setdefault(extensions.until(period, agency.pk), []).append(agency.pk)
    for until, agencies in days.items():
        _tell(event, agencies, until)


@transaction.atomic
def lock(period, *, reason, by, at):
    """Lock a period from today on, before its day; extensions that were given stand. Returns the period.

    Raises:
        ValidationError: no reason, the agencies' deadline has not passed, or the period is locked already.
    """
    period, today = _held(period), timezone.localtime(at).date()
    reason = _stated(reason, _("Say why the period is locked before its day: the reason stays with it."))
    if today >= period.locks_on:
        raise ValidationError(_("The period has been locked since %(day)s.") % {"day": _written(period.locks_on)})
    if today <= period.agency_due_on:
        raise ValidationError(
            _("Agencies may send until %(day)s: a period can be locked only after that.")
            % {"day": _written(period.agency_due_on)}
        )
    event = _move_lock(period, PeriodAct.LOCKED, today, reason, by, at)
    extensions = Extensions.of([period])
    reporting = reporting_agencies(period, load_duties([period.plan]))
    closed = [agency.pk for agency in reporting if not extensions.is_open(period, agency.pk, today)]
    _tell_people(event, people_of(closed), act=PeriodAct.LOCKED)
    _tell_colleagues(event, act=PeriodAct.LOCKED)
    return period


def _held(period):
    """The row as stored, held until the transaction ends: extensions are counted one after another."""
    rows = ReportingPeriod.objects.select_for_update(of=("self",)).select_related("plan")
    return rows.get(pk=period.pk)


def _stated(reason, sentence):
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": sentence})
    return reason


def _move_lock(period, act, locks_on, reason, by, at):
    before = period.locks_on
    period.locks_on, period.is_edited = locks_on, True
    period.version += 1
    period.save(update_fields=["locks_on", "is_edited", "version"])
    return _record(period, act, by, at, reason, before=before, after=locks_on)


def _record(period, act, by, at, reason, **facts):
    return PeriodEvent.objects.create(
        plan=period.plan,
        period=period,
        act=act,
        about=period.label,
        reason=reason,
        by=by,
        by_name=by.full_name,
        at=at,
        **facts,
    )


def _tell(event, agencies, until):
    _tell_people(event, people_of(agencies), until=until.isoformat())


def _tell_colleagues(event, **facts):
    """The plan's coordinators but the one who did it."""
    _tell_people(event, coordinators_of(event.plan).exclude(pk=event.by_id), **facts)


def _tell_people(event, people, **facts):
    tell(
        people,
        NotificationKind.EXTENDED,
        key=f"period-event:{event.pk}",
        url=reverse("activities:period", args=[event.period_id]),
        at=event.at,
        period=event.about,
        plan=str(event.plan),
        by=event.by_name,
        **facts,
    )


def _written(day):
    return f"{day:%d/%m/%Y}"
