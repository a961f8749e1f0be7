"""What the query string of the list of activities means."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.vietnamese import MOST_WORDS, fold
from plans.models import Channel, Plan

from .models import Activity, AssignmentRole
from .progress import State, is_on_track

ON_TRACK = "on-track"


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
        choices=[(ON_TRACK, _("On track")), *((state.value, state.label) for state in State)],
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
        for word in fold(words).split()[:MOST_WORDS]:
            activities = activities.filter(title_search__contains=word)
        return activities

    def led_by(self, activities, _name, agency):
        return activities.filter(
            Q(assignments__agency=agency) | Q(assignments__group__members=agency),
            assignments__role=AssignmentRole.LEAD,
            assignments__valid_to__isnull=True,
        ).distinct()

    def in_memory(self, activities, _name, _state):
        return activities

    def keep_state(self, rows, periods, today):
        """The standings in the chosen state, or on track; all where none is chosen. `periods`: of all the plans."""
        state = self.form.cleaned_data.get("state") if self.form.is_valid() else ""
        if state != ON_TRACK:
            return [row for row in rows if not state or row.state == state]
        due = {period.plan_id for period in periods if period.agency_due_on < today}
        return [row for row in rows if is_on_track(row, today=today, a_period_is_due=row.activity.plan_id in due)]
