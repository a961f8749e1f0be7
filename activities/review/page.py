"""One waiting update as a reviewer reads it: every figure beside the period and the round before, words, evidence."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _, gettext_lazy, pgettext

from agencies.templatetags.look import number_vi
from plans.words import one_page, word_diff

from ..duplicates import Claim
from ..models import ProgressState, ReviewComment, UpdateEvent
from .changes import LineChanges
from .checks import EVIDENCE, STATE, WORDS, Check
from .queue import Waiting
from .reading import QUANTITY, Proof, ReportedLine


@dataclass(frozen=True)
class Row:
    """A row of the table: a figure, or how far an activity is. `was` is None where there was no round before."""

    key: str
    label: str
    unit: str
    previous: str
    was: str | None
    now: str
    is_changed: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Section:
    """One activity of the update; `runs` is its text as [(op, words)], `proofs` evidence,
    whether it is new, and where else it is claimed."""

    line: ReportedLine
    rows: tuple[Row, ...]
    runs: list[tuple[str, str]]
    is_reworded: bool
    proofs: list[tuple[Proof, bool, list[Claim]]]
    removed: tuple[dict, ...]
    checks: tuple[Check, ...]
    comments: list[ReviewComment]
    is_changed: bool

    @property
    def activity(self):
        return self.line.activity

    @property
    def is_warned(self):
        return bool(self.checks) or any(row.checks for row in self.rows)

    @property
    def figures(self):
        """(key, label) of what a remark can be about."""
        return [(row.key, row.label) for row in self.rows if row.key != STATE]


@dataclass(frozen=True)
class Page:
    """Everything on the page of one update."""

    waiting: Waiting
    sections: list[Section]
    general: list[tuple[str, list[tuple[str, str]], bool]]
    comments: list[ReviewComment]
    returned: UpdateEvent | None

    @property
    def update(self):
        return self.waiting.update


GENERAL = {
    "results": gettext_lazy("Direction and management"),
    "difficulties": gettext_lazy("Difficulties and causes"),
    "proposals": gettext_lazy("Proposals"),
}


@one_page()
def build_page(waiting, events, comments, claims):
    """The page of a Waiting: its steps, the remarks on it, and where else its evidence is claimed ({key: [Claim]})."""
    by_activity = defaultdict(list)
    for comment in comments:
        by_activity[comment.activity_id].append(comment)
    return Page(
        waiting=waiting,
        sections=[
            _section(waiting, line, by_activity.pop(line.activity.pk, []), claims)
            for line in ([] if waiting.update.nothing_to_report else waiting.lines)
        ],
        general=_general(waiting),
        comments=[comment for rest in by_activity.values() for comment in rest],
        returned=next((each for each in reversed(events) if each.move == "return"), None),
    )


def _general(waiting):
    """(name, text, whether changed) of what the update says in general, without what says nothing."""
    was = waiting.changes.was if waiting.changes else None
    found = []
    for name, label in GENERAL.items():
        now = getattr(waiting.update, name)
        before = was.get(name, "") if was else now
        if now or before:
            found.append((label, word_diff(before, now), before != now))
    return found


def _section(waiting, reported, comments, claims):
    changed = waiting.changes.of(reported.activity) if waiting.changes else None
    checks = waiting.checks.get(reported.activity.pk, ())
    was = changed.was["words"] if changed and changed.was else reported.line.words
    new = changed.new_evidence if changed else ()
    return Section(
        line=reported,
        rows=(_state_row(reported, changed, checks), *_figure_rows(reported, changed, checks)),
        runs=word_diff(was, reported.line.words),
        is_reworded=was != reported.line.words,
        proofs=[(proof, proof.pk in new, claims.get(proof.pk, [])) for proof in reported.proofs],
        removed=changed.removed if changed else (),
        checks=tuple(check for check in checks if check.about in (WORDS, EVIDENCE)),
        comments=comments,
        is_changed=bool(changed and changed.total),
    )


def _about(checks, key):
    return tuple(check for check in checks if check.about == key)


def _state_row(reported, changed, checks):
    line, previous = reported.line, reported.previous
    was = changed.was if changed else None
    return Row(
        key=STATE,
        label=_("Progress"),
        unit="",
        previous=_progress(previous.state, previous.percent, previous.nothing_in_period) if previous else "–",
        was=_progress(was["state"], was["percent"], was.get("nothing_in_period")) if was else None,
        now=_progress(line.state, line.percent, line.nothing_in_period),
        is_changed=bool(was and changed.fields & {"state", "percent", "completed_on", "nothing_in_period"}),
        checks=_about(checks, STATE),
    )


def _progress(state, percent, nothing):
    if nothing:
        return pgettext("progress", "nothing")
    if state == ProgressState.DONE:
        return pgettext("progress", "done")
    return "–" if percent is None else f"{percent}%"


def _figure_rows(reported, changed, checks):
    was = changed.was if changed else None
    for figure in reported.figures:
        before, is_changed = _figure_was(figure, changed) if was else (None, False)
        yield Row(
            key=figure.key,
            label=figure.label,
            unit=figure.unit,
            previous=number_vi(figure.previous),
            was=before,
            now=shown(figure.value, figure.not_applicable),
            is_changed=is_changed,
            checks=_about(checks, figure.key),
        )


def _figure_was(figure, changed: LineChanges):
    """(how it stood in the round before, whether that is other now)"""
    if figure.key == QUANTITY:
        was = shown(changed.was["quantity_done"], changed.was.get("quantity_not_applicable"))
        return was, bool(changed.fields & {"quantity_done", "quantity_not_applicable"})
    count = changed.count_was(figure.key)
    was = shown(count["value"], count.get("not_applicable")) if count else shown(None, False)
    return was, figure.key in changed.counts


def shown(value, not_applicable):
    """A number, 0 included; a dash where nothing was counted; or that it does not apply."""
    return _("not applicable") if not_applicable else number_vi(value)
