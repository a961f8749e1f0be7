"""What a round changed against the one before it, read from what was kept of both (`snapshot.content_of`)."""

from dataclasses import dataclass

from ..snapshot import pairs_of

FIELDS = (
    "state",
    "percent",
    "completed_on",
    "quantity_done",
    "quantity_not_applicable",
    "nothing_in_period",
    "words",
    "no_evidence_reason",
)
GENERAL = ("results", "difficulties", "proposals", "nothing_to_report", "nothing_reason")
STATE_FIELDS = {"state", "percent", "completed_on", "nothing_in_period"}


@dataclass(frozen=True)
class LineChanges:
    """One activity: its line in the round before (None: it had none), and what is other now.

    `counts` are codes, `new_evidence` keys, `removed` what is gone, as it was kept.
    """

    was: dict | None
    fields: frozenset[str]
    counts: frozenset[str]
    new_evidence: frozenset[int]
    removed: tuple[dict, ...]

    @property
    def total(self):
        """State, percent and day count as one change, a quantity and whether it applies as another."""
        fields = {"state" if name in STATE_FIELDS else name.removesuffix("_not_applicable") for name in self.fields}
        fields = {"quantity" if name == "quantity_done" else name for name in fields}
        return len(fields) + len(self.counts) + len(self.new_evidence) + len(self.removed)

    def count_was(self, code):
        """The count as it was kept, or None."""
        return next((each for each in self.was["counts"] if each["code"] == code), None) if self.was else None


@dataclass(frozen=True)
class Changes:
    """A round against the one before: `lines` by the activity, `general` the words of the update itself.

    Lines of a round that was kept without its activities stand under the number in the plan.
    """

    round: int
    was: dict
    lines: dict[int | str, LineChanges]
    general: frozenset[str]

    def of(self, activity):
        """What changed of an activity; None where the round has no line about it."""
        return self.lines.get(activity.pk) or self.lines.get(activity.number)

    @property
    def total(self):
        return sum(line.total for line in self.lines.values()) + len(self.general)


def changes_between(was, now, *, round):
    """What `now` changed against `was` (contents of two sendings); `round` is the number of the earlier one."""
    lines = {new.get("activity", new["number"]): _line(old, new) for old, new in pairs_of(was, now) if new}
    general = frozenset(name for name in GENERAL if was.get(name) != now.get(name))
    return Changes(round, was, lines, general)


def _line(was, now):
    if was is None:
        return LineChanges(None, frozenset({"state"}), frozenset(), frozenset(), ())
    fields = frozenset(name for name in FIELDS if was.get(name) != now.get(name))
    before, after = _counts(was), _counts(now)
    counts = frozenset(code for code in before | after if before.get(code) != after.get(code))
    kept = {each["id"] for each in now["evidence"]}
    had = {each["id"] for each in was["evidence"]}
    return LineChanges(
        was,
        fields,
        counts,
        frozenset(kept - had),
        tuple(each for each in was["evidence"] if each["id"] not in kept),
    )


def _counts(line):
    return {each["code"]: (each["value"], each.get("not_applicable", False)) for each in line["counts"]}
