"""The state of plans for leaders: the dashboard of a plan, of several, of the locality; and the work behind it."""

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from activities.frame import periods_of, reads_todays_names
from activities.models import ActivityProgress
from activities.scopes import corresponding
from activities.stars import starred_by
from agencies.vietnamese import fold
from agencies.workbook import Column, write_table

from ..dashboard import build_dashboard
from ..dashboard.headlines import comparison, headlines
from ..dashboard.links import Links
from ..dashboard.proofs import working_lines
from ..dashboard.workbook import dashboard_workbook
from ..pictures import Picture, rates_chart
from .asking import asked_by, looked_at
from .reading import file_answer

PAGE = 50


def board_by(request, asked):
    """The Dashboard that `asked` (`asked_by`) means."""
    return build_dashboard(
        asked.period,
        periods_of(request),
        today=request.today,
        todays_names=reads_todays_names(request, asked.period),
        plans=asked.plans,
        against=asked.against,
        known_on=asked.known_on,
        starred=starred_by(request.user),
    )


@require_safe
def dashboard(request):
    asked = asked_by(request)
    if asked is None:
        return render(request, "reports/dashboard.html", {"board": None} | looked_at(request, None, "overview"))
    board = board_by(request, asked)
    links, then = _links(board, asked)
    around = looked_at(request, asked, "overview")
    return render(
        request,
        "reports/dashboard.html",
        {
            **around,
            "board": board,
            "figures": headlines(board, links, then, request.user.unread),
            "compared": comparison(board, links, then),
            "states": [(state, n, links.activities(state=state.value)) for state, n in board.counts],
            "red_periods": [(each, links.updates("missing", each.period)) for each in board.red_periods],
            "urls": _urls(links),
            "picture": _trend_picture(board, around["query"]),
        },
    )


def _links(board, asked):
    """(Links to the rows of now, to those of the period compared with or None)."""
    then = Links.of(board, asked.word, board.then) if board.then else None
    return Links.of(board, asked.word), then


def _urls(links):
    """The addresses that words and tables of the page lead to, by what they show."""
    of_updates = {show: links.updates(show) for show in ("sent", "missing", "not_sent")}
    of_activities = {name: links.activities(state=state) for name, state in STATES.items()}
    return {**of_updates, **of_activities, "updates": links.updates(""), "activities": links.activities()}


STATES = {"on_track": "on-track", "red": "to-handle", "silent": "silent", "unassigned": "unassigned"}


def _trend_picture(board, query):
    rates = [(totals.short, totals.on_time_rate) for totals in board.rated]
    return Picture("trend", rates_chart(_("Agencies on time"), rates), query) if rates else None


@require_safe
def dashboard_xlsx(request):
    asked = asked_by(request)
    if asked is None:
        return redirect("reports:dashboard")
    board = board_by(request, asked)
    links, then = _links(board, asked)
    notes = [
        _("Overview, %(period)s, %(plans)s")
        % {"period": asked.period.title, "plans": "; ".join(str(plan) for plan in asked.plans)},
        _("Activities as of %(day)s, submissions as of %(today)s.")
        % {"day": f"{board.as_of:%d/%m/%Y}", "today": f"{board.today:%d/%m/%Y}"},
        *([_("Compared with %(period)s.") % {"period": board.then.period.title}] if board.then else []),
        _given_out(request),
    ]
    figures = headlines(board, links, then, request.user.unread)
    return _workbook(
        request, asked.period, "tong-quan", dashboard_workbook(board, figures, comparison(board, links, then), notes)
    )


def _given_out(request):
    return _("Given out at %(time)s on %(day)s") % {
        "time": f"{request.now:%H:%M}",
        "day": f"{request.today:%d/%m/%Y}",
    }


def _workbook(request, period, name, data):
    label = slugify(fold(period.label.replace("/", "-")))
    file_name = f"{name}-{label}-{request.today:%Y-%m-%d}.xlsx"
    return file_answer(data, file_name)


# The work behind the coverage with evidence

SHOWS = {"missing": gettext_lazy("Without evidence"), "with": gettext_lazy("With evidence")}
COLUMNS = (
    Column("plan", gettext_lazy("Plan")),
    Column("number", gettext_lazy("No.")),
    Column("title", gettext_lazy("Activity"), width=50),
    Column("agency", gettext_lazy("Agency"), width=36),
    Column("period", gettext_lazy("Reporting period")),
    Column("state", gettext_lazy("State")),
    Column("proven", gettext_lazy("Evidence")),
    Column("reason", gettext_lazy("Why there is no evidence"), width=50),
)


@require_safe
def evidence(request):
    """The period's lines that tell of work, with and without evidence; `?export=xlsx` gives them out."""
    asked = asked_by(request)
    if asked is None:
        return redirect("reports:dashboard")
    rows = _working_lines(request, asked)
    tallies = [(show, label, len(_showing(rows, show))) for show, label in SHOWS.items()]
    show = request.GET.get("show", "")
    shown = _showing(rows, show)
    if request.GET.get("export") == "xlsx":
        notes = [asked.period.title, str(SHOWS.get(show, _("All"))), _given_out(request)]
        data = write_table(_("Reported work"), COLUMNS, [_facts(line) for line in shown], notes=notes)
        return _workbook(request, asked.period, "minh-chung", data)
    return render(
        request,
        "reports/evidence.html",
        {
            "asked": asked,
            "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
            "tallies": tallies,
            "total": len(rows),
            "show": show if show in SHOWS else "",
            "back": urlencode(asked.query),
        },
    )


def _working_lines(request, asked):
    """Those without evidence first, then in the plan's order."""
    plans = {plan.pk for plan in asked.plans}
    periods = [each for key, each in corresponding(asked.period, periods_of(request)).items() if key in plans]
    rows = working_lines(ActivityProgress.objects.visible_to(request.user), periods, asked.known_on)
    rows = rows.select_related("activity__plan", "update__agency", "update__period")
    return list(rows.order_by("is_proven", "activity__plan", "activity__position", "update__agency__name_sort", "pk"))


def _showing(rows, show):
    return [line for line in rows if line.is_proven == (show == "with")] if show in SHOWS else rows


def _facts(line):
    return {
        "plan": str(line.activity.plan),
        "number": line.activity.number,
        "title": line.activity.title,
        "agency": line.update.agency.name,
        "period": line.update.period.title,
        "state": line.get_state_display(),
        "proven": _("yes") if line.is_proven else _("no"),
        "reason": "" if line.is_proven else line.no_evidence_reason,
    }
