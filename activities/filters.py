"""What the query string of the list of activities means."""

from datetime import date, timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.filters import AgencyFilter
from agencies.models import Agency
from agencies.vietnamese import MOST_WORDS, fold
from plans.models import Channel

from .matrix import COUNTS, FEW
from .models import Activity, AssignmentRole
from .progress import State, is_on_track
from .submissions import SHOWN_LABELS

ON_TRACK = "on-track"
DUE = [
    ("7", _("within 7 days")),
    ("30", _("within 30 days")),
    ("quarter", _("this quarter")),
    ("year", _("this year")),
    ("none", _("without a deadline")),
]


class ActivityFilter(django_filters.FilterSet):
    """Activities by words, plan, lead, channel; by state in memory, because a state is computed, not stored."""

    text = django_filters.CharFilter(
        label=_("Number or title"), method="with_text", widget=forms.TextInput(attrs={"type": "search"})
    )
    plan = django_filters.ChoiceFilter(label=_("Plan"), empty_label=_("all plans"))
    lead = django_filters.ChoiceFilter(label=_("Lead agency"), method="led_by", empty_label=_("all agencies"))
    channel = django_filters.ChoiceFilter(
        label=_("Channel"), field_name="channels", distinct=True, empty_label=_("all channels")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(ON_TRACK, _("On track")), *((state.value, state.label) for state in State)],
        method="in_memory",
        empty_label=_("all states"),
    )
    due = django_filters.ChoiceFilter(
        label=_("Deadline"), choices=DUE, method="due_within", empty_label=_("any deadline")
    )

    class Meta:
        model = Activity
        fields = ["text", "plan", "lead", "channel", "state", "due"]

    def __init__(self, data, *, queryset, plans, leads, today):
        """`plans`: those the person reads; `leads`: the agencies that lead something in them."""
        super().__init__(data, queryset=queryset)
        self.today = today
        self.plans = {str(plan.pk): plan for plan in plans}
        self.filters["plan"].extra["choices"] = [(key, plan.with_issuer) for key, plan in self.plans.items()]
        self.filters["lead"].extra["choices"] = [(str(agency.pk), agency.name) for agency in leads]
        self.filters["channel"].extra["choices"] = [(channel.pk, str(channel)) for channel in Channel.objects.all()]

    @property
    def chosen_plan(self):
        """The plan chosen, or None."""
        return self.plans.get(getattr(self.form, "cleaned_data", {}).get("plan"))

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

    def due_within(self, activities, _name, span):
        if span == "none":
            return activities.filter(deadline__isnull=True)
        return activities.filter(deadline__range=_days_of(span, self.today))

    def in_memory(self, activities, _name, _state):
        return activities

    def keep_state(self, rows, periods, today):
        """The standings in the chosen state, or on track; all where none is chosen. `periods`: of all the plans."""
        state = self.form.cleaned_data.get("state") if self.form.is_valid() else ""
        if state != ON_TRACK:
            return [row for row in rows if not state or row.state == state]
        due = {period.plan_id for period in periods if period.agency_due_on < today}
        return [row for row in rows if is_on_track(row, today=today, a_period_is_due=row.activity.plan_id in due)]


def _days_of(span, today):
    """First and last day of a span of DUE, as it is on `today`."""
    if span.isdigit():
        return today, today + timedelta(days=int(span))
    if span == "year":
        return date(today.year, 1, 1), date(today.year, 12, 31)
    first = date(today.year, today.month - (today.month - 1) % 3, 1)
    return first, (first + timedelta(days=100)).replace(day=1) - timedelta(days=1)


MATRIX_SHOWS = ("missing", "late", "pending", "on_time", "returned", "waiting", "approved")


class MatrixFilter(AgencyFilter):
    """The matrix: which agencies, which of them by their state in the period in question, how many periods, in what
    order. State, periods and order are chosen in memory.
    """

    focal = None
    show = django_filters.ChoiceFilter(
        label=_("Show"),
        choices=[(name, SHOWN_LABELS[name]) for name in MATRIX_SHOWS],
        method="in_memory",
        empty_label=_("all states"),
    )
    count = django_filters.ChoiceFilter(
        label=_("Periods"), choices=[(str(n), str(n)) for n in COUNTS], method="in_memory", empty_label=None
    )
    sort = django_filters.ChoiceFilter(
        label=_("Order"), choices=[("name", _("by name"))], method="in_memory", empty_label=_("worst first")
    )

    class Meta:
        model = Agency
        fields = ["text", "kind", "group", "show", "count", "sort"]

    def in_memory(self, agencies, _name, _chosen):
        return agencies

    @property
    def chosen(self):
        return self.form.cleaned_data if self.form.is_valid() else {}

    @property
    def periods(self):
        return int(self.chosen.get("count") or FEW)

    def agency_keys(self):
        """Keys of the agencies chosen; None where they are all of them. A query only where one chose."""
        if not any(self.chosen.get(name) for name in ("text", "kind", "group")):
            return None
        return set(self.qs.values_list("pk", flat=True))
