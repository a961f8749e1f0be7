"""Review: the queue, one update beside it, remarks, and approving many."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import require
from plans.permissions import is_coordinator_of

from ..duplicates import of as claims_on
from ..frame import periods_of
from ..locks import Extensions
from ..models import QuarterlyUpdate, ReviewComment, Status
from ..permissions import can_approve_update, can_comment
from ..review.approving import approve_each, chosen
from ..review.commenting import RemarkForm, may_take_back, name_figures
from ..review.narrowing import Narrowing
from ..review.page import build_page
from ..review.queue import build_queue
from ..review.reasons import ReasonedReturn, next_chance
from ..workmates import reviews_alone

COORDINATORS = gettext_lazy("Updates are reviewed by the coordinator of the plan.")


def _queue(request, open_pk=None):
    updates = QuarterlyUpdate.objects.visible_to(request.user)
    narrowing = Narrowing.of(request.GET)
    periods = periods_of(request)
    return build_queue(updates, request.user, periods, narrowing, today=request.today, open_pk=open_pk)


@require_safe
def review_queue(request):
    """What waits for me, worst first, and the first of it open beside the list."""
    require(request.user.is_coordinator, COORDINATORS)
    chosen_one = request.GET.get("open", "")
    if chosen_one.isdecimal() and len(chosen_one) < 10:
        return redirect(_address(int(chosen_one), Narrowing.of(request.GET)))
    queue = _queue(request)
    first = queue.shown[0] if queue.shown else None
    return _page(request, queue, first, claims_on(first.update, first.claimed) if first else {})


@require_safe
def review_update(request, pk):
    """One update that waits; of one that has been decided, its reading page."""
    update = _update_or_404(request, pk)
    if update.status != Status.SUBMITTED:
        messages.info(request, _("%(agency)s: this update does not wait any more.") % {"agency": update.agency.name})
        return redirect(update)
    queue = _queue(request, open_pk=pk)
    waiting = queue.find(pk)
    return _page(request, queue, waiting, claims_on(update, waiting.proofs) if waiting else {})


def return_form(request, update):
    """The form of a return as it was posted."""
    open_until = Extensions.of([update.period]).until(update.period, update.agency_id)
    return ReasonedReturn(request.POST, today=request.today, open_until=open_until)


def return_again(request, update, form):
    """The review page once more, after a return that was refused: what was typed stays, what is wrong stands by it."""
    request.place = reverse("activities:review")
    queue = _queue(request, open_pk=update.pk)
    waiting = queue.find(update.pk)
    if waiting is None:
        return redirect(update)
    return _page(request, queue, waiting, claims_on(waiting.update, waiting.proofs), form)


def _update_or_404(request, pk):
    updates = QuarterlyUpdate.objects.visible_to(request.user).select_related("agency", "period__plan__reporting_rules")
    update = get_object_or_404(updates, pk=pk)
    require(is_coordinator_of(request.user, update.period.plan), COORDINATORS)
    return update


def _address(pk, narrowing):
    return reverse("activities:review_update", args=[pk]) + narrowing.query


def _page(request, queue, waiting, claims, refused=None):
    """`refused`: the form of a return that did not go through."""
    narrowing = Narrowing.of(request.GET)
    context = {"queue": queue, "narrowing": narrowing, "periods": _periods(queue), "page": None, "refused": refused}
    if waiting:
        context |= _open(request, queue, waiting, narrowing, claims, refused)
    return render(request, "activities/review.html", context, status=422 if refused else 200)


def _periods(queue):
    """The periods that something waits for, newest first."""
    found = {row.update.period.pk: row.update.period for row in queue.rows}
    return sorted(found.values(), key=lambda each: (-each.starts_on.toordinal(), each.pk))


def _open(request, queue, waiting, narrowing, claims, refused):
    update = waiting.update
    after, before = queue.after(update.pk), queue.before(update.pk)
    comments = _dressed(ReviewComment.objects.visible_to(request.user).filter(update=update), request.user, waiting)
    is_open = request.today <= waiting.open_until
    can_approve = can_approve_update(request.user, update)
    form = (refused or _empty_return(request, waiting.open_until)) if is_open else None
    return {
        "page": build_page(waiting, queue.events_of(update), comments, claims),
        "waiting": waiting,
        "place": queue.place(update.pk),
        "after": after,
        "after_url": _address(after.update.pk, narrowing) if after else "",
        "before_url": _address(before.update.pk, narrowing) if before else "",
        "next_url": _address(after.update.pk, narrowing) if after else reverse("activities:review") + narrowing.query,
        "here_url": _address(update.pk, narrowing),
        "previous_period": queue.reading.previous_period(update),
        "can_approve": can_approve,
        "is_alone": not can_approve and reviews_alone(request.user, update.period.plan),
        "is_open": is_open,
        "form": form,
        "remark_form": RemarkForm(lines=waiting.lines),
    }


def _empty_return(request, open_until):
    chance = next_chance(request.user.agency.locality_id, request.today, open_until)
    return ReasonedReturn(today=request.today, open_until=open_until, initial={"resend_by": chance})


# Remarks


@require_POST
def review_comment(request, pk):
    """A remark on the update, an activity of it or a figure; answered with the remarks of that place."""
    update = _update_or_404(request, pk)
    waiting = _queue(request, open_pk=pk).find(pk)
    require(waiting is not None and can_comment(request.user, update), _("It has been decided already."))
    form = RemarkForm(request.POST, lines=waiting.lines)
    if form.is_valid():
        form.save(update, round=waiting.round, by=request.user, at=request.now)
        return _remarked(request, update, form.cleaned_data["activity"])
    if request.htmx:
        return HttpResponse(status=422)
    messages.error(request, " ".join(sentence for each in form.errors.values() for sentence in each))
    return redirect(_address(pk, Narrowing.of(request.GET)))


@require_POST
def comment_remove(request, pk):
    """Take one's own remark back while its round is undecided."""
    comment = get_object_or_404(ReviewComment.objects.visible_to(request.user).select_related("update"), pk=pk)
    update = _update_or_404(request, comment.update_id)
    is_undecided = update.status == Status.SUBMITTED
    require(
        is_undecided and may_take_back(request.user, comment, _round_of(update)),
        _("Only your own remarks, and only before the decision."),
    )
    activity = comment.activity_id
    comment.delete()
    return _remarked(request, update, str(activity or ""))


def _round_of(update):
    return update.events.filter(move="submit").count() or 1


def _remarked(request, update, activity):
    if not request.htmx:
        place = f"#a{activity}" if activity else "#remarks"
        return redirect(_address(update.pk, Narrowing.of(request.GET)) + place)
    remarks = ReviewComment.objects.visible_to(request.user).filter(update=update, activity=activity or None)
    comments = _dressed(remarks, request.user, _queue(request, open_pk=update.pk).find(update.pk))
    return render(request, "activities/_review_comments.html", {"comments": comments, "activity": activity})


def _dressed(comments, user, waiting):
    """The remarks with what they are about, and whether this person may take them back."""
    comments = list(comments)
    name_figures(comments)
    for comment in comments:
        comment.can_be_taken_back = may_take_back(user, comment, waiting.round)
    return comments


# Many at once


@require_http_methods(["GET", "POST"])
def approve_many(request):
    """Several to be approved together, those without warnings ticked; each is moved for itself, its outcome told."""
    require(request.user.is_coordinator, COORDINATORS)
    versions = chosen(request.POST) if request.method == "POST" else {}
    outcomes = _approve(request, versions) if versions else []
    if request.method == "POST" and not versions:
        messages.error(request, _("Choose at least one update."))
    queue = _queue(request)
    clean, doubtful = _rows(request, queue.clean), _rows(request, queue.doubtful)
    context = {
        "queue": queue,
        "narrowing": Narrowing.of(request.GET),
        "parts": [(rows, is_clean) for rows, is_clean in ((clean, True), (doubtful, False)) if rows],
        "able": sum(may for _row, may in [*clean, *doubtful]),
        "outcomes": outcomes,
        "approved": sum(each.is_approved for each in outcomes),
    }
    return render(request, "activities/review_approve.html", context)


def _rows(request, waiting):
    """(Waiting, whether this person may approve it)"""
    return [(row, can_approve_update(request.user, row.update)) for row in waiting]


def _approve(request, versions):
    updates = QuarterlyUpdate.objects.visible_to(request.user).filter(pk__in=versions)
    updates = updates.select_related("agency", "period__plan__reporting_rules").order_by("agency__name_sort", "pk")
    return approve_each(updates, versions, by=request.user, at=request.now)
