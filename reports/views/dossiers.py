"""The evidence dossiers: of each year one, its criteria, its evidence, its package; and the criteria themselves."""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.job_board import ShownJob
from activities.attachment_forms import AttachmentForm
from activities.attachments import send_file
from activities.frame import periods_of
from activities.models import EvidenceKind
from agencies.access import require
from agencies.refusals import is_autosave, says_why
from agencies.sending import posted
from plans.models import Plan, PlanStatus, Purpose
from plans.workspace import saved_words

from ..dossier.attaching import attach_documents, remove_document
from ..dossier.criteria import (
    begin_prepared,
    copy_set,
    remove_criterion,
    save_criterion,
    save_set_facts,
)
from ..dossier.criteria_page import build_set_page, fingerprint
from ..dossier.moving import TRANSITIONS, begin, move, save_score, score_now
from ..dossier.packing import latest_package, order_package, stop_package
from ..dossier.page import build_page, with_documents
from ..dossier.paper import build_dossier_paper, file_name
from ..dossier.proposing import proposals, take, take_all, untag, wanted_of, with_total
from ..dossier.shown import shown_page
from ..dossier_forms import BeginCriteriaForm, BeginDossierForm, CriterionForm, SelfScoreForm, SetFactsForm
from ..models import CriteriaSet, Criterion, Dossier, DossierDocument
from ..pdf import PdfBusyError, kept_dossier_pdf
from ..permissions import (
    can_begin_dossier,
    can_edit_criteria,
    can_edit_dossier,
    can_reopen_dossier,
    can_view_criteria,
    can_view_dossier,
)
from .reading import file_answer
from .words import BUSY, NOT_FOR_YOU

NOT_YOURS = gettext_lazy("The dossier is kept by the coordinator of its plan, while it is open.")
NOT_TO_BEGIN = gettext_lazy("A dossier is begun by the coordinator of its plan.")
NOT_TO_WRITE = gettext_lazy("Criteria are written by coordinators and administrators.")
PER_PAGE = 30


# The list


@require_http_methods(["GET", "POST"])
def dossiers(request):
    """Every dossier of the locality; posted, a new one."""
    require(can_view_dossier(request.user), NOT_FOR_YOU)
    sets = list(CriteriaSet.objects.visible_to(request.user).defer("source"))
    plans = _plans_to_begin(request)
    if request.method == "POST":
        require(request.user.is_coordinator, NOT_TO_BEGIN)
    form = BeginDossierForm(posted(request), plans=plans, sets=sets, initial={"year": request.today.year})
    if form.is_bound and form.is_valid() and (new := _begun(request, form)):
        return redirect("reports:dossier", new.pk)
    rows = Dossier.objects.visible_to(request.user).select_related("plan", "criteria", "closed_by")
    context = {
        "page": Paginator(rows.order_by("-year", "plan"), PER_PAGE).get_page(request.GET.get("page")),
        "form": form if request.user.is_coordinator else None,
        "sets": sets,
        "can_edit_criteria": can_edit_criteria(request.user),
    }
    return render(request, "reports/dossiers.html", context, status=422 if form.is_bound else 200)


def _plans_to_begin(request):
    """The plans this person may begin a dossier for, as a queryset: issued, or over."""
    rows = Plan.objects.visible_to(request.user).filter(purpose=Purpose.PLAN).exclude(status=PlanStatus.DRAFT)
    own = [
        plan.pk for plan in rows.only("coordinating_agency", "issuing_agency") if can_begin_dossier(request.user, plan)
    ]
    return rows.filter(pk__in=own).order_by("-period_start", "pk")


def _begun(request, form):
    """The new dossier; None, with a sentence on the form, where the plan has one."""
    facts = form.cleaned_data
    try:
        return begin(facts["plan"], facts["year"], facts["criteria"], by=request.user, at=request.now)
    except ValidationError as error:
        form.add_error(None, error)
        return None


# One dossier


def _dossier_or_404(request, pk):
    rows = with_documents(Dossier.objects.visible_to(request.user)).select_related(
        "plan__locality",
        "plan__issuing_agency__parent",
        "plan__coordinating_agency__parent",
        "criteria",
        "closed_by",
    )
    dossier = get_object_or_404(rows, pk=pk)
    require(can_view_dossier(request.user), NOT_FOR_YOU)
    return dossier


def _dossier_to_edit(request, pk):
    dossier = _dossier_or_404(request, pk)
    require(can_edit_dossier(request.user, dossier), NOT_YOURS)
    return dossier


def _page_or_404(request, dossier, chosen=None):
    try:
        return build_page(dossier, periods_of(request), today=request.today, chosen=chosen)
    except Criterion.DoesNotExist:
        raise Http404 from None


@require_safe
def dossier(request, pk):
    """The whole dossier, its first open question beside it; ?part=package is only how far the packing is."""
    dossier = _dossier_or_404(request, pk)
    if request.htmx and request.GET.get("part") == "package":
        return _package_part(request, dossier)
    return _render(request, dossier, _page_or_404(request, dossier))


def _package_part(request, dossier):
    """How far the packing is; once it has ended the whole page is out of date."""
    job = latest_package(dossier, request.user)
    if job is None or job.finished_at:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "reports/_dossier_package.html", {"dossier": dossier, "package": ShownJob(job, request.now)})


@says_why
@require_http_methods(["GET", "POST"])
def criterion(request, pk, criterion_pk):
    """The dossier with one criterion beside it; posted, what the office says of itself there.

    A script that saves while somebody types hears {"version", "saved"}, {"errors": …}, or both versions (409).
    """
    if request.method == "GET":
        dossier = _dossier_or_404(request, pk)
        return _render(request, dossier, _page_or_404(request, dossier, criterion_pk))
    dossier = _dossier_to_edit(request, pk)
    page = _page_or_404(request, dossier, criterion_pk)
    if request.POST.get("resolve") == "theirs":
        return _at(dossier, criterion_pk)
    form = SelfScoreForm(request.POST, most=page.chosen.criterion.most)
    if form.is_valid() and (score := _score_saved(request, page, form)):
        return _score_kept(request, page, score)
    if form.has_error(NON_FIELD_ERRORS, "stale"):
        return _other_score(request, dossier, page, form)
    if is_autosave(request):
        errors = {"" if name == "__all__" else name: errors[0] for name, errors in form.errors.items()}
        return JsonResponse({"errors": errors}, status=422)
    return _render(request, dossier, page, form=form, status=422)


def _score_saved(request, page, form):
    """The score as it is kept; None, with what is wrong on the form."""
    row = page.chosen
    missing, facts = [each.key for each in row.missing], {"by": request.user, "at": request.now}
    try:
        return save_score(page.dossier, row.criterion, form.cleaned_data, missing=missing, **facts)
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _score_kept(request, page, score):
    if is_autosave(request):
        return JsonResponse({"version": score.version, "saved": saved_words(request.now, request.today)})
    messages.success(request, _("Criterion %(code)s saved.") % {"code": page.chosen.criterion.code})
    return _at(page.dossier, page.chosen.criterion.pk)


def _other_score(request, dossier, page, form):
    """Somebody else saved the criterion meanwhile: both, and the choice."""
    theirs = score_now(dossier, page.chosen.criterion)
    typed = {name: request.POST.get(name, "") for name in ("points", "explanation", "missing_reason")}
    mine = SelfScoreForm(most=form.most, initial={**typed, "version": theirs.version})
    if is_autosave(request):
        context = {"dossier": dossier, "row": page.chosen, "form": mine, "theirs": theirs}
        return render(request, "reports/_score_conflict.html", context, status=409)
    return _render(request, dossier, page, form=mine, theirs=theirs, status=409)


def _at(dossier, criterion_pk):
    return redirect("reports:criterion", dossier.pk, criterion_pk)


def _render(request, dossier, page, *, form=None, theirs=None, status=200, **attaching):
    """`attaching`: of documents that were not added, `attachment` (the form), `proves` and `lost_files`."""
    can_edit = can_edit_dossier(request.user, dossier)
    job = latest_package(dossier, request.user)
    row = page.chosen
    asked = {"everything": "all" in request.GET, "words": request.GET.get("words", "")[:100]}
    context = {
        "dossier": dossier,
        "page": page,
        "shown": shown_page(page),
        "package": ShownJob(job, request.now) if job else None,
        "can_edit": can_edit,
        "can_reopen": can_reopen_dossier(request.user, dossier),
        "form": form or (_score_form(row) if row else None),
        "theirs": theirs,
        "attachment": AttachmentForm(auto_id="id_own_%s"),
        "proves": "",
        "lost_files": False,
        "is_leaf": bool(row and not row.is_sum),
        "wanted": wanted_of(row.criterion) if row else [],
        "asked": asked,
    } | attaching
    if can_edit and row and not row.is_sum:
        context |= _proposed(request, dossier, row.criterion, asked)
    return render(request, "reports/dossier.html", context, status=status)


def _score_form(row):
    own = row.criterion
    initial = {
        "version": own.own_version or 0,
        "points": own.own_points,
        "explanation": own.own_explanation or "",
        "missing_reason": own.own_missing_reason or "",
    }
    return SelfScoreForm(most=own.most, initial=initial)


def _proposed(request, dossier, criterion, asked):
    """A page of what is proposed for the criterion, and how much there is."""
    rows = with_total(proposals(dossier, criterion, **asked))
    return {"proposed": rows, "proposed_total": rows[0].total if rows else 0}


@require_POST
def tag(request, pk, criterion_pk):
    """Evidence taken, left out, or proposed again, as the button says; then back to the criterion."""
    dossier = _dossier_to_edit(request, pk)
    rows = Criterion.objects.visible_to(request.user).filter(set=dossier.criteria_id)
    criterion = get_object_or_404(rows, pk=criterion_pk)
    try:
        messages.success(request, _tagged(request, dossier, criterion))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _at_number(request, dossier, criterion.code)
    return _at(dossier, criterion.pk)


def _at_number(request, dossier, code):
    """The criterion with this number among those the dossier is on by now; the dossier where there is none."""
    now = Criterion.objects.visible_to(request.user).filter(set__dossiers=dossier, code=code).first()
    return _at(dossier, now.pk) if now else redirect("reports:dossier", dossier.pk)


def _tagged(request, dossier, criterion):
    """Do what the button says; the sentence about it."""
    sent, facts = request.POST, {"by": request.user, "at": request.now}
    keys = [int(key) for key in sent.getlist("evidence") if key.isascii() and key.isdecimal() and len(key) < 12]
    match sent.get("do", ""):
        case "take":
            n = take(dossier, criterion, keys, proves=sent.get("proves", ""), **facts)
        case "all":
            asked = {"everything": "all" in sent, "words": sent.get("words", "")[:100]}
            n = take_all(dossier, criterion, proves=sent.get("proves", ""), **asked, **facts)
        case "leave":
            n = take(dossier, criterion, keys, is_left_out=True, **facts)
            return ngettext("%(n)s piece left out.", "%(n)s pieces left out.", n) % {"n": n}
        case "untag":
            n = untag(dossier, criterion, keys)
            return ngettext("%(n)s piece taken off.", "%(n)s pieces taken off.", n) % {"n": n}
        case _:
            raise ValidationError(_("Choose what to do with the evidence."))
    if not n:
        raise ValidationError(_("No evidence was chosen."))
    return ngettext("%(n)s piece taken.", "%(n)s pieces taken.", n) % {"n": n}


@require_POST
def attach(request, pk, criterion_pk):
    """Files and a link put under the criterion itself: what is sound of them is kept, the rest is said."""
    dossier = _dossier_to_edit(request, pk)
    page = _page_or_404(request, dossier, criterion_pk)
    if page.chosen.is_sum:
        raise Http404
    form = AttachmentForm(request.POST, request.FILES, today=request.today, auto_id="id_own_%s")
    form.full_clean()
    if not form.has_something:
        form.add_error(None, _("Choose a file, or write the address of a page."))
    try:
        rows = [] if form.errors and not form.is_worth_keeping else _attached(request, page, form)
    except ValidationError as error:
        form.add_error(None, error)
        rows = []
    if rows:
        said = ngettext("%(n)s document added.", "%(n)s documents added.", len(rows))
        messages.success(request, said % {"n": len(rows)})
    if form.errors:
        page = _page_or_404(request, dossier, criterion_pk)
        lost = {"proves": request.POST.get("proves", ""), "lost_files": bool(request.FILES) and not rows}
        return _render(request, dossier, page, attachment=form, **lost, status=422)
    if not rows:
        messages.info(request, _("This document is already there."))
    return _at(dossier, criterion_pk)


def _attached(request, page, form):
    facts = {"proves": request.POST.get("proves", ""), "by": request.user, "at": request.now}
    return attach_documents(page.dossier, page.chosen.criterion, form, **facts)


def _document_or_404(request, pk):
    rows = DossierDocument.objects.visible_to(request.user).select_related("dossier__plan", "criterion")
    return get_object_or_404(rows, pk=pk)


@require_safe
def dossier_document(request, pk):
    """The file of a document of the dossier's own; a link leads back to its criterion."""
    document = _document_or_404(request, pk)
    require(can_view_dossier(request.user), NOT_FOR_YOU)
    if document.kind == EvidenceKind.LINK:
        return _at(document.dossier, document.criterion_id)
    return send_file(document, request)


@require_POST
def document_remove(request, pk):
    document = _document_or_404(request, pk)
    require(can_edit_dossier(request.user, document.dossier), NOT_YOURS)
    try:
        remove_document(document)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Removed: %(name)s") % {"name": document})
    return _at(document.dossier, document.criterion_id)


@require_POST
def dossier_move(request, pk, name):
    dossier = _dossier_or_404(request, pk)
    if name not in TRANSITIONS:
        raise Http404
    try:
        move(dossier, name, by=request.user, at=request.now, periods=periods_of(request))
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, MOVED[name])
    return redirect("reports:dossier", dossier.pk)


MOVED = {
    "close": gettext_lazy("The dossier is closed: it is only read now."),
    "reopen": gettext_lazy("The dossier is open again."),
    "renew": gettext_lazy("The dossier is on the latest version of the criteria; all points have been computed anew."),
}


@require_POST
def dossier_zip(request, pk):
    """Order the package; where one is being made already, that one goes on."""
    dossier = _dossier_or_404(request, pk)
    order_package(dossier, by=request.user)
    messages.info(
        request, _("The package is being made. You may leave this page; the bell tells you when it is ready.")
    )
    return redirect("reports:dossier", dossier.pk)


@require_POST
def dossier_zip_stop(request, pk):
    """Stop the package that is being made for this person."""
    dossier = _dossier_or_404(request, pk)
    if stop_package(dossier, by=request.user):
        messages.success(request, _("The packing has been stopped; nothing of it has been kept."))
    else:
        messages.info(request, _("The package is not being made any more."))
    return redirect("reports:dossier", dossier.pk)


@require_safe
def dossier_pdf(request, pk):
    """The self-score as it is handed in."""
    dossier = _dossier_or_404(request, pk)
    page = _page_or_404(request, dossier)
    try:
        paper = build_dossier_paper(page, today=request.today)
        return file_answer(kept_dossier_pdf(paper), f"{file_name(dossier)}.pdf", inline=True)
    except PdfBusyError:
        messages.error(request, BUSY)
        return redirect("reports:dossier", dossier.pk)


# Criteria


@require_http_methods(["GET", "POST"])
def criteria_sets(request):
    """The sets of criteria by year; posted, a new one from a prepared set or from another."""
    require(can_view_criteria(request.user), NOT_FOR_YOU)
    rows = list(CriteriaSet.objects.visible_to(request.user).prefetch_related("dossiers__plan"))
    can_edit = can_edit_criteria(request.user)
    if request.method == "POST":
        require(can_edit, NOT_TO_WRITE)
    form = BeginCriteriaForm(posted(request), sets=rows, initial={"year": request.today.year})
    if form.is_bound and form.is_valid():
        new = _set_begun(request, form.cleaned_data, rows)
        messages.success(request, _("The set has been made. Compare it with the text of the year before using it."))
        return redirect("reports:criteria_set", new.pk)
    context = {"sets": rows, "form": form if can_edit else None}
    return render(request, "reports/criteria_sets.html", context, status=422 if form.is_bound else 200)


def _set_begun(request, facts, sets):
    told = {"by": request.user, "at": request.now}
    if facts["source"].startswith("set-"):
        old = next(each for each in sets if f"set-{each.pk}" == facts["source"])
        return copy_set(old, facts["year"], **told)
    return begin_prepared(request.user.agency.locality, facts["year"], facts["source"], **told)


@require_http_methods(["GET", "POST"])
def criteria_set(request, pk):
    """A set of criteria; `?criterion=` one of them to write, posted with what is to be done (`do`)."""
    sets = CriteriaSet.objects.visible_to(request.user).select_related("locality")
    row = get_object_or_404(sets, pk=pk)
    require(can_view_criteria(request.user), NOT_FOR_YOU)
    page = build_set_page(row, request.GET.get("criterion", ""))
    can_edit = can_edit_criteria(request.user)
    if request.method == "GET":
        return _set_page(request, page, can_edit)
    require(can_edit, NOT_TO_WRITE)
    match request.POST.get("do", ""):
        case "facts":
            return _facts_saved(request, page)
        case "remove":
            return _removed(request, page)
        case _:
            return _criterion_saved(request, page)


def _set_page(request, page, can_edit, *, form=None, facts=None, status=200):
    context = {
        "page": page,
        "set": page.set,
        "can_edit": can_edit,
        "form": form or CriterionForm(initial=page.typed, codes=page.codes),
        "facts": facts or SetFactsForm(initial=vars(page.set), prefix="set"),
    }
    return render(request, "reports/criteria_set.html", context, status=status)


def _facts_saved(request, page):
    form = SetFactsForm(request.POST, prefix="set")
    if not form.is_valid():
        return _set_page(request, page, True, facts=form, status=422)
    return _written(request, page, save_set_facts(page.set, form.cleaned_data, by=request.user, at=request.now))


def _criterion_saved(request, page):
    form = CriterionForm(request.POST, codes=page.codes)
    if form.is_valid():
        try:
            return _written(request, page, _write_criterion(request, page, form))
        except ValidationError as error:
            form.add_error(None, error)
    return _set_page(request, page, True, form=form, status=422)


@transaction.atomic
def _write_criterion(request, page, form):
    """Write the criterion, unless somebody changed it since the page was shown. Raises ValidationError."""
    typed = form.cleaned_data
    if page.chosen and typed["was"] != fingerprint(page.chosen):
        raise ValidationError(_("A colleague has changed this criterion meanwhile. Open it again, then change it."))
    code = page.chosen.code if page.chosen else ""
    return save_criterion(page.set, code, typed, by=request.user, at=request.now)


def _removed(request, page):
    if page.chosen is None:
        raise Http404
    return _written(request, page, remove_criterion(page.set, page.chosen.code, by=request.user, at=request.now))


def _written(request, page, target):
    """Back to the set as it is now: the next version where the old one is in use."""
    if target.pk != page.set.pk:
        messages.success(
            request,
            _("Version %(n)s has been made: dossiers that use the version before keep it until they are moved.")
            % {"n": target.ordinal},
        )
    else:
        messages.success(request, _("The criteria have been saved."))
    return redirect("reports:criteria_set", target.pk)
