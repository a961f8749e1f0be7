"""Work in the background: what runs, what failed, what is ready."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agencies.access import require

from ..health import state_of_health
from ..job_board import MOST_TODAY, ShownJob, build_board, first_day
from ..jobs import retry
from ..models import Job
from ..permissions import can_retry_job, can_see_health, can_see_job

NOT_YOURS = gettext_lazy("A job is seen by whoever started it and by the administrator of the locality.")
NOT_FAILED = gettext_lazy("Only a job that has failed, or waits for its next try, can be tried again.")


@require_safe
def job_list(request):
    """Failed, running, done; the running part is asked for again while something moves."""
    is_long = request.GET.get("days") == "30"
    board = build_board(request.user, request.now, since=first_day(request.today, is_long))
    if request.htmx and request.GET.get("part") == "now":
        return _moving_part(request, board)
    page = Paginator(board.ended, MOST_TODAY).get_page(request.GET.get("page"))
    signs = state_of_health(request.now, request.user.agency.locality) if can_see_health(request.user) else []
    return render(
        request,
        "accounts/jobs.html",
        {
            "board": board,
            "page": page,
            "done": board.done(page),
            "is_long": is_long,
            "signs": signs,
            "unwell": sum(not sign.is_well for sign in signs),
        },
    )


def _moving_part(request, board):
    """What runs; when nothing does any more the whole page is out of date."""
    if not board.is_moving:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "accounts/_jobs_now.html", {"board": board})


@require_safe
def job(request, pk):
    shown = ShownJob(_job_of(request, pk), request.now)
    return render(
        request,
        "accounts/job.html",
        {"shown": shown, "job": shown.job, "can_retry": can_retry_job(request.user, shown.job)},
    )


@require_POST
def job_retry(request, pk):
    job = _job_of(request, pk)
    require(can_retry_job(request.user, job), NOT_FAILED)
    if retry(job):
        messages.success(request, _("The work is tried again. You may leave this page."))
    return redirect("accounts:jobs")


@require_safe
def job_file(request, pk):
    job = _job_of(request, pk)
    if not ShownJob(job, request.now).file_is_there:
        raise Http404
    try:
        return FileResponse(job.file.open("rb"), as_attachment=True, filename=job.file_name)
    except FileNotFoundError as error:
        raise Http404 from error


def _job_of(request, pk):
    jobs = Job.objects.visible_to(request.user).select_related("started_by", "locality")
    job = get_object_or_404(jobs, pk=pk)
    require(can_see_job(request.user, job), NOT_YOURS)
    return job
