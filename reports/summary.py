"""The state of a plan on one sheet: the same few facts for paper and for the screen on the wall."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _, ngettext

from activities.filters import ON_TRACK
from agencies.templatetags.look import STATES, date_vi, number_vi, percent_vi

from .charts import coordinate
from .drawing import BarChart, draw
from .models import Report, ReportKind, ReportStatus
from .pictures import brief_rates_chart, brief_targets_chart

RED_SHOWN = 5
TARGETS_SHOWN = 5
DATES_SHOWN = 4
RETURNED_SHOWN = 4
AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Number:
    """A headline figure: '9' of '12', what it was before, and where its rows are."""

    label: str
    value: str
    of: str
    note: str
    url: str
    is_bad: bool = False


@dataclass(frozen=True)
class Red:
    """Something to be handled; `state` names its sign, `short` says the state where room is scarce."""

    title: str
    detail: str
    state: str
    words: str
    owner: str
    url: str


@dataclass(frozen=True)
class Rate:
    """The share of agencies on time in a period; `width` of 100."""

    label: str
    words: str
    width: str
    is_last: bool


@dataclass(frozen=True)
class Summary:
    """What stands on the sheet, in the language it was built in. `at`: the moment of the figures."""

    issuer: str
    locality: str
    plan: str
    period: str
    at: datetime
    answer: str
    beside: str
    numbers: tuple[Number, ...]
    red: tuple[Red, ...]
    red_hidden: int
    targets: BarChart | None
    targets_hidden: int
    mark: str
    rates_chart: BarChart | None
    rates: tuple[Rate, ...]
    states: tuple[tuple[str, str], ...]
    activity_count: int
    review: str
    dates: tuple[tuple[date, str], ...]
    phone: str
    foot: str

    @property
    def targets_svg(self):
        return draw(self.targets) if self.targets else ""

    @property
    def rates_svg(self):
        return draw(self.rates_chart) if self.rates_chart else ""


def build_summary(board, periods, *, at):
    """The sheet of `board` (a Dashboard) at the moment `at`, said to the minute: it is the same sheet all of it.

    Args:
        periods: all reporting periods of the plan, for the dates to come.
    """
    plan = board.period.plan
    red = _red(board)
    figures = board.figures[:TARGETS_SHOWN]
    rates = [(each.period.title, each.on_time_rate) for each in board.trend if each.is_due(board.today)]
    coordinator = plan.coordinating_agency or plan.issuing_agency
    return Summary(
        issuer=plan.issuing_agency_name,
        locality=plan.locality.name,
        plan=str(plan),
        period=board.period.title,
        at=at.replace(second=0, microsecond=0),
        answer=_answer(board),
        beside=_beside(board),
        numbers=_numbers(board),
        red=red,
        red_hidden=len(board.to_handle) + board.totals.missing - len(red),
        targets=brief_targets_chart(figures, board.year_share) if figures else None,
        targets_hidden=len(board.figures) - len(figures),
        mark=percent_vi(board.year_share, 0),
        rates_chart=brief_rates_chart(_("Agencies on time"), rates) if rates else None,
        rates=_rates(rates),
        states=tuple((_sign_of(state), f"{n} {STATES[_sign_of(state)].lower()}") for state, n in board.counts),
        activity_count=board.activity_count,
        review=_review(board),
        dates=_dates(board, periods),
        phone=coordinator.phone if coordinator else "",
        foot=_foot(board),
    )


def _sign_of(state):
    return str(state).replace("_", "-")


def _answer(board):
    if not board.totals.expected:
        return _("No agency has to report in %(period)s") % {"period": board.period.title}
    on_track = _("%(n)s/%(all)s activities on track") % {"n": board.on_track, "all": board.activity_count}
    sent = _("%(n)s/%(all)s agencies have reported") % {"n": board.totals.sent, "all": board.totals.expected}
    if board.is_ahead or board.is_running:
        due = _("due on %(due)s") % {"due": date_vi(board.period.agency_due_on)}
        return f"{on_track}, {sent}, {due}"
    missing = board.totals.missing
    late = ngettext("%(n)s agency overdue", "%(n)s agencies overdue", missing) % {"n": missing}
    return f"{on_track}, {sent}, {late if missing else _('none overdue')}"


def _beside(board):
    """What has changed since the period before, and what is furthest behind."""
    said = []
    change, before = board.on_time_change, board.previous
    if change is not None:
        words = {"now": board.totals.on_time, "before": before.on_time, "previous": before.period.title}
        more = _("More agencies on time than in %(previous)s: %(now)s, before %(before)s.")
        fewer = _("Fewer agencies on time than in %(previous)s: %(now)s, before %(before)s.")
        same = _("As many agencies on time as in %(previous)s.")
        said.append((more if change > 0 else fewer if change < 0 else same) % words)
    if figure := board.lowest_figure:
        words = {"name": figure.label, "percent": percent_vi(figure.target_percent)}
        said.append(_("Furthest behind its target: %(name)s, %(percent)s.") % words)
    return " ".join(said)


def _numbers(board):
    totals, previous = board.totals, board.then
    updates = reverse("activities:updates")

    def before(value):
        return _("%(previous)s: %(n)s") % {"previous": previous.period.title, "n": value} if previous else ""

    def of_agencies(show):
        return f"{updates}?{urlencode({'period': board.period.pk, 'show': show})}"

    on_track = f"{reverse('activities:list')}?{urlencode({'plan': board.period.plan_id, 'state': ON_TRACK})}"
    return (
        Number(
            label=_("Activities on track"),
            value=number_vi(board.on_track),
            of=number_vi(board.activity_count),
            note=before(previous.on_track if previous else ""),
            url=f"{reverse('reports:dashboard')}#time" if board.is_past else on_track,
        ),
        Number(
            label=_("Agencies on time"),
            value=number_vi(totals.on_time),
            of=number_vi(totals.expected),
            note=before(previous.totals.on_time if previous else ""),
            url=of_agencies("on_time"),
        ),
        Number(
            label=_("Agencies that have not sent"),
            value=number_vi(totals.not_sent),
            of="",
            note=before(previous.totals.not_sent if previous else ""),
            url=of_agencies("not_sent"),
            is_bad=bool(totals.missing),
        ),
        Number(
            label=_("Targets keeping pace"),
            value=number_vi(board.keeping_pace) if board.figures else "–",
            of=number_vi(len(board.figures)) if board.figures else "",
            note=_("measured at %(share)s of the year") % {"share": percent_vi(board.year_share, 0)},
            url=f"{reverse('reports:dashboard')}#outputs",
        ),
    )


def _red(board):
    """Overdue and unassigned activities, then agencies that are late; both kinds where there are both."""
    agencies = board.red_agencies
    activities = board.red_activities[: max(RED_SHOWN - len(agencies), 3)]
    rows = [_red_activity(board, row) for row in activities]
    return tuple([*rows, *(_red_agency(board, row) for row in agencies)][:RED_SHOWN])


def _red_activity(board, row):
    activity = row.activity
    counted = ""
    if activity.target_quantity:
        counted = f"{number_vi(row.quantity_done or 0)}/{number_vi(activity.target_quantity)} {activity.target_unit}"
    deadline = _("Deadline %(day)s") % {"day": date_vi(activity.deadline)} if activity.deadline else ""
    return Red(
        title=_("Activity %(number)s: %(title)s") % {"number": activity.number, "title": activity.title},
        detail=", ".join(filter(None, [counted, deadline])),
        state=_sign_of(row.state),
        words=_overdue(row.days_late) if row.days_late else str(STATES[_sign_of(row.state)]),
        owner="; ".join(row.leads) or _to_assign(board.period.plan),
        url=activity.get_absolute_url(),
    )


def _to_assign(plan):
    agency = plan.coordinating_agency.name if plan.coordinating_agency else plan.issuing_agency_name
    return _("%(agency)s, to have a lead assigned") % {"agency": agency}


def _red_agency(board, row):
    filled = _("%(filled)s/%(expected)s activities filled in") % {"filled": row.filled, "expected": row.expected}
    owner = row.agency.short_name
    if row.agency.phone:
        owner = _("%(agency)s, tel. %(phone)s") % {"agency": owner, "phone": row.agency.phone}
    return Red(
        title=_("%(agency)s has not sent its update") % {"agency": row.agency.short_name},
        detail=filled,
        state="overdue",
        words=_overdue(row.days_late),
        owner=owner,
        url=f"{reverse('activities:updates')}?{urlencode({'period': row.period.pk, 'show': 'missing'})}",
    )


def _overdue(days):
    return ngettext("Overdue %(n)s day", "Overdue %(n)s days", days) % {"n": number_vi(days)}


def _rates(rates):
    last = len(rates) - 1
    return tuple(
        Rate(label, percent_vi(percent), coordinate(percent or 0), place == last)
        for place, (label, percent) in enumerate(rates)
    )


def _review(board):
    totals = board.totals
    words = {"sent": totals.sent, "approved": totals.approved, "waiting": totals.waiting, "returned": totals.returned}
    said = _("%(sent)s sent: %(approved)s approved, %(waiting)s waiting for review, %(returned)s returned") % words
    returned = [row.agency.short_name for row in board.submissions if row.is_returned]
    if not returned:
        return f"{said}."
    shown = ", ".join(returned[:RETURNED_SHOWN])
    return f"{said} ({shown}{', …' if len(returned) > RETURNED_SHOWN else ''})."


def _dates(board, periods):
    """What falls due within 30 days of the figures, nearest first."""
    found, issued = [], _issued(periods)
    for each in periods:
        found.append((each.agency_due_on, _("agencies' deadline, %(period)s") % {"period": each.title}))
        if each.pk not in issued:
            found.append((each.consolidated_due_on, _("consolidated report of %(period)s") % {"period": each.title}))
        found.append((each.locks_on, _("figures of %(period)s are locked") % {"period": each.title}))
    for row in board.now.soon:
        title = {"number": row.activity.number, "title": row.activity.title}
        found.append((row.activity.deadline, _("activity %(number)s: %(title)s") % title))
    ahead = [(day, words) for day, words in found if board.as_of <= day <= board.as_of + AHEAD]
    return tuple(sorted(ahead, key=lambda each: each[0])[:DATES_SHOWN])


def _issued(periods):
    """Keys of the periods on which the plan's report has been issued."""
    rows = Report.objects.filter(kind=ReportKind.PLAN, status=ReportStatus.ISSUED, period__in=periods)
    return set(rows.values_list("period_id", flat=True))


def _foot(board):
    locked = board.period.locks_on <= board.today
    words = _("The figures of %(period)s are locked.") if locked else _("The figures of %(period)s may still change.")
    no_report = _("This page does not replace the official report.")
    return f"{words % {'period': board.period.title}} {no_report}"
