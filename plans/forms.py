"""Is what they typed acceptable? A plan's facts, and the rows of its parts."""

import json
import re
from datetime import date
from operator import attrgetter

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from agencies.models import Agency
from agencies.vietnamese import nfc, without_controls

from .filters import readable
from .models import (
    Audience,
    BudgetLine,
    ContentTheme,
    Duty,
    Frequency,
    LegalBasis,
    Objective,
    Plan,
    PlanChannel,
    Recipient,
    ReportingDuty,
    Requirement,
)
from .parties import Directory, PartiesField, Party

YEARS = range(2000, 2101)  # of any date of a plan
LONGEST_PLAN = 15  # years; each gets four reporting periods


class NfcCharField(forms.CharField):
    """Words in one composed form, whatever keyboard they were typed on; a browser's line ends are plain ones.

    Characters that no document can hold are gone; a null character is refused.
    """

    def to_python(self, value):
        words = super().to_python(value)
        return words if "\x00" in words else nfc(without_controls(words)).replace("\r\n", "\n")


class WholeNumberField(forms.IntegerField):
    """A number as people write it, 1250 or 1.250; dots at other places (1.2.5, a date) make it none."""

    def to_python(self, value):
        if isinstance(value, str):
            value = value.strip()
            if value and not re.fullmatch(r"-?(\d+|\d{1,3}(\.\d{3})+)", value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class VietnameseDateField(forms.DateField):
    widget = forms.DateInput(
        format="%d/%m/%Y", attrs={"placeholder": gettext_lazy("dd/mm/yyyy"), "autocomplete": "off"}
    )
    default_error_messages = {
        "invalid": gettext_lazy("Write the date as day/month/year, for example 05/9/2026."),
        "year": gettext_lazy("Check the year: dates lie between 2000 and 2100."),
    }

    def validate(self, value):
        super().validate(value)
        if value and value.year not in YEARS:
            raise ValidationError(self.error_messages["year"], code="year")


def composed(db_field, **kwargs):
    """The form field of a model's field: whatever is words comes in composed form."""
    if isinstance(db_field, (models.CharField, models.TextField)) and not db_field.choices:
        kwargs.setdefault("form_class", NfcCharField)
    return db_field.formfield(**kwargs)


class PlanForm(forms.ModelForm):
    """The facts of a draft; its status moves by steps (`activities.planning.workflow`), never by typing."""

    class Meta:
        model = Plan
        fields = [
            "kind",
            "number",
            "title",
            "issued_on",
            "place",
            "issuing_agency",
            "coordinating_agency",
            "parent",
            "period_start",
            "period_end",
            "period_text",
            "signing_authority",
            "signatory_title",
            "signatory_name",
        ]
        field_classes = dict.fromkeys(("issued_on", "period_start", "period_end"), VietnameseDateField)
        formfield_callback = composed
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("title", "signing_authority")} | {
            name: VietnameseDateField.widget for name in ("issued_on", "period_start", "period_end")
        }
        help_texts = {
            "number": gettext_lazy("As printed, for example 12/KH-UBND; empty while it is a draft."),
            "title": gettext_lazy("What the plan is about, without the word “plan”."),
            "period_text": gettext_lazy("As printed, for example “năm 2026”."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.visible_to(user)
        if user.is_focal_point:
            agencies = agencies.filter(pk__in=user.own_agency_ids)
        self.instance.locality_id = user.agency.locality_id
        self.fields["issuing_agency"].queryset = agencies
        self.fields["coordinating_agency"].queryset = agencies
        above = readable(Plan.objects.visible_to(user).real(), user).exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = above
        self.fields["parent"].label_from_instance = attrgetter("with_issuer")

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
        if self.instance.pk and self._is_above(data.get("parent")):
            self.add_error("parent", _("That plan carries out this one; two plans cannot carry out each other."))
        number, issued_on, issuer = data.get("number"), data.get("issued_on"), data.get("issuing_agency")
        if number and issuer:
            same = Plan.objects.filter(issuing_agency=issuer, number=number, issued_on=issued_on).exclude(
                pk=self.instance.pk
            )
            if same.exists():
                self.add_error("number", _("This agency has already issued a plan with this number on this day."))
        return data

    def _is_above(self, plan):
        """`plan` carries out this one, directly or through others."""
        while plan is not None:
            if plan.pk == self.instance.pk:
                return True
            plan = plan.parent
        return False

    def save(self, commit=True):
        if "issuing_agency" in self.changed_data or not self.instance.issuing_agency_name:
            self.instance.issuing_agency_name = self.cleaned_data["issuing_agency"].name
        return super().save(commit)


class FactsForm(PlanForm):
    """The facts of a draft that others write on too: what they changed since is said beside its field.

    `seen` holds the facts as they were when the page was made. Whoever changes the same fact has to save once more;
    what only the other changed stays theirs.
    """

    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = {name: _plain(getattr(self.instance, name)) for name in self.Meta.fields}
        self.initial["seen"] = self.now

    def clean(self):
        data = super().clean()
        seen = data.get("seen")
        for name in self.Meta.fields if isinstance(seen, dict) else ():
            typed, before, now = _plain(data.get(name)), seen.get(name, self.now[name]), self.now[name]
            if name in self.errors or now in (before, typed):
                continue
            if typed == before:
                data[name] = getattr(self.instance, name)
            else:
                words = getattr(self.instance, name) or _("not stated")
                self.add_error(
                    name, _("Changed meanwhile to “%(words)s”. Save once more to keep yours.") % {"words": words}
                )
        if self.errors:
            self.data = self.data.copy()
            self.data["seen"] = json.dumps(self.now)
        return data


def _plain(value):
    """A fact as JSON has it: a row by its key, a day in ISO form."""
    if isinstance(value, models.Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


class PartForm(forms.ModelForm):
    """A row of a part; what it may refer to is of the plan itself or of its locality."""

    class Meta:
        fields = []

    def __init__(self, *args, plan, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.plan = plan
        sources = {
            "audiences": Audience.objects.visible_to(user).filter(plan=plan),
            "parent": ContentTheme.objects.visible_to(user).filter(plan=plan, parent=None).exclude(pk=self.instance.pk),
            "reporter": Agency.objects.visible_to(user),
        }
        for name, rows in sources.items():
            if name in self.fields:
                self.fields[name].queryset = rows
        if "parent" in self.fields and self.instance.pk and self.instance.children.exists():
            self.fields["parent"].queryset = ContentTheme.objects.none()  # the document has two levels

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"plan"}


def _part_form(model, *fields, **meta):
    options = {
        "widgets": {
            "text": forms.Textarea(attrs={"rows": 2}),
            "audiences": forms.CheckboxSelectMultiple,
            "channels": forms.CheckboxSelectMultiple,
        },
        "formfield_callback": composed,
    }
    return forms.modelform_factory(model, form=PartForm, fields=fields, **(options | meta))


class ReportingDutyForm(
    _part_form(ReportingDuty, "text", "reporter", "recipient_as_printed", "cutoff_text", "due_text")
):
    frequencies = forms.MultipleChoiceField(
        label=gettext_lazy("How often"), choices=Frequency.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("frequencies", self.instance.frequencies)

    def save(self, commit=True):
        self.instance.frequencies = self.cleaned_data["frequencies"]
        return super().save(commit)


class BudgetLineForm(_part_form(BudgetLine, "text", "bearer_as_printed", "amount")):
    amount = WholeNumberField(
        label=gettext_lazy("Amount (đồng)"),
        required=False,
        min_value=0,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": gettext_lazy("Write whole đồng, for example 980.000.000."),
            "min_value": gettext_lazy("An amount cannot be below zero."),
        },
    )

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if amount is not None and amount > 10**15:
            raise ValidationError(_("This amount is too large; check it."))
        return amount


class DutyForm(_part_form(Duty, "text", "kind", "bearer_as_printed")):
    bearers = PartiesField(label=gettext_lazy("Agencies and groups"), required=False)

    field_order = ["text", "kind", "bearers", "bearer_as_printed"]

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, plan=plan, **kwargs)
        self.fields["bearers"].open_to(Directory(plan), (), reverse("plans:parties", args=[plan.pk]))
        self.initial.setdefault("bearers", _bearers(self.instance))

    def clean(self):
        """A bearer who is no agency of the locality is kept in the words of the document."""
        data = super().clean()
        bearers = data.get("bearers") or []
        if any(not party.is_identified for party in bearers) and not data.get("bearer_as_printed"):
            directory = self.fields["bearers"].directory
            data["bearer_as_printed"] = "; ".join(directory.named(party).name for party in bearers)
        return data

    def _save_m2m(self):
        super()._save_m2m()
        bearers = self.cleaned_data["bearers"]
        self.instance.agencies.set([party.agency_id for party in bearers if party.agency_id])
        self.instance.groups.set([party.group_id for party in bearers if party.group_id])


def _bearers(duty):
    if not duty.pk:
        return []
    agencies = [Party(agency_id=pk) for pk in duty.agencies.values_list("pk", flat=True)]
    return agencies + [Party(group_id=pk) for pk in duty.groups.values_list("pk", flat=True)]


# part, as in PlanDocument and in addresses: (model, form)
PARTS = {
    "legal_bases": (
        LegalBasis,
        _part_form(
            LegalBasis,
            "text",
            "kind",
            "number",
            "issued_on",
            "issuing_agency_name",
            field_classes={"issued_on": VietnameseDateField},
            widgets={"text": forms.Textarea(attrs={"rows": 2}), "issued_on": VietnameseDateField.widget},
        ),
    ),
    "objectives": (Objective, _part_form(Objective, "text", "audiences", "target")),
    "requirements": (Requirement, _part_form(Requirement, "text", "code")),
    "audiences": (Audience, _part_form(Audience, "text")),
    "themes": (ContentTheme, _part_form(ContentTheme, "text", "code", "parent", "audiences", "is_focus")),
    "channels": (PlanChannel, _part_form(PlanChannel, "text", "code", "channels")),
    "duties": (Duty, DutyForm),
    "budget_lines": (BudgetLine, BudgetLineForm),
    "reporting_duties": (ReportingDuty, ReportingDutyForm),
    "recipients": (Recipient, _part_form(Recipient, "text")),
}
