"""What the screen says of a criterion's score: what was measured, what it lacks, what would raise it, why it lost."""

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from agencies.templatetags.look import date_vi, percent_vi

from ..models import Measure
from .points import points_written

NAMED = 6  # activities named in a sentence
HEADS = {
    Measure.ACTIVITIES_DONE: gettext_lazy("Activities done / due"),
    Measure.TARGETS_REACHED: gettext_lazy("Targets reached / set"),
    Measure.REPORTED_ON_TIME: gettext_lazy("Updates on time / expected"),
    Measure.EVIDENCE_THERE: gettext_lazy("Evidence"),
}


def measured_words(row, day):
    """The sentence of what was measured on `day`; "" for what is scored by hand."""
    measured, name = row.measured, row.criterion.measure
    if not name:
        return ""
    if measured is None or not measured.whole:
        return _("Nothing was due by %(day)s, so nothing can be measured: give the points by hand.") % {
            "day": date_vi(day)
        }
    if name == Measure.EVIDENCE_THERE:
        return _("There is evidence.") if measured.part else _("There is no evidence yet.")
    facts = {"part": measured.part, "whole": measured.whole, "percent": percent_vi(row.percent), "day": date_vi(day)}
    said = MEASURED[name] % facts
    if row.is_below_floor:
        return _("%(said)s, below the floor of %(floor)s%%.") % {"said": said, "floor": row.rule.floor}
    return _("%(said)s.") % {"said": said}


MEASURED = {
    Measure.ACTIVITIES_DONE: gettext_lazy("%(part)s/%(whole)s activities due by %(day)s are done, %(percent)s"),
    Measure.TARGETS_REACHED: gettext_lazy("%(part)s/%(whole)s targets are reached by %(day)s, %(percent)s"),
    Measure.REPORTED_ON_TIME: gettext_lazy(
        "%(part)s/%(whole)s updates due by %(day)s were first sent on time, %(percent)s"
    ),
}


def better_words(row):
    """What would raise the score and to how many points; "" where nothing would, or it can no longer be changed."""
    better, measured = row.better, row.measured
    if better is None or row.criterion.measure == Measure.REPORTED_ON_TIME:
        return ""
    points = points_written(better.points)
    if row.criterion.measure == Measure.EVIDENCE_THERE:
        return _("One piece of evidence gives %(points)s points.") % {"points": points}
    facts = {
        "n": better.more,
        "numbers": _named(measured.to_do),
        "part": measured.part + better.more,
        "whole": measured.whole,
        "points": points,
    }
    if row.criterion.measure == Measure.TARGETS_REACHED:
        return _with_targets(facts, better.more == len(measured.to_do))
    return _with_activities(facts, better.more == len(measured.to_do))


def _named(numbers):
    return ", ".join(numbers[:NAMED]) + (", …" if len(numbers) > NAMED else "")


def _with_activities(facts, all_of_them):
    if all_of_them:
        sentence = ngettext(
            "With activity %(numbers)s done it is %(part)s/%(whole)s: %(points)s points.",
            "With activities %(numbers)s done it is %(part)s/%(whole)s: %(points)s points.",
            facts["n"],
        )
    else:
        sentence = ngettext(
            "With %(n)s more of the activities %(numbers)s done it is %(part)s/%(whole)s: %(points)s points.",
            "With %(n)s more of the activities %(numbers)s done it is %(part)s/%(whole)s: %(points)s points.",
            facts["n"],
        )
    return sentence % facts


def _with_targets(facts, all_of_them):
    if all_of_them:
        sentence = ngettext(
            "With the target of activity %(numbers)s reached it is %(part)s/%(whole)s: %(points)s points.",
            "With the targets of activities %(numbers)s reached it is %(part)s/%(whole)s: %(points)s points.",
            facts["n"],
        )
    else:
        sentence = ngettext(
            "With %(n)s more target reached among activities %(numbers)s it is %(part)s/%(whole)s: %(points)s points.",
            "With %(n)s more targets reached among activities %(numbers)s it is %(part)s/%(whole)s: %(points)s points.",
            facts["n"],
        )
    return sentence % facts


def loss_words(row):
    """'1,0 points at 1.2 (below the floor of 90%)': a part of the sentence under the title."""
    facts = {"points": points_written(row.lost), "code": row.criterion.code, "why": _why(row)}
    return _("%(points)s points at %(code)s (%(why)s)") % facts


def _why(row):
    if row.points is None:
        return _("not scored yet")
    if row.is_by_hand:
        return _("scored by hand")
    if row.is_below_floor:
        return _("below the floor of %(floor)s%%") % {"floor": row.rule.floor}
    if row.criterion.measure == Measure.EVIDENCE_THERE:
        return _("no evidence")
    return percent_vi(row.percent)


def state_words(row):
    """(sign of a state or "", words) of a criterion in the list."""
    if row.is_sum:
        return "", _("%(ready)s/%(all)s criteria") % {"ready": row.ready_count, "all": len(row.leaves)}
    missing = len(row.missing)
    lacks = ngettext("%(n)s missing", "%(n)s missing", missing) % {"n": missing} if missing else ""
    if row.points is None:
        return "overdue", ", ".join(filter(None, [_("Not scored"), lacks]))
    if row.is_below_floor:
        return "overdue", ", ".join(filter(None, [_("Below the floor"), lacks]))
    if missing and row.is_explained:
        return "", _("%(lacks)s, explained") % {"lacks": lacks}
    return ("overdue", lacks) if missing else ("done", _("Complete"))


def blocking_words(row):
    """What of this criterion stands in the way of closing the dossier."""
    said = []
    if row.points is None:
        said.append(_("it has no points yet"))
    if not row.is_explained:
        n = len(row.missing)
        said.append(
            ngettext(
                "%(n)s kind of evidence is missing without a reason",
                "%(n)s kinds of evidence are missing without a reason",
                n,
            )
            % {"n": n}
        )
    return _("%(code)s: %(said)s") % {"code": row.criterion.code, "said": ", ".join(said)}
