"""A plan's versions and the cut-off days of its periods in one line of time: what counts on which version."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from plans.models import PlanVersion

from ..versions import version_on


@dataclass(frozen=True)
class Moment:
    """A version coming into force, a data cut-off, or today; `activities` of the version that counts then."""

    day: date
    label: str
    kind: str  # "version", "cutoff" or "today"
    version: PlanVersion | None
    activities: int
    is_in_force: bool  # belongs to the stretch of the version in force today


def timeline_of(plan, versions, *, today):
    """Every Moment of `plan` in order of time: its `versions`, its periods' cut-offs up to today, and today."""
    if not versions:
        return ()
    counts = {version.pk: len(version.content["activities"]) for version in versions}
    current = version_on(versions, today)
    moments = [(version.issued_on, 0, str(version), "version", version) for version in versions]
    for period in plan.reporting_periods.order_by("ends_on"):
        if versions[0].issued_on <= period.ends_on <= today:
            label = _("Cut-off of %(period)s") % {"period": period.title}
            moments.append((period.ends_on, 1, label, "cutoff", version_on(versions, period.ends_on)))
    moments.append((today, 2, _("Today"), "today", current))
    return tuple(
        Moment(day, label, kind, version, counts[version.pk], version == current)
        for day, _order, label, kind, version in sorted(moments, key=lambda each: each[:2])
    )
