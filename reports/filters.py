"""What the query string of the list of reports means."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Report, ReportKind, ReportStatus
from .waiting import waiting_for

ALL_PLANS = "all"
FOR_ME = "me"


class ReportFilter(django_filters.FilterSet):
    """Reports by plan, whose they are, and year; without the replaced versions where `replaced` says "no".

    `waits`: those alone that wait for the person (`waiting_for`); no period without a report does.
    """

    plan = django_filters.ChoiceFilter(label=_("Plan"), empty_label=_("all plans"), method="of_plan")
    kind = django_filters.ChoiceFilter(
        label=_("Kind of report"), choices=ReportKind.choices, empty_label=_("all kinds")
    )
    year = django_filters.ChoiceFilter(label=_("Year"), empty_label=_("all years"))
    replaced = django_filters.ChoiceFilter(
        label=_("Replaced versions"),
        choices=[("no", _("hidden"))],
        empty_label=_("shown"),
        method="without_replaced",
        widget=forms.Select,
    )

    waits = django_filters.ChoiceFilter(
        label=_("Waiting"), choices=[(FOR_ME, _("for me"))], empty_label=_("for anybody"), method="waiting"
    )

    class Meta:
        model = Report
        fields = ["plan", "kind", "year", "replaced", "waits"]

    def __init__(self, data, *, queryset, user, plans, years):
        """`plans`: those `user` reads; `years`: those there is a report or a period of."""
        super().__init__(data, queryset=queryset)
        self.user = user
        if not (user.is_leader or user.is_coordinator):
            del self.filters["waits"]
        choices = [(str(plan.pk), plan.with_issuer) for plan in plans]
        self.filters["plan"].extra["choices"] = [*choices, (ALL_PLANS, _("reports on all plans"))]
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    @property
    def asked(self):
        """What is asked and can be answered: name to value."""
        self.form.is_valid()
        return {name: value for name, value in getattr(self.form, "cleaned_data", {}).items() if value}

    def of_plan(self, reports, _name, plan):
        return reports.filter(plan__isnull=True) if plan == ALL_PLANS else reports.filter(plan=plan)

    def without_replaced(self, reports, _name, _no):
        """A correction that is being written replaces nothing yet."""
        return reports.exclude(replaced_by__status=ReportStatus.ISSUED)

    def waiting(self, reports, _name, _me):
        return waiting_for(reports, self.user)

    def keeps(self, period, kind=ReportKind.PLAN):
        """A period whose report of `kind` has not been begun passes the same questions."""
        if self.asked.get("waits"):
            return False
        own = {"plan": str(period.plan_id), "kind": kind, "year": str(period.year)}
        return all(self.asked.get(name, value) == value for name, value in own.items())
