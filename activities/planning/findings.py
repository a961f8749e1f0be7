"""What a check of a plan finds: its words, its place, and the ways to mend it."""

from dataclasses import dataclass

from plans.models import Plan

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class AlreadySo:
    """The plan being amended says the same: an amendment need not answer for it."""

    plan: Plan


@dataclass(frozen=True)
class Repair:
    """A way to mend a finding: a link, or (`action`) something the portal does with the chosen `value`."""

    label: str
    url: str = ""
    action: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def only_choice(self):
        """The one choice there is, or None."""
        return self.choices[0] if len(self.choices) == 1 else None


@dataclass(frozen=True)
class Finding:
    """`subject` tells two findings of a rule apart, today and after the next edit."""

    rule: str
    severity: str
    subject: str
    title: str
    place: str
    url: str
    reason: str = ""
    repairs: tuple[Repair, ...] = ()
    acknowledged: object = None

    @property
    def is_error(self):
        return self.severity == ERROR

    @property
    def words(self):
        """What it says, whichever row it says it of: equal for a plan and its amendment where nothing changed."""
        return self.rule, str(self.title), str(self.reason)

    @property
    def is_inherited(self):
        return isinstance(self.acknowledged, AlreadySo)

    @property
    def is_open(self):
        """It still stands in the way of issuing."""
        return self.is_error or self.acknowledged is None
