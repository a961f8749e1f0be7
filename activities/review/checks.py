"""What looks wrong in a line of a sent update: found by the portal, judged by the reviewer.

Small numbers are left alone: from one period to the next they swing by themselves, however large the ratio.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from agencies.templatetags.look import number_vi

from ..jumps import falls_far, rises_far
from ..models import ProgressState

SMALL = 100  # two numbers below this are not compared
FEW = 10  # nothing, after fewer than this, is not told
OVER_TARGET = 150  # percent of the target
STATE, WORDS, EVIDENCE = "state", "words", "evidence"


class Check(NamedTuple):
    """One finding: `about` is a figure's key, or the line's state, words or evidence; the `sentence` is for people."""

    about: str
    sentence: str


def checks_of(reported, period, rules):
    """The findings about a ReportedLine of an update for `period`, under the plan's `rules`."""
    line = reported.line
    if line.nothing_in_period:
        return [*_state(reported, period)]
    return [
        *_state(reported, period),
        *(check for figure in reported.figures for check in _figure(figure)),
        *_words(reported),
        *_evidence(reported, rules),
    ]


def _state(reported, period):
    line, previous = reported.line, reported.previous
    was_done = previous is not None and previous.state == ProgressState.DONE
    if line.state == ProgressState.DONE:
        yield from _completion(line, period, was_done)
    elif was_done:
        yield Check(STATE, _("Reported as done the period before, now not any more."))
    elif previous and None not in (line.percent, previous.percent) and line.percent < previous.percent:
        yield Check(
            STATE, _("Fell from %(was)s%% to %(now)s%%.") % {"was": str(previous.percent), "now": str(line.percent)}
        )


def _completion(line, period, was_done):
    """The day of completion belongs to the period, unless it was reported before."""
    if not line.completed_on:
        yield Check(STATE, _("Done, but the day of completion is missing."))
    elif not was_done and not period.starts_on <= line.completed_on <= period.ends_on:
        day = {"day": f"{line.completed_on:%d/%m/%Y}"}
        yield Check(STATE, _("Completed on %(day)s, which is outside the period.") % day)


def _figure(figure):
    now, last = figure.value, figure.previous
    if now is None:
        return
    facts = {"was": number_vi(last), "now": number_vi(now)}
    if is_cumulative(figure):
        yield Check(
            figure.key,
            _("Perhaps the year's total was typed: the year had %(total)s before this period.")
            % {"total": number_vi(figure.before)},
        )
    elif now == 0 and (last or 0) >= FEW:
        yield Check(figure.key, _("Fell to 0, from %(was)s the period before.") % facts)
    elif rises_far(now, last) and now >= SMALL:
        yield Check(figure.key, _("More than three times the period before (%(was)s).") % facts)
    elif now and falls_far(now, last) and last >= SMALL:
        yield Check(figure.key, _("Less than a third of the period before (%(was)s).") % facts)
    total = now + (figure.before or 0)
    if figure.target and total * 100 > figure.target * OVER_TARGET:
        yield Check(
            figure.key,
            _("%(total)s in all: far above the target of %(target)s.")
            % {"total": number_vi(total), "target": number_vi(figure.target)},
        )


def is_cumulative(figure):
    """The number is at least what the year had before; after one period alone only twice as much says so."""
    if figure.is_stock or not figure.before or figure.value is None:
        return False
    least = figure.before if figure.periods_before > 1 else 2 * figure.before
    return figure.value >= max(least, SMALL)


def _words(reported):
    line, previous = reported.line, reported.previous
    if previous and line.words.strip() and plain(line.words) == plain(previous.words):
        yield Check(WORDS, _("The words are those of the period before."))
    for unit in dict.fromkeys(figure.unit for figure in reported.figures if figure.unit):
        same = [figure for figure in reported.figures if figure.unit == unit and figure.value is not None]
        said = numbers_before(unit, line.words)
        known = {figure.value for figure in same} | {figure.value + (figure.before or 0) for figure in same}
        if same and said and not said & known:
            yield Check(
                same[0].key,
                _("The words say %(said)s %(unit)s, the figure says %(now)s.")
                % {"said": number_vi(max(said)), "unit": unit, "now": number_vi(same[0].value)},
            )


def plain(words):
    """The words alone, to compare: no case, no marks, single spaces."""
    return " ".join(re.findall(r"\w+", words.casefold()))


NUMBER = r"(?<![\d/.,])(\d{1,3}(?:\.\d{3})+|\d+)"


def numbers_before(unit, words):
    """The whole numbers that stand right before the unit, or before one of its parts ("tin, bài")."""
    return {int(number.replace(".", "")) for number in _before(unit.casefold()).findall(words.casefold())}


@lru_cache(maxsize=512)
def _before(unit):
    names = [unit, *(part.strip() for part in re.split(r"[,/;]|\bvà\b|\band\b", unit) if part.strip())]
    return re.compile(rf"{NUMBER}\s+(?:{'|'.join(re.escape(name) for name in names)})(?!\w)")


def _evidence(reported, rules):
    line, proofs = reported.line, reported.proofs
    good = [proof for proof in proofs if not proof.is_refused]
    if line.state == ProgressState.DONE and not good and rules.evidence_required:
        reason = line.no_evidence_reason.strip()
        said = _("Done without evidence. The agency says: %(reason)s") % {"reason": reason}
        yield Check(EVIDENCE, said if reason else _("Done without evidence."))
    for proof in proofs:
        named = {"name": str(proof)}
        if proof.is_claimed_twice:
            yield Check(EVIDENCE, _("“%(name)s” is also claimed in another update.") % named)
        if proof.is_waiting:
            yield Check(EVIDENCE, _("“%(name)s” is still waiting for the virus scan.") % named)
        if proof.is_refused:
            yield Check(EVIDENCE, _("“%(name)s” was refused by the virus scan.") % named)
