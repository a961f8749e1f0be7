"""Numbers of documents: each is given once by its issuer in a year."""

import re

from django.utils.translation import gettext as _

from agencies.vietnamese import fold
from plans.models import Plan, PlanVersion


def number_used(plan, number, year):
    """The plan or amendment of the same issuer that bears `number` in `year`, as (what, day), or None.

    An issuer counts its documents anew each year.
    """
    wanted = fold(number)
    others = Plan.objects.real().filter(issuing_agency=plan.issuing_agency_id, issued_on__year=year)
    others = others.exclude(pk=plan.pk).exclude(number="")
    versions = PlanVersion.objects.filter(plan__issuing_agency=plan.issuing_agency_id, issued_on__year=year)
    for row in [*others.only("number", "title", "issued_on"), *versions.exclude(plan=plan.pk).defer("content")]:
        if fold(row.number) == wanted:
            return row
    return None


def number_taken(year):
    """The sentence about a number used before."""
    return _("This number has been used in %(year)s.") % {"year": str(year)}


def next_number(plan, year):
    """One more than the highest number the issuer's plans and amendments bear in `year`."""
    plans = Plan.objects.real().filter(issuing_agency=plan.issuing_agency_id, issued_on__year=year)
    versions = PlanVersion.objects.filter(plan__issuing_agency=plan.issuing_agency_id, issued_on__year=year)
    numbers = [*plans.values_list("number", flat=True), *versions.values_list("number", flat=True)]
    leading = [int(found[0]) for number in numbers if (found := re.match(r"\d{1,6}", number))]
    return max(leading, default=0) + 1
