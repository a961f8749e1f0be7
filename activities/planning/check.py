"""Soát kế hoạch: a draft read against rules before it is issued. Each finding has its place and a way to mend it.

An error stands in the way of issuing; a warning has to be acknowledged. A plan that came to the portal already issued
is read by the same rules, but then everything is a warning: what its document does not say cannot be mended here.
"""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from plans.drafting import lock
from plans.models import Acknowledgement, PlanStatus

from .findings import WARNING, AlreadySo, Finding
from .reading import Reading
from .rules import CHECKS, RULES


@dataclass(frozen=True)
class Check:
    """What the reading found, errors first; `passed` are the labels of the rules that found nothing."""

    findings: tuple[Finding, ...]
    passed: tuple[str, ...]

    @property
    def errors(self):
        return [each for each in self.findings if each.is_error]

    @property
    def warnings(self):
        return [each for each in self.findings if not each.is_error and each.acknowledged is None]

    @property
    def repeated(self):
        """The rules that found the same more than once and still wait: ((rule, what it asks, how many), ...)."""
        counts = Counter(each.rule for each in self.warnings)
        return tuple((rule, RULES[rule], n) for rule, n in counts.items() if n > 1)

    @property
    def acknowledged(self):
        return [each for each in self.findings if not each.is_error and each.acknowledged is not None]

    @property
    def is_ready(self):
        """Nothing stands in the way of issuing."""
        return not any(each.is_open for each in self.findings)


def check_plan(plan, *, today, reading=None):
    """Read `plan` as it would stand on its day of issue, or `today` where that is open: a Check.

    Args:
        reading: the plan as read already for that day.
    """
    ticked = {(each.rule, each.subject): each for each in plan.acknowledgements.all()}
    standing = _already_so(plan, plan.issued_on or today)
    findings = [
        _with(finding, plan, standing.get(finding.words) or ticked.get((finding.rule, finding.subject)))
        for finding in _read(reading or Reading.of(plan, plan.issued_on or today))
    ]
    found = {finding.rule for finding in findings}
    return Check(
        findings=tuple(sorted(findings, key=lambda each: (not each.is_error, each.acknowledged is not None))),
        passed=tuple(label for rule, label in RULES.items() if rule not in found),
    )


def _read(reading):
    return [finding for rule in CHECKS for finding in rule(reading)]


def _already_so(plan, day):
    """What the rules find on `day` of the plan that `plan` amends: {words of the finding: AlreadySo}."""
    if not plan.amends_id:
        return {}
    base = plan.amends
    return {finding.words: AlreadySo(base) for finding in _read(Reading.of(base, day))}


def _with(finding, plan, acknowledged):
    settled = isinstance(acknowledged, AlreadySo) or plan.status != PlanStatus.DRAFT
    severity = WARNING if settled else finding.severity
    return Finding(**(vars(finding) | {"severity": severity, "acknowledged": acknowledged}))


@transaction.atomic
def acknowledge(plan, ticked, *, by, at, rule="", note=""):
    """Let the warnings that are `ticked`, as (rule, subject) pairs, stand, or all of one `rule`; how many they are.

    Those that are not, or no longer, among the plan's open warnings are left out.

    Raises:
        PermissionDenied: the plan is not, or no longer, this person's to edit.
    """
    plan = lock(plan, by)
    warnings = check_plan(plan, today=at.date()).warnings
    found = [each for each in warnings if each.rule == rule or (each.rule, each.subject) in ticked]
    for finding in found:
        Acknowledgement.objects.get_or_create(
            plan=plan,
            rule=finding.rule,
            subject=finding.subject,
            defaults={"by": by, "by_name": str(by), "at": at, "note": note},
        )
    return len(found)


@transaction.atomic
def take_back(plan, rule, subject, *, by):
    """The warning waits for an answer again. Raises PermissionDenied as `acknowledge`."""
    lock(plan, by).acknowledgements.filter(rule=rule, subject=subject).delete()
