"""Is what they typed acceptable? The facts of a plan that begins from another one, and the name of a template."""

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from agencies.models import Agency
from plans.filters import readable
from plans.forms import LONGEST_PLAN, VietnameseDateField, composed
from plans.models import Plan, PlanStatus, Purpose

from ..versions import SIGNATURE
from .beginning import moved_period, years_ahead
from .moving import move_words


class BeginForm(forms.ModelForm):
    """For which time, under which title and for whom the plan is begun; a focal point's is their own agency's."""

    class Meta:
        model = Plan
        fields = [
            "period_start",
            "period_end",
            "period_text",
            "title",
            "issuing_agency",
            "coordinating_agency",
            "parent",
        ]
        field_classes = dict.fromkeys(("period_start", "period_end"), VietnameseDateField)
        formfield_callback = composed
        widgets = {name: VietnameseDateField.widget for name in ("period_start", "period_end")} | {
            "title": forms.Textarea(attrs={"rows": 2})
        }
        help_texts = {
            "title": gettext_lazy("What the plan is about, without the word “plan”."),
            "period_text": gettext_lazy("As printed, for example “năm 2026”."),
            "parent": gettext_lazy("The plan of the locality that this one carries out, if it does."),
        }

    def __init__(self, *args, source, user, today, parent=None, **kwargs):
        self.source, self.user = source, user
        super().__init__(*args, initial=_beginning(source, user, today, parent), **kwargs)
        self.instance.locality_id = user.agency.locality_id
        self.fields["parent"].queryset = readable(Plan.objects.visible_to(user).real(), user).exclude(
            status=PlanStatus.DRAFT
        )
        for name in ("issuing_agency", "coordinating_agency"):
            self.fields[name].queryset = Agency.objects.visible_to(user)
            if user.is_focal_point:
                del self.fields[name]

    @property
    def start(self):
        """The day on which the plan will begin, as far as it has been said soundly."""
        self.is_valid()  # reads what was typed, sound or not; a form that was only opened has none
        return getattr(self, "cleaned_data", {}).get("period_start") or self.initial["period_start"]

    def clean(self):
        data = super().clean()
        start, end = data.get("period_start"), data.get("period_end")
        if start and end and end < start:
            self.add_error(
                "period_end",
                _("The plan's period must end after it begins, %(start)s.") % {"start": f"{start:%d/%m/%Y}"},
            )
        if start and end and end.year - start.year >= LONGEST_PLAN:
            self.add_error(
                "period_end", _("A plan runs at most %(years)s years; check the dates.") % {"years": LONGEST_PLAN}
            )
        return data

    def facts(self):
        """The facts of the new plan; another agency's plan is not signed by the source's signatory."""
        own = {"issuing_agency": self.user.agency, "coordinating_agency": self.user.agency}
        facts = (own if self.user.is_focal_point else {}) | self.cleaned_data
        issuer = facts["issuing_agency"]
        unsigned = {} if issuer.pk == self.source.issuing_agency_id else dict.fromkeys((*SIGNATURE, "place"), "")
        return facts | {"issuing_agency_name": issuer.name} | unsigned


def _beginning(source, user, today, parent):
    """What the form offers: the source's facts in the time of the plan to be carried out, else of the year ahead."""
    years = parent.period_start.year - source.period_start.year if parent else years_ahead(source, today)
    start, end = (parent.period_start, parent.period_end) if parent else moved_period(source, years)
    only = range(source.period_start.year, source.period_end.year + 2)
    return {
        "period_start": start,
        "period_end": end,
        "period_text": move_words(source.period_text, years),
        "title": "" if source.purpose == Purpose.TEMPLATE else move_words(source.title, years, only=only),
        "issuing_agency": user.agency_id if parent else source.issuing_agency_id,
        "coordinating_agency": user.agency_id,
        "parent": parent,
    }


class TemplateForm(forms.ModelForm):
    """The name under which the locality keeps a template."""

    class Meta:
        model = Plan
        fields = ["title"]
        labels = {"title": gettext_lazy("Name of the template")}
        formfield_callback = composed
