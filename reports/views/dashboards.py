"""The state of plans for leaders: the dashboard of a plan, of several, of the locality; and the work behind it."""

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from activities.filters import ON_TRACK, PLANNED, RED, SILENT
from activities.frame import periods_of, reads_todays_names
from activities.models import ActivityProgress
from activities.progress import State
from activities.scopes import corresponding
from activities.stars import starred_by
from agencies.workbook import Column, given_out, write_table

from ..dashboard import build_dashboard
from ..dashboard.headlines import comparison, headlines
from ..dashboard.links import Links
from ..dashboard.proofs import working_lines
from ..dashboard.workbook import dashboard_workbook
from ..models import Report
from ..notes import plan_names
from ..pictures import Picture, trend_chart
from ..waiting import waiting_for
from .asking import asked_by, looked_at
from .reading import workbook_answer

PAGE, TAB = 50, "overview"


def board_by(request, asked, *, starred=None):
    """The Dashboard that `asked` (`asked_by`) means; `starred`: keys of activities, the person's own by default."""
    return build_dashboard(
        asked.period,
        periods_of(request),
        today=request.today,
        todays_names=reads_todays_names(request, asked.period),
        plans=asked.plans,
        against=asked.against,
        known_on=asked.known_on,
        starred=starred_by(request.user) if starred is None else starred,
    )


@require_safe
def dashboard(request):
    asked = asked_by(request)
    around = {"waiting": waiting_for(Report.objects.visible_to(request.user), request.user).count()}
    if asked is None:
        return render(request, "reports/dashboard.html", {**around, "board": None, **looked_at(request, None, TAB)})
    board = board_by(request, asked)
    links, then = _links(board, asked)
    around |= looked_at(request, asked, TAB)
    return render(
        request,
        "reports/dashboard.html",
        {
            **around,
            "board": board,
            "figures": headlines(board, links, then, request.user.unread),
            "compared": comparison(board, links, then),
            "states": [(state, n, links.activities(state=state.value)) for state, n in board.counts],
            "plan_lines": [(line, _plan_urls(line, links)) for line in board.plans],
            "red_agencies": [(row, links.duty(row)) for row in board.red_agencies],
            "red_periods": [(each, _period_urls(each, links)) for each in board.red_periods],
            "tracks": [_track(track, board, links) for track in board.tracks],
            "bars": [(*each, links.outputs(each[0].code), links.aims(each[0].code)) for each in board.bars],
            "rated": [(each, _period_urls(each, links)) for each in board.rated],
            "urls": _urls(links, then),
            "picture": _trend_picture(board, asked, links),
        },
    )


def _links(board, asked):
    """(Links to the rows of now, to those of the period compared with or None)."""
    then = Links.of(board, asked.word, board.then) if board.then else None
    return Links.of(board, asked.word), then


def _urls(links, then):
    """The addresses that words and tables of the page lead to, by what they show."""
    return {
        **_period_urls(None, links),
        **{name: links.activities(state=state) for name, state in STATES.items()},
        "activities": links.activities(),
        "on_time_before": then.updates("on_time") if then else "",
    }


STATES = {
    "on_track": ON_TRACK,
    "planned": PLANNED,
    "red": RED,
    "silent": SILENT,
    "unassigned": State.UNASSIGNED.value,
}


def _period_urls(totals, links):
    """Where the duties of a period stand (PeriodTotals; None: of the one in question), by what they show."""
    period = totals and totals.period
    shown = {show: links.updates(show, period) for show in ("sent", "missing", "not_sent", "on_time")}
    return {**shown, "updates": links.updates("", period)}


def _plan_urls(line, links):
    """Where the rows of one of the plans looked at together stand."""
    own = links.of_plan(line.plan)
    of_duties = _period_urls(line.totals, own) if line.totals else {}
    return {**of_duties, **{name: own.activities(state=state) for name, state in STATES.items()}}


def _track(track, board, links):
    """(AgencyTrack, where its present duty stands, [(Submission or None, how many it owed, where these stand)])."""
    agency = track.current.agency
    cells = [
        (row, n, links.updates("", totals.period, agency))
        for row, n, totals in zip(track.submissions, track.owed, board.trend, strict=True)
    ]
    return track, links.duty(track.current), cells


def _trend_picture(board, asked, links):
    """A browser keeps a drawing by its address: that says by which names agencies are read, too."""
    chart = trend_chart(board)
    return Picture("trend", chart, urlencode(asked.query | links.names_asked)) if chart else None


@require_safe
def dashboard_xlsx(request):
    asked = asked_by(request)
    if asked is None:
        return redirect("reports:dashboard")
    board = board_by(request, asked)
    links, then = _links(board, asked)
    notes = [
        _("Overview, %(period)s, %(plans)s") % {"period": asked.period.title, "plans": plan_names(asked.plans)},
        _("Activities as of %(day)s, submissions as of %(today)s.")
        % {"day": f"{board.as_of:%d/%m/%Y}", "today": f"{board.today:%d/%m/%Y}"},
        *([_("Compared with %(period)s.") % {"period": board.then.period.title}] if board.then else []),
        *([_("Not yet issued then:") + f" {plan_names(asked.unissued)}."] if asked.unissued else []),
        given_out(request.now),
    ]
    figures = headlines(board, links, then, request.user.unread)
    return workbook_answer(
        request, asked.period, "tong-quan", dashboard_workbook(board, figures, comparison(board, links, then), notes)
    )


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
        notes = [asked.period.title, str(SHOWS.get(show, _("All"))), given_out(request.now)]
        data = write_table(_("Reported work"), COLUMNS, [_facts(line) for line in shown], notes=notes)
        return workbook_answer(request, asked.period, "minh-chung", data)
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
