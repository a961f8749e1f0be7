"""May this person see the state of the whole locality, its reports and dossiers, and take them a step further?"""

from activities.permissions import can_view_progress
from plans.permissions import is_coordinator_of

from .models import DossierState, ReportKind, ReportStatus

TO_WRITE = (ReportStatus.DRAFT, ReportStatus.RETURNED)


def can_view_dashboard(user):
    return can_view_progress(user)


def can_view_scorecard(user, agency):
    """Everybody who sees the whole locality's state; a focal point only that of their own agency."""
    return can_view_progress(user) or user.is_at(agency.pk)


def can_view_preview(user):
    """The report of a period as it would be written today: the coordinator, leaders and administrators read it."""
    return can_view_progress(user)


# Reports


def can_begin_report(user, kind, *, plan=None, agency=None):
    """The coordinator of a plan begins its report, a focal point their agency's own, any coordinator that of all."""
    if kind == ReportKind.AGENCY:
        return user.is_focal_point and agency is not None and user.is_at(agency.pk)
    if kind == ReportKind.LOCALITY:
        return user.is_coordinator
    return plan is not None and is_coordinator_of(user, plan)


def is_drafter_of(user, report):
    """Whoever writes this report and issues it."""
    if report.kind == ReportKind.AGENCY:
        return user.is_focal_point and user.is_at(report.agency_id)
    if report.kind == ReportKind.LOCALITY:
        return user.is_coordinator and user.is_at(report.agency_id)
    return is_coordinator_of(user, report.plan)


def can_view_report(user, report):
    """Drafts are read by those who write and decide them; what has been issued by everybody it is meant for.

    An agency's own draft is its own business; issued, the locality's staff read it, other agencies do not.
    """
    if is_drafter_of(user, report):
        return True
    if report.kind == ReportKind.AGENCY:
        return report.is_issued and not user.is_focal_point
    return report.is_issued or not user.is_focal_point


def can_edit_report(user, report):
    return is_drafter_of(user, report) and report.status in TO_WRITE


def can_discard_report(user, report):
    return can_edit_report(user, report)


def can_submit_report(user, report):
    """To leadership; an agency's own report goes to its head outside the portal."""
    return can_edit_report(user, report) and report.kind != ReportKind.AGENCY


def can_withdraw_report(user, report):
    """Back to drafting, before leadership has decided."""
    return is_drafter_of(user, report) and report.status == ReportStatus.SUBMITTED


def can_decide_report(user, report):
    """Leadership approves or returns what was submitted; the coordinator's own hand is not enough."""
    return user.is_leader and report.status == ReportStatus.SUBMITTED


def can_reopen_report(user, report):
    """Back to drafting after the approval, as long as it has not been issued."""
    return is_drafter_of(user, report) and report.status == ReportStatus.APPROVED


def can_issue_report(user, report):
    """After the approval; an agency's own report as soon as its head agrees."""
    ready = TO_WRITE if report.kind == ReportKind.AGENCY else (ReportStatus.APPROVED,)
    return is_drafter_of(user, report) and report.status in ready


def can_correct_report(user, report):
    """An issued report is corrected by a new version, once."""
    return is_drafter_of(user, report) and report.is_issued and not hasattr(report, "replaced_by")


def can_sign_report(user, report):
    """An issued report, until another version has replaced it."""
    later = getattr(report, "replaced_by", None)
    return can_confirm_signer(user, report) and not (later and later.is_issued)


def can_confirm_signer(user, report):
    """Of the signed copies of an issued report, those of a version that has been replaced as well."""
    return is_drafter_of(user, report) and report.is_issued


def can_keep_ministry_form(user):
    return user.is_administrator or user.is_coordinator


# What the public reads


def can_open_to_public(user, plan):
    return is_coordinator_of(user, plan)


# The dossier


def can_view_dossier(user):
    return can_view_progress(user)


def can_begin_dossier(user, plan):
    return is_coordinator_of(user, plan)


def can_edit_dossier(user, dossier):
    return is_coordinator_of(user, dossier.plan) and dossier.state == DossierState.OPEN


def can_reopen_dossier(user, dossier):
    return is_coordinator_of(user, dossier.plan) and dossier.state == DossierState.CLOSED


def can_view_criteria(user):
    return can_view_progress(user)


def can_edit_criteria(user):
    """Criteria are data: the administrator types them in, coordinators, who score by them, may too."""
    return user.is_administrator or user.is_coordinator
