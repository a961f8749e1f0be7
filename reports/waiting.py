"""The reports that wait for a person: for leadership those to decide, for a coordinator those that were returned."""

from django.db.models import Q

from .models import ReportKind, ReportStatus


def waiting_for(reports, user):
    """Those of `reports` (a queryset of the person's locality) that go on only when `user` does something.

    The same as `can_decide_report` and, of what was returned, `can_edit_report` say of one.
    """
    if user.is_leader:
        return reports.filter(status=ReportStatus.SUBMITTED).exclude(kind=ReportKind.AGENCY)
    if user.is_coordinator:
        return reports.filter(_drafted_at(user.own_agency_ids), status=ReportStatus.RETURNED)
    return reports.none()


def _drafted_at(agencies):
    coordinated = Q(plan__coordinating_agency__in=agencies)
    issued = Q(plan__coordinating_agency__isnull=True, plan__issuing_agency__in=agencies)
    of_plan = Q(coordinated | issued, kind=ReportKind.PLAN)
    return of_plan | Q(kind=ReportKind.LOCALITY, agency__in=agencies)
