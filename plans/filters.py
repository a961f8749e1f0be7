"""What the query string of the list of plans means."""

from typing import NamedTuple

import django_filters
from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from agencies.vietnamese import MOST_WORDS, fold

from .models import Plan, PlanStatus

OWN, OF_AGENCIES, ALL = "own", "agencies", "all"
WHOSE = [(OWN, _("Of the locality")), (OF_AGENCIES, _("Of its agencies")), (ALL, _("All"))]


class Fact(NamedTuple):
    """What the filters offer of a plan."""

    pk: int
    number: str
    title: str
    first_year: int
    last_year: int
    issuer: int
    issuer_name: str
    issuer_order: str
    issuer_parent: int | None
    carries_out: int | None


def facts_of(plans):
    """The facts of `plans`, read once: they make every choice the filters offer."""
    fields = ("pk", "number", "title", "period_start__year", "period_end__year")
    issuer = ("issuing_agency", "issuing_agency__name", "issuing_agency__name_sort", "issuing_agency__parent")
    return [Fact(*row) for row in plans.order_by().values_list(*fields, *issuer, "parent")]


def years_of(facts):
    """The years the plans cover, newest first."""
    years = {year for fact in facts for year in range(fact.first_year, fact.last_year + 1)}
    return sorted(years, reverse=True)


def issuers_of(facts):
    """The agencies that issued the plans, in Vietnamese order: (key as text, name)."""
    issuers = {(fact.issuer_order, fact.issuer, fact.issuer_name) for fact in facts}
    return [(str(key), name) for _order, key, name in sorted(issuers)]


def readable(plans, user, path=""):
    """`plans` without the drafts that are not the person's to read; of rows that belong to a plan by its `path`."""
    if not user.is_focal_point:
        return plans
    issuer, coordinator = f"{path}issuing_agency", f"{path}coordinating_agency"
    own = Q(**{f"{issuer}__in": user.own_agency_ids})
    own &= Q(**{f"{coordinator}__in": user.own_agency_ids}) | Q(**{f"{coordinator}__isnull": True})
    return plans.filter(~Q(**{f"{path}status": PlanStatus.DRAFT}) | own)


def _with_activity(word):
    """Plans with an activity that bears the word: asked through the relation, for activities stand on a floor above."""
    return Plan.objects.filter(activities__title_search__contains=word).values("pk")


class PlanFilter(django_filters.FilterSet):
    """Plans by year, status, issuing agency and words (with or without accents), the locality's or its agencies'.

    Whoever says nothing of whose plans they want sees the locality's, a focal point also their own agency's; whoever
    looks for words or for an agency's plans looks through all of them.
    """

    text = django_filters.CharFilter(
        label=_("Number or title"), method="with_text", widget=forms.TextInput(attrs={"type": "search"})
    )
    year = django_filters.ChoiceFilter(label=_("Year"), method="of_year", empty_label=_("all years"))
    status = django_filters.ChoiceFilter(label=_("Status"), choices=PlanStatus.choices, empty_label=_("all statuses"))
    issuing_agency = django_filters.ChoiceFilter(label=_("Issuing agency"), empty_label=_("all agencies"))
    whose = django_filters.ChoiceFilter(
        label=_("Whose"), choices=WHOSE, method="chosen_below", widget=forms.HiddenInput
    )
    parent = django_filters.ChoiceFilter(label=_("Carries out the plan"), widget=forms.HiddenInput)

    class Meta:
        model = Plan
        fields = ["text", "year", "status", "issuing_agency", "whose", "parent"]

    def __init__(self, data, *, queryset, user):
        super().__init__(data, queryset=queryset)
        self.mine = user.own_agency_ids if user.is_focal_point else frozenset()
        self.facts = facts_of(queryset)
        self.filters["issuing_agency"].extra["choices"] = issuers_of(self.facts)
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years_of(self.facts)]
        self.filters["parent"].extra["choices"] = [(str(fact.pk), fact.number or fact.title) for fact in self.facts]

    @property
    def asked(self):
        """What is asked and can be answered: name to value."""
        return {name: value for name, value in getattr(self.form, "cleaned_data", {}).items() if value}

    @cached_property
    def shows(self):
        """Whose plans are shown: one of WHOSE."""
        if "whose" in self.asked:
            return self.asked["whose"]
        looks_for_one = {"text", "issuing_agency", "parent"} & {*self.asked}
        return ALL if looks_for_one or not self.counts[OWN] else OWN

    @cached_property
    def counts(self):
        """How many plans there are of each of WHOSE, whatever else is chosen."""
        own = sum(self._is_own(fact) for fact in self.facts)
        return {OWN: own, OF_AGENCIES: len(self.facts) - own, ALL: len(self.facts)}

    def _is_own(self, fact):
        return (fact.issuer_parent or fact.carries_out) is None or fact.issuer in self.mine

    def filter_queryset(self, plans):
        plans = super().filter_queryset(plans)
        own = Q(issuing_agency__parent__isnull=True, parent__isnull=True) | Q(issuing_agency__in=self.mine)
        if self.shows == OWN:
            return plans.filter(own)
        return plans.exclude(own) if self.shows == OF_AGENCIES else plans

    def with_text(self, plans, _name, words):
        for word in fold(words).split()[:MOST_WORDS]:
            plans = plans.filter(Q(title_search__contains=word) | Q(pk__in=_with_activity(word)))
        return plans

    def of_year(self, plans, _name, year):
        return plans.filter(period_start__year__lte=year, period_end__year__gte=year)

    def chosen_below(self, plans, _name, _whose):
        return plans
