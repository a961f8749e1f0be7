"""A report from its first draft to the approval: parts, history, check, steps."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.job_board import ShownJob
from agencies.access import require
from agencies.refusals import is_autosave, says_why
from agencies.sending import posted
from plans.words import word_diff
from plans.workspace import saved_words

from .. import workflow
from ..annexes import annexes
from ..beginning import begin_report, discard_report, job_of
from ..checking import check_report, confirm as confirm_finding
from ..forms import BeginForm, PartForm, StepForm
from ..permissions import can_discard_report, can_edit_report, can_issue_report
from ..quarterly import building
from ..quarterly.markup import parse, typed_numbers
from ..sealing.page import sealed_context
from ..workspace import acts_of, build_workspace, sources_of
from ..writing import AS_DRAFTED, NOT_NOW, follow_draft, redrafted, restore_part, save_part, take_drafts
from .reading import report_or_403, says_done
from .reports import beginnable

NOT_A_DRAFTER = gettext_lazy("Reports are begun by coordinators, and by focal points for their own agency.")


def _report(request, pk):
    return report_or_403(request, pk, related=(*building.RELATIONS, "begun_by", "replaced_by"), also=("parts",))


def _to_write(request, pk, code=None):
    """The report that this person writes now; with `code` (report, its part)."""
    report = _report(request, pk)
    part = _part_of(report, code) if code else None
    require(can_edit_report(request.user, report), NOT_NOW)
    return (report, part) if code else report


def _part_of(report, code):
    """The part, of those read with the report."""
    part = next((each for each in report.parts.all() if each.code == code), None)
    if part is None:
        raise Http404
    part.report = report
    return part


# Beginning


@require_http_methods(["GET", "POST"])
def begin(request):
    """Choose what to report on; posted, the report is begun, or opened where it has been begun already."""
    require(request.user.is_coordinator or request.user.is_focal_point, NOT_A_DRAFTER)
    subjects = beginnable(request)
    form = BeginForm(posted(request), subjects=subjects, initial={"what": request.GET.get("what", "")})
    if form.is_valid():
        report, is_new = begin_report(form.cleaned_data["what"], by=request.user, at=request.now)
        if not is_new:
            messages.info(request, _("This report has been begun already: here it is."))
        return redirect(report)
    context = {"form": form, "has_choice": bool(subjects)}
    return render(request, "reports/report_begin.html", context, status=422 if form.is_bound else 200)


@require_POST
def discard(request, pk):
    """Throw a draft away; what the agencies sent stays as it is, and the report can be begun again."""
    report = _report(request, pk)
    require(can_discard_report(request.user, report), NOT_NOW)
    discard_report(report, by=request.user)
    messages.success(request, _("The draft has been thrown away. The report can be begun again at any time."))
    return redirect("reports:list")


# Reading and writing


@require_safe
def detail(request, pk):
    """The report: sealed once it is issued, before that its pages and what can be done with them."""
    report = _report(request, pk)
    if report.is_issued:
        return render(
            request,
            "reports/report_sealed.html",
            sealed_context(report, request.user, now=request.now, compare="compare" in request.GET),
        )
    if request.GET.get("show") == "check" and request.htmx:
        return _checked(request, report)
    return _page(request, report)


def _page(request, report, *, open_code="", status=200, **context):
    if not report.parts.all() and (job := job_of(report)):
        shown = ShownJob(job, request.now)
        return render(request, "reports/report_being_drafted.html", {"report": report, "shown": shown, "job": job})
    page = build_workspace(report, request.user, today=request.today, open_code=open_code)
    opened, show_check = page.open_part, request.GET.get("show") == "check"
    context |= {
        "report": report,
        "page": page,
        "annexes": annexes(page.built),
        "acts": acts_of(request.user, report),
        "sources": sources_of(opened) if opened else [],
        "check": check_report(report, page.made) if show_check else None,
        "may_confirm": _may_confirm(request.user, report),
    }
    context.setdefault("form", _form_of(opened))
    return render(request, "reports/report_draft.html", context, status=status)


def _form_of(opened):
    """The form of the part that is open (PartView), or None; untouched, the part is as it is drafted now."""
    if opened is None:
        return None
    return PartForm(initial={"version": opened.row.version, "body": opened.body})


def _checked(request, report):
    """The check alone, for the page that asked for it when it was there."""
    made = building.make_report(report, today=request.today)
    context = {
        "report": report,
        "check": check_report(report, made),
        "may_confirm": _may_confirm(request.user, report),
    }
    return render(request, "reports/_draft_check.html", context)


@says_why
@require_http_methods(["GET", "POST"])
def part(request, pk, code):
    """A part open for writing; posted, it is kept, and a script hears how it stands."""
    report, row = _to_write(request, pk, code)
    if request.method == "GET":
        return _page(request, report, open_code=code)
    form = PartForm(request.POST)
    if not form.is_valid():
        return _unsound(request, report, row, form)
    if request.POST.get("resolve") == "theirs":
        return redirect(_place(row))
    if row.edited_at is None:
        follow_draft(row, building.draft_report(report, today=request.today), by=request.user)
    kept = save_part(
        row, form.cleaned_data["body"], version=form.cleaned_data["version"], by=request.user, at=request.now
    )
    if kept is None:
        return _other_version(request, report, row, form)
    return _kept(request, kept)


def _place(row, *, is_open=True):
    """Where on the report's page the part stands, open or only read."""
    anchor = f"part-{row.code.replace('.', '-')}"
    name, arguments = ("part", [row.report_id, row.code]) if is_open else ("detail", [row.report_id])
    return f"{reverse(f'reports:{name}', args=arguments)}#{anchor}"


def _kept(request, row):
    words = saved_words(request.now, request.today)
    if not is_autosave(request):
        messages.success(request, words)
        return redirect(_place(row, is_open=False))
    typed = typed_numbers(row.body, row.drafted)
    return JsonResponse({"version": row.version, "saved": words, "typed": list(typed)})


def _unsound(request, report, row, form):
    if is_autosave(request):
        return JsonResponse({"errors": {name: str(errors[0]) for name, errors in form.errors.items()}}, status=422)
    return _page(request, report, open_code=row.code, form=form, status=422)


def _other_version(request, report, row, form):
    """Somebody else saved the part meanwhile: both texts, and the choice."""
    row.refresh_from_db()
    mine = form.cleaned_data["body"]
    form = PartForm(initial={"version": row.version, "body": mine})
    steps = _compared(report, row.body, mine, today=request.today)
    conflict = {
        "by": row.edited_by,
        "at": row.edited_at,
        "theirs": [step for step in steps if step[0] != "ins"],
        "mine": [step for step in steps if step[0] != "del"],
    }
    context = {"report": report, "row": row, "form": form, "conflict": conflict}
    if is_autosave(request):
        return render(request, "reports/_part_conflict.html", context, status=409)
    return _page(request, report, open_code=row.code, form=form, conflict=conflict, row=row, status=409)


def _compared(report, theirs, mine, *, today):
    """What differs between two texts of a part as they print."""
    values = dict(building.build_report(report, today=today).values)
    return word_diff(*("\n".join(each.text for each in parse(body, values)) for body in (theirs, mine)))


@require_safe
def part_history(request, pk, code):
    """What the part said, save by save; each can be had again by who writes the report."""
    report = _report(request, pk)
    row = _part_of(report, code)
    built = building.build_report(report, today=request.today)
    values = dict(built.values)
    versions = [(each, parse(each.body, values)) for each in row.versions.select_related("by")[:50]]
    context = {
        "report": report,
        "row": row,
        "title": next((each.title for each in built.parts if each.code == code), code),
        "versions": versions,
        "drafted": parse(row.drafted, values),
        "as_drafted": AS_DRAFTED,
        "can_edit": can_edit_report(request.user, report),
    }
    return render(request, "reports/part_history.html", context)


@require_POST
def part_restore(request, pk, code):
    report, row = _to_write(request, pk, code)
    number = request.POST.get("version", "")
    is_one = number.isascii() and number.isdecimal() and len(number) < 10
    if is_one and restore_part(row, int(number), by=request.user, at=request.now):
        messages.success(request, _("The part says again what it said then."))
    else:
        messages.error(request, _("This version is not there. Choose one from the history."))
    return redirect(_place(row, is_open=False))


@require_http_methods(["GET", "POST"])
def refresh(request, pk):
    """Draft anew from what has been approved since: untouched parts follow, of the others the person chooses."""
    report = _to_write(request, pk)
    made = building.make_report(report, today=request.today)
    changes = redrafted(report.parts.all(), made.drafted)
    if request.method == "POST" and not changes:
        messages.info(request, _("The report follows the updates already: nothing would be drafted otherwise."))
        return redirect(report)
    if request.method == "POST":
        taken = set(request.POST.getlist("take"))
        take_drafts(report, changes, taken=taken, by=request.user, at=request.now)
        messages.success(request, _("The report follows the updates as they are approved now."))
        return redirect(report)
    values = dict(made.built.values)
    asked = [
        (change, parse(change.part.body, values), parse(change.body, values)) for change in changes if change.is_own
    ]
    context = {"report": report, "asked": asked, "untouched": sum(not change.is_own for change in changes)}
    return render(request, "reports/report_refresh.html", context)


# Deciding


@says_done()
@require_http_methods(["GET", "POST"])
def move(request, pk, name):
    """Take the report a step; opened, it asks for the reason where the step needs one."""
    if name not in workflow.BY_HAND:
        raise Http404
    report = _report(request, pk)
    form = StepForm(posted(request), initial={"version": report.version})
    if name not in workflow.open_moves(request.user, report):
        return _too_late(request, report, name, form)
    if form.is_valid() and _moved(request, report, name, form):
        return redirect(report)
    check = None
    if name in ("submit", "approve"):  # what was found is read by whoever answers for it
        check = check_report(report, building.make_report(report, today=request.today))
    context = {"report": report, "name": name, "form": form, "step": workflow.TRANSITIONS[name], "check": check}
    return render(request, "reports/report_move.html", context, status=422 if form.is_bound else 200)


def _too_late(request, report, name, form):
    """The step is not open (any more): a reason that was typed is shown once more, to be copied.

    Raises: PermissionDenied where nothing was typed, or the report stands there already.
    """
    is_typed = request.POST.get("reason", "").strip()
    require(is_typed and not workflow.taken_already(request.user, report, name), workflow.NOT_NOW)
    words = _("The report is “%(state)s” by now: this step cannot be taken. What you typed is still here: copy it.")
    form.add_error(None, words % {"state": report.get_status_display()})
    context = {"report": report, "name": name, "form": form, "step": workflow.TRANSITIONS[name], "check": None}
    return render(request, "reports/report_move.html", context, status=403)


SAID = {
    "submit": gettext_lazy("The report has been submitted to leadership."),
    "withdraw": gettext_lazy("The report is a draft again; leadership has been told."),
    "return": gettext_lazy("The report has been returned to whoever writes it."),
    "approve": gettext_lazy("The report has been approved. Whoever writes it issues it."),
    "reopen": gettext_lazy("The report is a draft again; it needs another approval."),
}


def _moved(request, report, name, form):
    """Take the step; False, with what is wrong on the form."""
    typed = form.cleaned_data
    try:
        workflow.move(report, name, by=request.user, at=request.now, reason=typed["reason"], version=typed["version"])
    except ValidationError as error:
        form.add_error(None, error) if not hasattr(error, "error_dict") else form.add_error("reason", error.messages)
        return False
    messages.success(request, SAID[name])
    return True


def _may_confirm(user, report):
    """Whoever writes it stands by what was found, while it is written and until it is issued."""
    return can_edit_report(user, report) or can_issue_report(user, report)


@require_POST
def confirm(request, pk):
    """Stand by a finding of the check, in the words that were on the page."""
    report = _report(request, pk)
    require(_may_confirm(request.user, report), NOT_NOW)
    made = building.make_report(report, today=request.today)
    kept = confirm_finding(
        report,
        made,
        rule=request.POST.get("rule", ""),
        subject=request.POST.get("subject", ""),
        words=request.POST.get("words", ""),
        is_confirmed="confirmed" in request.POST,
        by=request.user,
        at=request.now,
    )
    if not kept:
        messages.warning(request, _("What was found has changed meanwhile: read it again, then confirm it."))
    return redirect(f"{report.get_absolute_url()}?show=check#check")
