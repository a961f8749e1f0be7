"""From draft to document: the check, issuing, amendments, versions side by side, closing, source files."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from agencies.days import read_day
from agencies.sending import posted, saved
from agencies.vietnamese import nfc
from plans.drafting import lock
from plans.models import FileKind, Plan, PlanFile, Purpose
from plans.permissions import can_edit_plan, can_issue_plan, can_keep_file, can_view_plan

from ..planning.amending import begin_amendment
from ..planning.check import acknowledge, check_plan, take_back
from ..planning.comparing import compare
from ..planning.forms import IssueForm, PlanFileForm, ReasonForm
from ..planning.numbers import next_number
from ..planning.repairs import repair
from ..planning.source_files import keep_file, remove_file
from ..planning.timeline import timeline_of
from ..planning.workflow import NOT_NOW, TRANSITIONS, issue_amendment, locked, move
from ..versions import content_as_amended, content_of, version_on

NOT_YOURS = gettext_lazy("This plan is a draft: its coordinator is still working on it.")
ONLY_DRAFTERS = gettext_lazy("Only the plan's coordinator edits it, and only while it is a draft.")
BY_HAND = ("close", "reopen")


def _plan_or_404(request, pk):
    plans = Plan.objects.visible_to(request.user).select_related(
        "issuing_agency", "coordinating_agency", "parent", "amends"
    )
    return get_object_or_404(plans, pk=pk)


def _draft(request, pk):
    plan = _plan_or_404(request, pk)
    require(can_edit_plan(request.user, plan), ONLY_DRAFTERS)
    return plan


def _checked_page(request, plan, form, status=200):
    check = check_plan(plan, today=request.today)
    context = {
        "plan": plan,
        "check": check,
        "form": form,
        "can_edit": can_edit_plan(request.user, plan),
        "next_number": next_number(plan, (plan.issued_on or request.today).year),
    }
    return render(request, "plans/plan_check.html", context, status=status)


@require_safe
def plan_check(request, pk):
    """The plan read against the rules; a draft's findings can be mended, its warnings let stand, and it is issued."""
    plan = _plan_or_404(request, pk)
    require(can_view_plan(request.user, plan), NOT_YOURS)
    form = IssueForm(instance=plan, user=request.user) if can_issue_plan(request.user, plan) else None
    return _checked_page(request, plan, form)


@require_POST
def plan_issue(request, pk):
    """Keep what was typed of number, day and signature; then issue, where nothing stands in the way."""
    form = _kept_signature(request, _plan_or_404(request, pk))
    if not form.is_valid():
        return _checked_page(request, _plan_or_404(request, pk), form)
    plan = form.instance
    try:
        issued = _issue(request, plan)
    except ValidationError as error:
        for name, sentences in error.message_dict.items() if hasattr(error, "error_dict") else [(None, error.messages)]:
            for sentence in sentences:
                form.add_error(name if name in form.fields else None, sentence)
        return _checked_page(request, plan, form)
    if form.cleaned_data["signed_file"]:
        _keep(request, issued, form.cleaned_data["signed_file"], form.checked, FileKind.SIGNED)
    messages.success(request, _said_of(plan, issued))
    return redirect(issued)


def _said_of(plan, issued):
    """What was issued: the plan, or the amendment of it."""
    if plan.purpose == Purpose.AMENDMENT:
        said = _("%(amendment)s is issued and amends %(plan)s. Versions can be compared on the plan's page.")
        return said % {"amendment": plan.number, "plan": issued}
    return _("%(plan)s is issued. From now on it changes by amendments only.") % {"plan": issued}


@transaction.atomic
def _kept_signature(request, plan):
    """The form with number, day and signature, saved where it is sound, unless the plan has been issued meanwhile."""
    plan = locked(plan)
    require(can_issue_plan(request.user, plan), ONLY_DRAFTERS)
    form = IssueForm(request.POST, request.FILES, instance=plan, user=request.user)
    if form.is_valid():
        if request.POST.get("version", str(plan.version)) != str(plan.version):
            form.add_error(None, _("The plan changed while you were looking at it. Read it again, then decide."))
        else:
            saved(form)
    return form


def _issue(request, plan):
    if plan.purpose == Purpose.AMENDMENT:
        return issue_amendment(plan, by=request.user, at=request.now)
    return move(plan, "issue", by=request.user, at=request.now)


@require_POST
def check_acknowledge(request, pk):
    """Let the ticked warnings stand (`ack`: rule and subject), or all of one rule (`all`); take one back (`undo`)."""
    plan = _draft(request, pk)
    if undo := request.POST.get("undo", ""):
        rule, _bar, subject = undo.replace("\x00", "").partition("|")
        take_back(plan, rule, subject, by=request.user)
        return redirect("plans:check", pk)
    ticked = {tuple(value.split("|", 1)) for value in request.POST.getlist("ack") if "|" in value}
    note = nfc(request.POST.get("note", "").strip())[:300]
    rule = request.POST.get("all", "")
    if not acknowledge(plan, ticked, rule=rule, by=request.user, at=request.now, note=note):
        messages.warning(request, _("Tick the warnings that are to stand."))
    return redirect(f"{request.path.removesuffix('acknowledge/')}#warnings")


@require_POST
def check_repair(request, pk):
    """Mend one finding in place."""
    plan = _draft(request, pk)
    wanted = {name: request.POST.get(name, "") for name in ("rule", "subject", "value")}
    try:
        sentence = repair(plan, **wanted, by=request.user, at=request.now)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, sentence)
    return redirect("plans:check", pk)


@require_http_methods(["GET", "POST"])
def plan_move(request, pk, name):
    """Close a plan or open it again, with the reason."""
    if name not in BY_HAND:
        raise Http404
    plan = _plan_or_404(request, pk)
    require(TRANSITIONS[name].allowed(request.user, plan), NOT_NOW)
    form = ReasonForm(posted(request))
    if form.is_valid():
        move(plan, name, by=request.user, at=request.now, reason=form.cleaned_data["reason"])
        messages.success(request, _("The plan is closed.") if name == "close" else _("The plan is open again."))
        return redirect(plan)
    return render(request, "plans/plan_move.html", {"plan": plan, "form": form, "name": name})


@require_POST
def plan_amend(request, pk):
    """Begin the amendment of an issued plan, or go on with the one begun."""
    plan = _plan_or_404(request, pk)
    return redirect("plans:edit", begin_amendment(plan, by=request.user, at=request.now).pk)


@require_POST
@transaction.atomic
def plan_discard(request, pk):
    """Throw a draft away: a plan never issued, an amendment or a template."""
    plan = lock(_plan_or_404(request, pk), request.user)
    amended = plan.amends
    name = str(plan)
    plan.delete()
    messages.success(request, _("Discarded: %(plan)s") % {"plan": name})
    return redirect(amended or "plans:list")


@require_safe
def plan_versions(request, pk):
    """Two versions side by side (`before`, `after`: their ordinals), and which was in force on a day (`on`)."""
    plan = _plan_or_404(request, pk)
    require(can_view_plan(request.user, plan), NOT_YOURS)
    versions = list(plan.versions.all())
    draft = plan.amendments_in_draft.first() if can_view_plan(request.user, plan) else None
    if draft and not can_edit_plan(request.user, draft):
        draft = None
    before, after = _two(request, versions)
    contents = [each.content for each in (before, after) if each]
    comparison = compare(*contents) if len(contents) == 2 else None
    on = read_day(request.GET.get("on", "").strip())
    context = {
        "plan": plan,
        "versions": versions,
        "before": before,
        "after": after,
        "comparison": comparison,
        "shown": request.GET.get("show", ""),
        "timeline": timeline_of(plan, versions, today=request.today),
        "on": request.GET.get("on", ""),
        "on_is_bad": bool(request.GET.get("on")) and on is None,
        "in_force": version_on(versions, on) if on and versions and on >= versions[0].issued_on else None,
        "on_day": on,
        "draft": draft,
        "can_amend": TRANSITIONS["amend"].allowed(request.user, plan),
    }
    return render(request, "plans/plan_versions.html", context)


def _two(request, versions):
    """The versions asked for; the last two where nothing sound is asked."""
    by_ordinal = {str(version.ordinal): version for version in versions}
    after = by_ordinal.get(request.GET.get("after", ""), versions[-1] if versions else None)
    earlier = [version for version in versions if after and version.ordinal < after.ordinal]
    before = by_ordinal.get(request.GET.get("before", ""), earlier[-1] if earlier else None)
    return before, after


@require_safe
def plan_changes(request, pk):
    """What an amendment in draft changes of the plan that it amends."""
    plan = _plan_or_404(request, pk)
    require(can_view_plan(request.user, plan), NOT_YOURS)
    if not plan.amends_id:
        raise Http404
    comparison = compare(content_of(plan.amends), content_as_amended(plan))
    return render(request, "plans/plan_changes.html", {"plan": plan, "comparison": comparison})


@require_safe
def plan_version(request, pk, ordinal):
    """The plan as one of its versions said it."""
    plan = _plan_or_404(request, pk)
    require(can_view_plan(request.user, plan), NOT_YOURS)
    version = get_object_or_404(plan.versions.all(), ordinal=ordinal)
    return render(request, "plans/plan_version.html", {"plan": plan, "version": version, "content": version.content})


@require_POST
def file_add(request, pk):
    """Keep a source file with the plan."""
    plan = _plan_or_404(request, pk)
    require(can_keep_file(request.user, plan), _("Only the plan's coordinator keeps files with it."))
    form = PlanFileForm(request.POST, request.FILES)
    if form.is_valid():
        _keep(request, plan, form.cleaned_data["file"], form.checked, form.cleaned_data["kind"])
    else:
        for sentences in form.errors.values():
            messages.error(request, sentences[0])
    return redirect(f"{plan.get_absolute_url()}#files")


def _keep(request, plan, upload, checked, kind):
    version = plan.versions.order_by("ordinal").last() if kind == FileKind.SIGNED else None
    kept, created = keep_file(plan, upload, checked, kind=kind, by=request.user, at=request.now, version=version)
    if created:
        messages.success(request, _("File kept: %(name)s") % {"name": kept})
    else:
        messages.info(request, _("This file is kept with the plan already: %(name)s") % {"name": kept})


def _file_or_404(request, pk):
    files = PlanFile.objects.visible_to(request.user).filter(removed_at=None).select_related("plan")
    return get_object_or_404(files, pk=pk)


@require_safe
def file_content(request, pk):
    """The file itself, for whoever may read its plan; always a download, never a page."""
    item = _file_or_404(request, pk)
    require(can_view_plan(request.user, item.plan), NOT_YOURS)
    try:
        content = item.file.open("rb")
    except FileNotFoundError:  # a database restored without its uploads
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=item.file_name, content_type=item.content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def file_remove(request, pk):
    item = _file_or_404(request, pk)
    require(can_keep_file(request.user, item.plan), _("Only the plan's coordinator keeps files with it."))
    remove_file(item, at=request.now)
    messages.success(request, _("File taken off: %(name)s") % {"name": item})
    return redirect(f"{item.plan.get_absolute_url()}#files")
