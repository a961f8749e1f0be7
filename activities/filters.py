"""What the query string of the list of activities means."""

from datetime import date, timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.filters import AgencyFilter
from agencies.models import Agency
from agencies.vietnamese import MOST_WORDS, fold
from plans.models import Audience, Channel, ContentTheme

from .matrix import COUNTS, FEW
from .models import Activity, AssignmentRole, Indicator
from .progress import FINISHED, TO_HANDLE, State, is_on_track
from .readings import day_asked, reading_of, reading_on
from .scopes import plans_in, plans_then, words_for
from .submissions import SHOWN_LABELS

ON_TRACK, RED, OPEN, SILENT, PLANNED = "on-track", "to-handle", "open", "silent", "planned"
NO_THEME = "none"
GROUPED = [
    (ON_TRACK, _("On track")),
    (RED, _("To be handled: overdue or without a lead")),
    (OPEN, _("Not finished")),
    (PLANNED, _("All but the cancelled")),
    (SILENT, _("Without a report, though one was due")),
]
DUE = [
    ("7", _("within 7 days")),
    ("30", _("within 30 days")),
    ("quarter", _("this quarter")),
    ("year", _("this year")),
    ("none", _("without a deadline")),
]


class ActivityFilter(django_filters.FilterSet):
    """Activities by words, plan, lead, channel; in memory by what is computed: state, and deadline as of the day."""

    text = django_filters.CharFilter(
        label=_("Number or title"), method="with_text", widget=forms.TextInput(attrs={"type": "search"})
    )
    plan = django_filters.ChoiceFilter(label=_("Plan"), method="of_plans", empty_label=_("all plans"))
    lead = django_filters.ChoiceFilter(label=_("Lead agency"), method="led_by", empty_label=_("all agencies"))
    channel = django_filters.ChoiceFilter(
        label=_("Channel"), field_name="channels", distinct=True, empty_label=_("all channels")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[*GROUPED, *((state.value, state.label) for state in State)],
        method="in_memory",
        empty_label=_("all states"),
    )
    due = django_filters.ChoiceFilter(
        label=_("Deadline"), choices=DUE, method="in_memory", empty_label=_("any deadline")
    )
    as_of = django_filters.DateFilter(label=_("As of"), method="in_memory", widget=forms.HiddenInput)
    of = django_filters.ChoiceFilter(label=_("As reported for"), method="in_memory", widget=forms.HiddenInput)
    theme = django_filters.ChoiceFilter(label=_("Content theme"), method="serving_theme", empty_label=_("all themes"))
    audience = django_filters.ChoiceFilter(
        label=_("Audience"), field_name="themes__audiences", distinct=True, empty_label=_("all audiences")
    )
    indicator = django_filters.ChoiceFilter(
        label=_("With a target counted by"), method="in_memory", empty_label=_("any indicator")
    )

    class Meta:
        model = Activity
        fields = ["text", "plan", "lead", "channel", "state", "due", "as_of", "of", "theme", "audience", "indicator"]

    def __init__(self, data, *, queryset, plans, leads, today, periods=()):
        """`plans`: those the person reads; `leads`: the agencies that lead something in them; `periods` of the plans.

        `reading`: from when the states are read (`?as_of=`, and `?of=` a past period as its report showed it).
        """
        super().__init__(data, queryset=queryset)
        self.periods = {str(period.pk): period for period in periods}
        self.of_period = self.periods.get(data.get("of", ""))
        known_on = day_asked(data, today)
        self.reading = reading_on(today, known_on)
        if self.of_period:
            self.reading = reading_of(self.of_period, periods, today, known_on)
        self.today = self.reading.day
        self.plans = {str(plan.pk): plan for plan in plans}
        self.filters["plan"].extra["choices"] = [
            *words_for(periods),
            *((key, plan.with_issuer) for key, plan in self.plans.items()),
        ]
        self.filters["of"].extra["choices"] = [(key, period.title) for key, period in self.periods.items()]
        self.filters["lead"].extra["choices"] = [(str(agency.pk), agency.name) for agency in leads]
        self.filters["channel"].extra["choices"] = [(channel.pk, str(channel)) for channel in Channel.objects.all()]
        of_plans = {"plan__in": self.plans}
        self._offer("theme", data, ContentTheme.objects.filter(**of_plans), [(NO_THEME, _("none named"))])
        self._offer("audience", data, Audience.objects.filter(**of_plans))
        self._offer("indicator", data, Indicator.objects.all(), order=["position"])

    def _offer(self, name, data, rows, choices=(), order=("plan", "position", "pk")):
        """A filter that other pages lead to: it is offered, with its rows, only where it is in use."""
        if not data.get(name):
            del self.filters[name]
            return
        self.filters[name].extra["choices"] = [*choices, *((str(row.pk), str(row)) for row in rows.order_by(*order))]

    @property
    def chosen_plan(self):
        """The plan chosen, or None."""
        return self.plans.get(getattr(self.form, "cleaned_data", {}).get("plan"))

    def of_plans(self, activities, _name, word):
        plans = plans_in(word, self.periods.values(), self.reading.known_on)
        if plans is None:
            return activities.filter(plan=word)
        if self.of_period:
            plans = plans_then(plans, self.of_period, self.periods.values(), self.reading)
        return activities.filter(plan__in=plans)

    def serving_theme(self, activities, _name, theme):
        return activities.filter(themes=None if theme == NO_THEME else theme)

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

    def keep_due(self, rows):
        """The standings whose deadline, as the plan said it then, lies in the chosen span; all where none is chosen."""
        span = self.form.cleaned_data.get("due") if self.form.is_valid() else ""
        return [row for row in rows if is_due_within(row, span, self.today)] if span else rows

    def keep_serving(self, rows):
        """Beside a theme not those that had been cancelled: they serve none. All where no theme is chosen."""
        theme = self.form.cleaned_data.get("theme") if self.form.is_valid() else ""
        return [row for row in rows if row.state != State.CANCELLED] if theme else rows

    def keep_counted(self, rows):
        """Those with a target that the chosen indicator counts, as the plan said it then; all where none is chosen."""
        code = self.form.cleaned_data.get("indicator") if self.form.is_valid() else ""
        if not code:
            return rows
        aims = [row for row in rows if row.activity.target_quantity and not row.activity.cancelled_on]
        return [row for row in aims if row.activity.indicator_id == code]

    def keep_state(self, rows):
        """The standings in the chosen state or group of states; all where none is chosen."""
        state = self.form.cleaned_data.get("state") if self.form.is_valid() else ""
        if state == PLANNED:
            return [row for row in rows if row.state != State.CANCELLED]
        if state == RED:
            return [row for row in rows if row.state in TO_HANDLE]
        if state == OPEN:
            return [row for row in rows if row.state not in FINISHED]
        if state in (ON_TRACK, SILENT):
            return on_track(rows, self.periods.values(), self.reading)[state == SILENT]
        return [row for row in rows if not state or row.state == state]


def is_due_within(row, span, day):
    """Its deadline lies within a span of DUE, seen from `day`."""
    deadline = row.activity.deadline
    if span == "none" or deadline is None:
        return span == "none" and deadline is None
    first, last = _days_of(span, day)
    return first <= deadline <= last


def on_track(rows, periods, reading):
    """(the standings on track, those without a report though one was due) of `rows`. `periods`: of all their plans."""
    due = {period.plan_id for period in periods if period.agency_due_on < reading.today}
    good, silent = [], []
    for row in rows:
        if is_on_track(row, today=reading.day, a_period_is_due=row.activity.plan_id in due):
            good.append(row)
        elif row.state == State.NOT_STARTED and not row.is_invited:
            silent.append(row)
    return good, silent


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
