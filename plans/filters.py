"""What the query string of the list of plans means."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.vietnamese import MOST_WORDS, fold

from .models import Plan, PlanStatus


def years_of(plans):
    """The years the plans cover, newest first."""
    years = set()
    for start, end in plans.values_list("period_start__year", "period_end__year"):
        years.update(range(start, end + 1))
    return sorted(years, reverse=True)


def _with_activity(word):
    """Plans with an activity that bears the word: asked through the relation, for activities stand on a floor above."""
    return Plan.objects.filter(activities__title_search__contains=word).values("pk")


class PlanFilter(django_filters.FilterSet):
    """Plans by year, status, issuing agency and words (with or without accents)."""

    text = django_filters.CharFilter(
        label=_("Number or title"), method="with_text", widget=forms.TextInput(attrs={"type": "search"})
    )
    year = django_filters.ChoiceFilter(label=_("Year"), method="of_year", empty_label=_("all years"))
    status = django_filters.ChoiceFilter(label=_("Status"), choices=PlanStatus.choices, empty_label=_("all statuses"))
    issuing_agency = django_filters.ModelChoiceFilter(
        label=_("Issuing agency"), queryset=Agency.objects.none(), empty_label=_("all agencies")
    )

    class Meta:
        model = Plan
        fields = ["text", "year", "status", "issuing_agency"]

    def __init__(self, data, *, queryset, user):
        super().__init__(data, queryset=queryset)
        self.filters["issuing_agency"].queryset = (
            Agency.objects.visible_to(user).filter(issued_plans__isnull=False).distinct()
        )
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years_of(queryset)]

    def with_text(self, plans, _name, words):
        for word in fold(words).split()[:MOST_WORDS]:
            plans = plans.filter(Q(title_search__contains=word) | Q(pk__in=_with_activity(word)))
        return plans

    def of_year(self, plans, _name, year):
        return plans.filter(period_start__year__lte=year, period_end__year__gte=year)
