"""The rounds of an update, each as it was sent; any two side by side; what the reviewers said of it."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.templatetags.look import number_vi, percent_vi
from plans.words import one_page, word_diff

from .models import ProgressState, UpdateEvent
from .permissions import is_on_behalf, is_own_update
from .review.commenting import name_figures
from .snapshot import content_of, pairs_of
from .workflow import DECISIONS

NOW = "now"  # the key of what is being written
SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"


@dataclass(frozen=True)
class Round:
    """What was sent once (`event`), or, without an event, what is being written now. `key` names it in an address."""

    key: str
    content: dict
    event: UpdateEvent | None = None
    is_recalled: bool = False

    @property
    def label(self):
        if self.event is None:
            return _("As it is being corrected now")
        named = {"round": self.event.round, "at": f"{timezone.localtime(self.event.at):%H:%M, %d/%m/%Y}"}
        if self.is_recalled:
            return _("Round %(round)s, sent at %(at)s and taken back") % named
        return _("Round %(round)s, sent at %(at)s") % named


@dataclass(frozen=True)
class Fact:
    """One figure or text before and after, as runs of (kind, text): kind is "same", "del" or "ins"."""

    label: str
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    is_changed: bool


@dataclass(frozen=True)
class Proof:
    """A piece of evidence as the rounds name it; `change` is added, removed or same."""

    change: str
    item: dict


@dataclass(frozen=True)
class Line:
    """An activity, or (without a number) the update as a whole, in both rounds."""

    number: str
    title: str
    change: str
    facts: tuple[Fact, ...]
    proofs: tuple[Proof, ...] = ()


def rounds_of(events):
    """The rounds among an update's events (in order), with those that were taken back."""
    found = []
    for event in events:
        if event.move == "submit":
            found.append(Round(str(event.round), event.content, event))
        elif event.move == "recall" and found:
            last = found[-1]
            found[-1] = Round(last.key, last.content, last.event, is_recalled=True)
    return found


def shown_to(user, update, events):
    """The rounds this person may read: what was taken back is again the agency's own, and whoever writes for it."""
    found = rounds_of(events)
    if is_own_update(user, update) or is_on_behalf(user, update):
        return found
    return [each for each in found if not each.is_recalled]


def now_of(update):
    """What is being written, to lay beside a round. Three queries."""
    return Round(NOW, content_of(update))


def remarks_to_agency(update, events):
    """The reviewers' remarks that the agency reads: those on rounds that were decided, no internal notes.

    Each is told by its figure (`about`), too. One query, two where an indicator is remarked on. Where nothing has been
    decided there are none yet.
    """
    decided = [event.round for event in events if event.move in DECISIONS]
    if not decided:
        return []
    last = max(decided[-1], 1)  # a sending of which no step was kept is the first
    remarks = update.comments.filter(is_internal=False, round__lte=last).select_related("activity")
    found = list(remarks.order_by("-round", "activity__position", "at", "pk"))
    name_figures(found)
    return found


@one_page()
def compare(before, after):
    """The lines of two contents (`snapshot.content_of`), the update as a whole first, changed or not."""
    whole = _line("", _("In general"), _general(before), _general(after), (), ())
    return [whole, *(_of_activity(old, new) for old, new in pairs_of(before, after))]


def _of_activity(old, new):
    row = new or old
    proofs = ((old or {}).get("evidence", ()), (new or {}).get("evidence", ()))
    line = _line(row["number"], row["title"], _facts(old), _facts(new), *proofs)
    if old and new:
        return line
    return Line(line.number, line.title, ADDED if new else REMOVED, line.facts, line.proofs)


def _line(number, title, before, after, proofs_before, proofs_after):
    labels = dict.fromkeys([*after, *before])
    facts = [_fact(label, before.get(label, ""), after.get(label, "")) for label in labels]
    proofs = tuple(_proofs(proofs_before, proofs_after))
    changed = any(fact.is_changed for fact in facts) or any(proof.change != SAME for proof in proofs)
    shown = tuple(fact for fact in facts if fact.before or fact.after)
    return Line(number, title, CHANGED if changed else SAME, shown, proofs)


def _fact(label, before, after):
    if before == after:
        runs = (("same", before),) if before else ()
        return Fact(label, runs, runs, is_changed=False)
    if label in _texts():
        steps = word_diff(before, after)
        was = tuple(step for step in steps if step[0] != "ins")
        return Fact(label, was, tuple(step for step in steps if step[0] != "del"), is_changed=True)
    return Fact(label, (("del", before),) if before else (), (("ins", after),) if after else (), is_changed=True)


def _proofs(before, after):
    old = {item["id"]: item for item in before}
    for item in after:
        yield Proof(SAME if old.pop(item["id"], None) else ADDED, item)
    for item in old.values():
        yield Proof(REMOVED, item)


def _texts():
    """Labels of what is compared word by word."""
    return {_("Results in words"), _("Direction and management"), _("Difficulties and causes"), _("Proposals")}


def _general(content):
    return {
        _("Agency as named then"): content.get("agency", ""),
        _("Nothing to report this period"): content.get("nothing_reason", ""),
        _("Direction and management"): content.get("results", ""),
        _("Difficulties and causes"): content.get("difficulties", ""),
        _("Proposals"): content.get("proposals", ""),
    }


def _facts(row):
    """{label: value in words} of an activity's line; a number that was left blank is a dash, which is not 0."""
    if row is None:
        return {}
    facts = {
        _("State"): str(ProgressState(row["state"]).label) if row["state"] else "–",
        _("Percent done"): percent_vi(row["percent"], 0),
        _("Completed on"): f"{date.fromisoformat(row['completed_on']):%d/%m/%Y}" if row["completed_on"] else "",
        _("Nothing in this period"): _("yes") if row.get("nothing_in_period") else "",
    }
    if row["unit"] or row["quantity_done"] is not None or row.get("quantity_not_applicable"):
        facts[_("Quantity done")] = _number(row["quantity_done"], row.get("quantity_not_applicable"), row["unit"])
    for count in row["counts"]:
        facts[count["name"]] = _number(count["value"], count.get("not_applicable"), count["unit"])
    return facts | {
        _("Results in words"): row["words"],
        _("Why there is no evidence"): row.get("no_evidence_reason", ""),
    }


def _number(value, not_applicable, unit):
    if not_applicable:
        return _("not applicable")
    return f"{number_vi(value)} {unit}".strip() if value is not None else number_vi(None)
