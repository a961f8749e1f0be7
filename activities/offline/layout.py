"""What stands where in the form: its columns, the keys of its rows, and which field of the page each cell is."""

import hashlib
import json

from django.conf import settings
from django.utils.translation import gettext_lazy as _, override

from agencies.vietnamese import fold
from agencies.workbook import Column, Kind

from ..models import ProgressState
from ..saving import WORDS

COLUMNS = (
    Column("number", _("No."), width=6),
    Column("title", _("Activity and what is counted"), width=44, is_required=True),
    Column("state", _("State"), width=16),
    Column("percent", _("Percent done"), kind=Kind.WHOLE, width=10),
    Column("completed_on", _("Completed on"), kind=Kind.DATE, width=13),
    Column("nothing", _("Nothing in this period"), width=12),
    Column("value", _("Number in the period"), kind=Kind.WHOLE, width=14),
    Column("not_applicable", _("Not applicable"), width=10),
    Column("unit", _("Unit"), width=14),
    Column("previous", _("Period before"), kind=Kind.WHOLE, width=16),
    Column("cumulative", _("Cumulative before"), kind=Kind.WHOLE, width=12),
    Column("words", _("Results in words"), width=60),
    Column("before", _("Results of the period before"), width=46),
    Column("no_evidence", _("Why there is no evidence"), width=30),
    Column("key", _("Row key (do not change)"), width=8, is_required=True),
)
TICK = "x"
TICKS = {"x", "v", "co", "yes", "1", "true", "✓"}
GENERAL = "words"

# Column of the activity's own row: field of its form.
FIELDS = {
    "state": "state",
    "percent": "percent",
    "completed_on": "completed_on",
    "nothing": "nothing_in_period",
    "words": "words",
    "no_evidence": "no_evidence_reason",
}


def row_key(activity, number=""):
    """The key of an activity's row, or of the row of one of its numbers (a field of its form)."""
    return f"a{activity.pk}.{number}" if number else f"a{activity.pk}"


def words_key(name):
    return f"{GENERAL}.{name}"


def state_label(state):
    return str(ProgressState(state).label) if state else ""


def states_by_label():
    """Every label of a state, in any of the site's languages, and what it means."""
    meaning = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            meaning |= {fold(str(state.label)): state.value for state in ProgressState}
    return meaning


def typed_of(form):
    """What a line's form shows, as one would type it: {field: text}."""
    return {name: _typed(form.initial.get(name)) for name in form.fields if name != "version"}


def typed_words(update):
    return {name: getattr(update, name) for name in WORDS}


def _typed(value):
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    return f"{value:%d/%m/%Y}" if hasattr(value, "year") else str(value)


def fingerprint(typed):
    """Tells whether somebody wrote something else; spaces aside, which a workbook does not keep."""
    plain = {name: " ".join(str(text).split()) for name, text in sorted(typed.items())}
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]
