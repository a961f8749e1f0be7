"""The seven figures of the first screen, what is bad first: each the number of rows in the list it leads to."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from activities.filters import ON_TRACK, OPEN, PLANNED, RED
from activities.progress import State
from agencies.templatetags.look import percent_vi

from ..counted import Fact, Note, Rows
from .glance import SOON


@dataclass(frozen=True)
class Change:
    """What the figure was in the period compared with, and what became of it; a rise may be good or bad."""

    before: int
    by: int
    is_better: bool
    url: str

    @property
    def words(self):
        if not self.by:
            return _("as many")
        return (_("%(n)s more") if self.by > 0 else _("%(n)s fewer")) % {"n": abs(self.by)}


@dataclass(frozen=True)
class Headline:
    """A figure: `count` rows, of `whole` where it is a part (rows at `whole_url`); `note` says it more exactly."""

    key: str
    label: str
    count: int | None
    url: str
    note: Note
    whole: int | None = None
    whole_url: str = ""
    is_bad: bool = False
    change: Change | None = None


def headlines(board, links, then, unread):
    """The figures of `board`; `links` and `then` (or None) lead to the rows of now and of the period compared with."""
    found = [
        _to_handle(board, links, then),
        _not_sent(board, links, then),
        _on_track(board, links, then),
        _on_time(board, links, then),
        _evidence(board, links, then),
        _soon(board, links),
        _unread(unread),
    ]
    return sorted(found, key=lambda figure: not figure.is_bad)


def _changed(board, now, before, url, *, more_is_better):
    """The Change from `before`, where there is something to compare."""
    if board.then is None or now is None or before is None:
        return None
    by = now - before
    return Change(before, by, (by > 0) == more_is_better and by != 0, url)


def _to_handle(board, links, then):
    n = len(board.to_handle)
    before = len(board.then.to_handle) if board.then else None
    return Headline(
        "red",
        _("Activities to be handled"),
        n,
        links.activities(state=RED),
        note=Note.of(
            _("%(overdue)s overdue, %(unassigned)s without a lead"),
            overdue=Rows(board.overdue, links.activities(state=State.OVERDUE.value)),
            unassigned=Rows(board.unassigned, links.activities(state=State.UNASSIGNED.value)),
        ),
        is_bad=n > 0,
        change=_changed(board, n, before, then and then.activities(state=RED), more_is_better=False),
    )


def _not_sent(board, links, then):
    totals, label = board.totals, _("Agencies that have not sent") if not board.plans else _("Updates not sent")
    if not totals.expected:
        return Headline("not-sent", label, None, links.updates("not_sent"), Note.of(_("no agency has to report")))
    note = Note.of(
        _("%(sent)s of %(expected)s have sent, %(rate)s"),
        sent=Rows(totals.sent, links.updates("sent")),
        expected=Rows(totals.expected, links.updates("")),
        rate=percent_vi(totals.sent_rate),
    )
    comparable = totals.is_due(board.today) and board.previous and board.previous.expected
    return Headline(
        "not-sent",
        label,
        totals.not_sent,
        links.updates("not_sent"),
        note=note if board.period.starts_on <= board.today else Note.of(_("the period has not begun")),
        is_bad=totals.missing > 0,
        change=_changed(
            board,
            totals.not_sent if comparable else None,
            board.previous.not_sent if comparable else None,
            then and then.updates("not_sent"),
            more_is_better=False,
        ),
    )


def _on_track(board, links, then):
    on_time, late = board.done_on_time, board.done_late
    note = Note.of(_("%(n)s done on time"), n=Rows(on_time, links.activities(state=State.DONE.value)))
    if late:
        note += Note.of(_(", %(n)s done late"), n=Rows(late, links.activities(state=State.LATE_DONE.value)))
    before = board.then.on_track if board.then else None
    return Headline(
        "on-track",
        _("Activities on track"),
        board.on_track,
        links.activities(state=ON_TRACK),
        note=note,
        whole=board.activity_count,
        whole_url=links.activities(state=PLANNED),
        change=_changed(board, board.on_track, before, then and then.activities(state=ON_TRACK), more_is_better=True),
    )


def _on_time(board, links, then):
    totals, label = board.totals, _("Agencies on time") if not board.plans else _("Updates on time")
    if not totals.expected:
        return Headline("on-time", label, None, links.updates("on_time"), Note.of(_("no agency has to report")))
    is_due = totals.is_due(board.today)
    note = percent_vi(totals.on_time_rate) if is_due else _("due on %(day)s") % {"day": _day(totals.due_on)}
    comparable = is_due and board.previous and board.previous.expected
    return Headline(
        "on-time",
        label,
        totals.on_time,
        links.updates("on_time"),
        note=Note.of(note),
        whole=totals.expected,
        whole_url=links.updates(""),
        change=_changed(
            board,
            totals.on_time if comparable else None,
            board.previous.on_time if comparable else None,
            then and then.updates("on_time"),
            more_is_better=True,
        ),
    )


def _evidence(board, links, then):
    coverage, label = board.coverage, _("Reported work with evidence")
    if not coverage.lines:
        return Headline("evidence", label, None, links.evidence("with"), Note.of(_("no work reported yet")))
    note = Note.of("%(rate)s", rate=percent_vi(coverage.rate))
    if coverage.missing:
        without = ngettext("%(n)s line without", "%(n)s lines without", coverage.missing)
        note += Note.of(f", {without}", n=Rows(coverage.missing, links.evidence("missing")))
    before = board.then.coverage if board.then else None
    return Headline(
        "evidence",
        label,
        coverage.proven,
        links.evidence("with"),
        note=note,
        whole=coverage.lines,
        whole_url=links.evidence(""),
        change=_changed(
            board,
            coverage.proven,
            before.proven if before and before.lines else None,
            then and then.evidence("with"),
            more_is_better=True,
        ),
    )


def _soon(board, links):
    soon = board.now.soon
    first = soon[0].activity if soon else None
    return Headline(
        "soon",
        _("Activities due within 30 days"),
        len(soon),
        links.activities(state=OPEN, due=SOON),
        note=Note.of(
            _("first on %(day)s: activity %(number)s"),
            day=_day(first.deadline),
            number=Fact(first.number, "number"),
        )
        if first
        else Note.of(_("no deadline is near")),
    )


def _unread(n):
    address = reverse("accounts:notifications")
    return Headline(
        "unread",
        _("Messages not read"),
        n,
        f"{address}?show=unread",
        note=Note.of(_("waiting for you") if n else _("everything has been read")),
    )


def _day(day):
    return f"{day:%d/%m/%Y}"


@dataclass(frozen=True)
class Compared:
    """A row of the comparison: how many now and then, each leading to its rows; `sign` a state, or empty."""

    label: str
    now: int
    now_url: str
    then: int
    then_url: str
    sign: str = ""

    @property
    def by(self):
        return self.now - self.then

    @property
    def words(self):
        return Change(self.then, self.by, False, "").words


DUTIES = (
    ("sent", gettext_lazy("Updates sent")),
    ("on_time", gettext_lazy("Updates sent on time")),
    ("late", gettext_lazy("Updates sent late")),
    ("not_sent", gettext_lazy("Updates not sent")),
    ("approved", gettext_lazy("Updates approved")),
)


def _compared_totals(name, label, links, then):
    now, before = (getattr(each.glance.totals, name) for each in (links, then))
    return Compared(label, now, links.updates(name), before, then.updates(name))


def comparison(board, links, then):
    """Activities by state and duties, now beside the period compared with; empty where there is none."""
    if board.then is None:
        return []
    now, before = board.now, board.then
    by_state = [
        Compared(
            state.label,
            now.by_state[state],
            links.activities(state=state.value),
            before.by_state[state],
            then.activities(state=state.value),
            sign=state.value,
        )
        for state in now.by_state
        if now.by_state[state] or before.by_state[state]
    ]
    return [
        *by_state,
        *(_compared_totals(name, label, links, then) for name, label in DUTIES),
        Compared(
            _("Lines with evidence"),
            now.coverage.proven,
            links.evidence("with"),
            before.coverage.proven,
            then.evidence("with"),
        ),
        Compared(
            _("Lines without evidence"),
            now.coverage.missing,
            links.evidence("missing"),
            before.coverage.missing,
            then.evidence("missing"),
        ),
    ]
