"""The calendar changed by hand: its rules, a period added, given other dates, taken out. Each is kept as an event."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from plans.models import Plan

from .calendar import DATES, generate_periods
from .models import PeriodAct, PeriodEvent, PeriodKind, ReportingPeriod


@transaction.atomic
def save_rules(form, *, by, at, today):
    """Keep the rules of a valid form and bring the calendar in line; returns the Outlook that was carried out.

    Raises:
        ValidationError: somebody saved other rules meanwhile.
    """
    rules = form.instance
    plan = _held(rules.plan)
    stored = type(rules).objects.filter(plan=plan).first()
    if stored and stored.version != rules.version:
        raise ValidationError(_("Somebody changed the rules meanwhile. Look at them once more, then save again."))
    rules.version += 1
    form.save()
    plan.reporting_rules = rules
    return generate_periods(plan, today=today, by=by, at=at)


@transaction.atomic
def add_period(form, *, by, at):
    """Add a period of the plan's own from a valid form; its consolidated ones follow."""
    plan = _held(form.plan)
    period = form.instance
    period.plan, period.kind, period.is_edited = plan, PeriodKind.OWN, True
    period.year = period.ends_on.year
    last = plan.reporting_periods.filter(kind=PeriodKind.OWN, year=period.year).order_by("ordinal").last()
    period.ordinal = last.ordinal + 1 if last else 1
    form.save()
    _record(period, PeriodAct.ADDED, by, at, before=period.starts_on, after=period.ends_on)
    generate_periods(plan)
    return period


@transaction.atomic
def change_period(form, *, by, at):
    """Give a period the dates of a valid form, one event for each; returns the names of what changed.

    Raises:
        ValidationError: somebody changed the period meanwhile.
    """
    period = form.instance
    stored = ReportingPeriod.objects.select_for_update().get(pk=period.pk)
    if stored.version != period.version:
        raise ValidationError(_("Somebody changed this period meanwhile. Look at it once more, then save again."))
    changed = [name for name in DATES if getattr(stored, name) != getattr(period, name)]
    if not changed and stored.label == period.label:
        return []
    period.is_edited = True
    period.version += 1
    period.save()
    reason = form.cleaned_data["reason"]
    for name in changed or [None]:
        dates = {"before": getattr(stored, name), "after": getattr(period, name)} if name else {}
        _record(period, PeriodAct.CHANGED, by, at, field=name, reason=reason, **dates)
    generate_periods(period.plan)
    return changed


@transaction.atomic
def remove_period(period, *, by, at):
    """Take a period out; the rules do not bring it back.

    Raises:
        ValidationError: somebody has reported on it.
    """
    period = ReportingPeriod.objects.select_for_update(of=("self",)).select_related("plan").get(pk=period.pk)
    if is_begun(period):
        raise ValidationError(_("Somebody has begun to report on this period: it stays."))
    _record(period, PeriodAct.REMOVED, by, at, before=period.starts_on, after=period.ends_on)
    plan = period.plan
    period.delete()
    generate_periods(plan)


def is_begun(period):
    """An update or a contribution hangs on the period."""
    return period.updates.exists() or period.contributions.exists()


def _held(plan):
    return Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)


def _record(period, act, by, at, *, field=None, **facts):
    """About what, in the words of documents, as the label itself is."""
    about = period.label
    if field:
        with translation.override("vi"):
            about = f"{about}: {ReportingPeriod._meta.get_field(field).verbose_name}"
    PeriodEvent.objects.create(
        plan=period.plan,
        period=period,
        act=act,
        about=about,
        by=by,
        by_name=by.full_name,
        at=at,
        **facts,
    )
