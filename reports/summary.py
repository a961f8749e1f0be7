"""The state of plans on one sheet: the same few facts for paper and for the screen on the wall."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _, gettext_noop, ngettext

from activities.filters import ON_TRACK, PLANNED, RED
from agencies.templatetags.look import STATES, date_vi, number_vi, percent_vi

from .charts import coordinate
from .counted import Fact, Note, Rows
from .dashboard.links import Links
from .drawing import BarChart, draw
from .gantt import shortened
from .models import Report, ReportKind, ReportStatus
from .pictures import brief_rates_chart, brief_targets_chart

RED_SHOWN = 5
TARGETS_SHOWN = 5
DATES_SHOWN = 4
RETURNED_SHOWN = 4
PLANS_NAMED = 4
NAME = 40  # characters of a plan's title, where it has no number
AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Number:
    """A headline figure: 9 `of` 12; `before` is what it was in the period compared with, `note` says it more exactly.

    `url`: where it is shown, if it counts no rows.
    """

    label: str
    value: Rows | Fact
    of: Rows | Fact | None = None
    url: str = ""
    before: Note | None = None
    note: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class Red:
    """Something to be handled; `state` names its sign, `plan` the plan where several are looked at."""

    title: str
    plan: str
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
    """What stands on the sheet, in the language it was built in. `at`: the moment it is given out.

    `plan` names one, or says how many are looked at together, `plans` then which. `known_on` is the earlier day the
    figures are from, or None; `seen` says of what days they are where that is not the moment of giving out.
    """

    issuer: str
    locality: str
    plan: str
    plans: str
    period: str
    at: datetime
    known_on: date | None
    seen: str
    answer: Note
    beside: str
    numbers: tuple[Number, ...]
    red: tuple[Red, ...]
    red_hidden: int
    red_all: Note
    targets: BarChart | None
    targets_hidden: int
    mark: str
    on_time: str
    rates_chart: BarChart | None
    rates: tuple[Rate, ...]
    states: tuple[tuple[str, Note], ...]
    activities: Note
    review: Note
    dates: tuple[tuple[date, str], ...]
    phone: str
    foot: str

    @property
    def targets_svg(self):
        return draw(self.targets) if self.targets else ""

    @property
    def rates_svg(self):
        return draw(self.rates_chart) if self.rates_chart else ""


def build_summary(board, periods, asked, *, at):
    """The sheet of `board` (a Dashboard) at the moment `at`, said to the minute: it is the same sheet all of it.

    Args:
        periods: all reporting periods of the plans looked at, for the dates to come.
        asked: what the page's address asks for (Asked).
    """
    links = Links.of(board, asked.word)
    then = Links.of(board, asked.word, board.then) if board.then else None
    red = _red(board, links)
    figures = board.figures[:TARGETS_SHOWN]
    rates = [(each.period.title, each.on_time_rate) for each in board.rated]
    on_time = _("Updates on time") if board.plans else _("Agencies on time")
    return Summary(
        issuer=_one([plan.issuing_agency_name for plan in asked.plans]) or board.period.plan.locality.name,
        locality=board.period.plan.locality.name,
        **_of_plans(board, asked),
        period=board.period.title,
        at=at.replace(second=0, microsecond=0),
        known_on=asked.known_on,
        seen=_seen(board),
        answer=_answer(board, links),
        beside=_beside(board),
        numbers=_numbers(board, links, then, asked),
        red=red,
        red_hidden=len(board.to_handle) + board.totals.missing - len(red),
        red_all=_joined(_red_all(board, links)),
        targets=brief_targets_chart(figures, board.year_share) if figures else None,
        targets_hidden=len(board.figures) - len(figures),
        mark=percent_vi(board.year_share, 0),
        on_time=on_time,
        rates_chart=brief_rates_chart(on_time, rates) if rates else None,
        rates=_rates(rates),
        states=tuple((_sign_of(state), _state(state, n, links)) for state, n in board.counts),
        activities=_activities(board, links),
        review=_review(board, links),
        dates=_dates(board, periods, asked),
        phone=_one([_phone(plan) for plan in asked.plans]),
        foot=_foot(board),
    )


def _one(values):
    """What all of `values` are, or nothing."""
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _phone(plan):
    coordinator = plan.coordinating_agency or plan.issuing_agency
    return coordinator.phone if coordinator else ""


def _of_plans(board, asked):
    if not board.plans:
        return {"plan": str(board.period.plan), "plans": ""}
    n, names = len(asked.plans), [shortened(str(plan), NAME) for plan in asked.plans[:PLANS_NAMED]]
    if n > PLANS_NAMED:
        more = n - PLANS_NAMED
        names.append(ngettext("and %(n)s more plan", "and %(n)s more plans", more) % {"n": more})
    together = ngettext("%(n)s plan together", "%(n)s plans together", n) % {"n": n}
    return {"plan": together, "plans": "; ".join(names)}


def _seen(board):
    """Of what days the figures are; nothing where all are of the moment."""
    known_on, words = board.reading.known_on, {"day": date_vi(board.as_of), "today": date_vi(board.today)}
    if known_on and board.is_past:
        return _("Activities as of %(day)s, submissions as known at the end of %(today)s.") % words
    if known_on:
        return _("Figures as known at the end of %(today)s.") % words
    return _("Activities as of %(day)s, submissions as of %(today)s.") % words if board.is_past else ""


def _state(state, n, links):
    words = STATES[_sign_of(state)].lower()
    return Note.of("%(n)s %(words)s", n=Rows(n, links.activities(state=state.value)), words=words)


def _activities(board, links):
    n = len(board.rows)
    return Note.of(ngettext("%(n)s activity", "%(n)s activities", n), n=Rows(n, links.activities()))


def _joined(notes):
    """`notes` in one sentence."""
    first, *others = notes or [Note.of("")]
    return sum((Note.of(", ") + each for each in others), first)


def _sign_of(state):
    return str(state).replace("_", "-")


def _answer(board, links):
    totals = board.totals
    if not totals.expected:
        return Note.of(_("No agency has to report in %(period)s"), period=board.period.title)
    sent = _("%(n)s/%(all)s updates sent") if board.plans else _("%(n)s/%(all)s agencies have reported")
    return _joined(
        [
            Note.of(
                _("%(n)s/%(all)s activities on track"),
                n=Rows(board.on_track, links.activities(state=ON_TRACK)),
                all=Rows(board.activity_count, links.activities(state=PLANNED)),
            ),
            Note.of(sent, n=Rows(totals.sent, links.updates("sent")), all=Rows(totals.expected, links.updates(""))),
            _missing(board, links) if totals.missing else Note.of(_nobody_late(board)),
        ]
    )


def _missing(board, links):
    n = board.totals.missing
    if board.plans:
        words = ngettext("%(n)s update overdue", "%(n)s updates overdue", n)
    else:
        words = ngettext("%(n)s agency overdue", "%(n)s agencies overdue", n)
    return Note.of(words, n=Rows(n, links.updates("missing")))


def _nobody_late(board):
    if board.is_ahead or board.is_running:
        return _("due on %(due)s") % {"due": date_vi(board.totals.due_on)}
    return _("none overdue")


MORE, FEWER, SAME = "more", "fewer", "same"
OF_AGENCIES = {
    MORE: gettext_noop("More agencies on time than in %(previous)s: %(now)s, before %(before)s."),
    FEWER: gettext_noop("Fewer agencies on time than in %(previous)s: %(now)s, before %(before)s."),
    SAME: gettext_noop("As many agencies on time as in %(previous)s."),
}
OF_UPDATES = {
    MORE: gettext_noop("More updates on time than in %(previous)s: %(now)s, before %(before)s."),
    FEWER: gettext_noop("Fewer updates on time than in %(previous)s: %(now)s, before %(before)s."),
    SAME: gettext_noop("As many updates on time as in %(previous)s."),
}


def _beside(board):
    """What has changed since the period compared with, and what is furthest behind."""
    said = []
    change, before = board.on_time_change, board.previous
    if change is not None:
        words = {"now": board.totals.on_time, "before": before.on_time, "previous": before.period.title}
        sentences = OF_UPDATES if board.plans else OF_AGENCIES
        said.append(_(sentences[MORE if change > 0 else FEWER if change < 0 else SAME]) % words)
    if figure := board.lowest_figure:
        words = {"name": figure.label, "percent": percent_vi(figure.target_percent)}
        said.append(_("Furthest behind its target: %(name)s, %(percent)s.") % words)
    return " ".join(said)


def _numbers(board, links, then, asked):
    totals, before = board.totals, board.then

    def was(value, url):
        return Note.of(_("%(previous)s: %(n)s"), previous=before.period.title, n=Rows(value, url))

    def of_updates(name, label, **facts):
        return Number(
            label=label,
            value=Rows(getattr(totals, name), links.updates(name)),
            before=was(getattr(before.totals, name), then.updates(name)) if before else None,
            **facts,
        )

    return (
        Number(
            label=_("Activities on track"),
            value=Rows(board.on_track, links.activities(state=ON_TRACK)),
            of=Rows(board.activity_count, links.activities(state=PLANNED)),
            before=was(before.on_track, then.activities(state=ON_TRACK)) if before else None,
        ),
        of_updates(
            "on_time",
            _("Updates on time") if board.plans else _("Agencies on time"),
            of=Rows(totals.expected, links.updates("")),
        ),
        of_updates(
            "not_sent",
            _("Updates not sent") if board.plans else _("Agencies that have not sent"),
            is_bad=bool(totals.missing),
        ),
        _keeping_pace(board, asked),
    )


def _keeping_pace(board, asked):
    return Number(
        label=_("Targets keeping pace"),
        value=Fact(number_vi(board.keeping_pace) if board.figures else "–", "target"),
        of=Fact(number_vi(len(board.figures)), "target") if board.figures else None,
        url=f"{reverse('reports:dashboard')}?{urlencode(asked.query)}#outputs",
        note=_("measured at %(share)s of the year") % {"share": percent_vi(board.year_share, 0)},
    )


def _red(board, links):
    """Overdue and unassigned activities, then agencies that are late; both kinds where there are both."""
    agencies = board.red_agencies
    activities = board.red_activities[: max(RED_SHOWN - len(agencies), 3)]
    rows = [_red_activity(board, row) for row in activities]
    return tuple([*rows, *(_red_agency(board, row, links) for row in agencies)][:RED_SHOWN])


def _red_all(board, links):
    """What there is to handle in all, kind by kind."""
    found = []
    if n := len(board.to_handle):
        words = ngettext("%(n)s activity to be handled", "%(n)s activities to be handled", n)
        found.append(Note.of(words, n=Rows(n, links.activities(state=RED))))
    if board.totals.missing:
        found.append(_missing(board, links))
    return found


def _red_activity(board, row):
    activity = row.activity
    counted = ""
    if activity.target_quantity:
        counted = f"{number_vi(row.quantity_done)}/{number_vi(activity.target_quantity)} {activity.target_unit}"
    deadline = _("Deadline %(day)s") % {"day": date_vi(activity.deadline)} if activity.deadline else ""
    return Red(
        title=_("Activity %(number)s: %(title)s") % {"number": activity.number, "title": activity.title},
        plan=_plan_of(board, activity.plan),
        detail=", ".join(filter(None, [counted, deadline])),
        state=_sign_of(row.state),
        words=_overdue(row.days_late) if row.days_late else str(STATES[_sign_of(row.state)]),
        owner="; ".join(row.leads) or _to_assign(activity.plan),
        url=activity.get_absolute_url(),
    )


def _plan_of(board, plan):
    """Named only where several are looked at."""
    return shortened(str(plan), NAME) if board.plans else ""


def _to_assign(plan):
    agency = plan.coordinating_agency.name if plan.coordinating_agency else plan.issuing_agency_name
    return _("%(agency)s, to have a lead assigned") % {"agency": agency}


def _red_agency(board, row, links):
    filled = _("%(filled)s/%(expected)s activities filled in") % {"filled": row.filled, "expected": row.expected}
    owner = row.agency.short_name
    if row.agency.phone:
        owner = _("%(agency)s, tel. %(phone)s") % {"agency": owner, "phone": row.agency.phone}
    return Red(
        title=_("%(agency)s has not sent its update") % {"agency": row.agency.short_name},
        plan=_plan_of(board, row.period.plan),
        detail=filled,
        state="overdue",
        words=_overdue(row.days_late),
        owner=owner,
        url=links.duty(row),
    )


def _overdue(days):
    return ngettext("Overdue %(n)s day", "Overdue %(n)s days", days) % {"n": number_vi(days)}


def _rates(rates):
    last = len(rates) - 1
    return tuple(
        Rate(label, percent_vi(percent), coordinate(percent or 0), place == last)
        for place, (label, percent) in enumerate(rates)
    )


def _review(board, links):
    said = Note.of(
        _("%(sent)s sent: %(approved)s approved, %(waiting)s waiting for review, %(returned)s returned"),
        **{
            name: Rows(getattr(board.totals, name), links.updates(name))
            for name in ("sent", "approved", "waiting", "returned")
        },
    )
    names = list(dict.fromkeys(row.agency.short_name for row in board.submissions if row.is_returned))
    if not names:
        return said + Note.of(".")
    more = ", …" if len(names) > RETURNED_SHOWN else ""
    return said + Note.of(" (%(names)s).", names=f"{', '.join(names[:RETURNED_SHOWN])}{more}")


def _dates(board, periods, asked):
    """What falls due within 30 days of the figures, nearest first; the same of several plans once."""
    of_plans, issued = defaultdict(dict), _issued(periods, asked.known_on)
    for each in periods:
        for day, words in _dates_of(each, is_issued=each.pk in issued):
            of_plans[day, words][each.plan_id] = shortened(str(each.plan), NAME)
    for row in board.now.soon:
        title = {"number": row.activity.number, "title": row.activity.title}
        words = _("activity %(number)s: %(title)s") % title
        of_plans[row.activity.deadline, words][row.activity.plan_id] = shortened(str(row.activity.plan), NAME)
    ahead = [
        (day, f"{_whose(names, asked)}{words}")
        for (day, words), names in of_plans.items()
        if board.as_of <= day <= board.as_of + AHEAD
    ]
    return tuple(sorted(ahead, key=lambda each: each[0])[:DATES_SHOWN])


def _dates_of(period, *, is_issued):
    title = {"period": period.title}
    yield period.agency_due_on, _("agencies' deadline, %(period)s") % title
    if not is_issued:
        yield period.consolidated_due_on, _("consolidated report of %(period)s") % title
    yield period.locks_on, _("figures of %(period)s are locked") % title


def _whose(names, asked):
    """Of which plans, where that is not all of those looked at."""
    if len(names) == len(asked.plans):
        return ""
    if len(names) > 1:
        return _("%(n)s plans: ") % {"n": len(names)}
    return f"{next(iter(names.values()))}: "


def _issued(periods, known_on):
    """Keys of the periods on which the plan's report has been issued; with `known_on`, by that day."""
    rows = Report.objects.filter(kind=ReportKind.PLAN, status=ReportStatus.ISSUED, period__in=periods)
    if known_on:
        rows = rows.filter(issued_on__lte=known_on)
    return set(rows.values_list("period_id", flat=True))


def _foot(board):
    no_report = _("This page does not replace the official report.")
    if board.reading.known_on:
        corrected = _("What an agency corrected later is read as corrected.")
        return f"{corrected} {no_report}"
    periods = {board.period, *(row.period for row in board.submissions)}
    locked = all(period.locks_on <= board.today for period in periods)
    words = _("The figures of %(period)s are locked.") if locked else _("The figures of %(period)s may still change.")
    return f"{words % {'period': board.period.title}} {no_report}"
