"""The rules a plan is reported by; a plan that has none of its own follows the defaults."""

from .models import ReportingRules


def rules_of(plan):
    """The plan's rules, stored or not. No query where `plan.reporting_rules` was selected with it."""
    try:
        return plan.reporting_rules
    except ReportingRules.DoesNotExist:
        return ReportingRules(plan=plan)
