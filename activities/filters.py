"""What the query string of the list of activities means."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.vietnamese import fold
from plans.models import Channel, Plan

from .models import Activity, AssignmentRole
from .progress import State


class ActivityFilter(django_filters.FilterSet):
    """Activities by words, plan, lead, channel; by state in memory, because a state is computed, not stored."""

    text = django_filters.CharFilter(
        label=_("Number or title"), method="with_text", widget=forms.TextInput(attrs={"type": "search"})
    )
    plan = django_filters.ModelChoiceFilter(label=_("Plan"), queryset=Plan.objects.none(), empty_label=_("all plans"))
    lead = django_filters.ModelChoiceFilter(
        label=_("Lead agency"), queryset=Agency.objects.none(), method="led_by", empty_label=_("all agencies")
    )
    channel = django_filters.ModelChoiceFilter(
        label=_("Channel"), field_name="channels", queryset=Channel.objects.all(), empty_label=_("all channels")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(state.value, state.label) for state in State],
        method="in_memory",
        empty_label=_("all states"),
    )

    class Meta:
        model = Activity
        fields = ["text", "plan", "lead", "channel", "state"]

    def __init__(self, data, *, queryset, user):
        super().__init__(data, queryset=queryset)
        self.filters["plan"].queryset = Plan.objects.visible_to(user)
        self.filters["lead"].queryset = (
            Agency.objects.visible_to(user)
            .filter(Q(assignments__role=AssignmentRole.LEAD) | Q(groups__assignments__role=AssignmentRole.LEAD))
            .distinct()
        )

    def with_text(self, activities, _name, words):
        for word in fold(words).split():
            activities = activities.filter(title_search__contains=word)
        return activities

    def led_by(self, activities, _name, agency):
        return activities.filter(
            Q(assignments__agency=agency) | Q(assignments__group__members=agency),
            assignments__role=AssignmentRole.LEAD,
        ).distinct()

    def in_memory(self, activities, _name, _state):
        return activities

    def keep_state(self, rows):
        """The standings in the chosen state; all where none is chosen."""
        state = self.form.cleaned_data.get("state") if self.form.is_valid() else ""
        return [row for row in rows if not state or row.state == state]
