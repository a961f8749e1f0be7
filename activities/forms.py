"""Is what they typed acceptable? Rows of the annex and the activities they become."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from agencies.templatetags.look import number_vi
from plans.forms import NfcCharField, VietnameseDateField, WholeNumberField
from plans.models import Channel, ContentTheme, Purpose
from plans.parties import Directory, PartiesField, Party

from .models import ActivityGroup, Indicator, ScheduleKind
from .planning.annex import heard_product, is_by_hand, read_time_of
from .planning.drafting import LINKS, ROLES, is_plain_number, state_of
from .planning.wording import product_said, time_said, time_state
from .products import printed_product, read_product

WHOLE_NUMBER = {
    "invalid": gettext_lazy("Write a whole number, for example 1.250."),
    "min_value": gettext_lazy("A count cannot be below zero."),
    "max_value": gettext_lazy("This number is too large to be a count; check it."),
}
LARGEST = 10**15


def whole_number(label, **kwargs):
    return WholeNumberField(
        label=label,
        required=False,
        min_value=0,
        max_value=LARGEST,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=WHOLE_NUMBER,
        **kwargs,
    )


def date_field(label, **kwargs):
    return VietnameseDateField(label=label, required=False, **kwargs)


def chips():
    """A multiple choice that a script shows as chips with a type-ahead."""
    words = {
        "placeholder": gettext_lazy("Add…"),
        "data-remove": gettext_lazy("Take off"),
        "data-none": gettext_lazy("Nothing of this name: choose from the list."),
    }
    return forms.SelectMultiple(attrs={"data-chips": "", "size": 4, **words})


class RowForm(forms.Form):
    """A row of the annex as one types it in the table: `values()` is what it says, as `drafting` writes it.

    Dates and target are taken from the words; words that say none leave what was entered by hand as it is.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    number = NfcCharField(
        label=gettext_lazy("Number in the plan"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Plain numbers follow the order of the rows; a code such as IV.1 stays as it is."),
    )
    title = NfcCharField(
        label=gettext_lazy("What is to be done"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write what is to be done.")},
    )
    lead = PartiesField(label=gettext_lazy("Lead agencies"), required=False)
    cooperating = PartiesField(label=gettext_lazy("Cooperating agencies"), required=False)
    schedule_text = NfcCharField(label=gettext_lazy("Time of completion"), required=False, max_length=300)
    product = NfcCharField(label=gettext_lazy("Expected product"), required=False, max_length=300)
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.all(), label=gettext_lazy("Channels"), required=False, widget=chips()
    )
    themes = forms.ModelMultipleChoiceField(
        ContentTheme.objects.none(), label=gettext_lazy("Content themes"), required=False, widget=chips()
    )

    def __init__(self, *args, plan, user, activity=None, directory=None, **kwargs):
        self.plan, self.activity = plan, activity
        self.directory = directory or Directory(plan)
        self.state = state_of(activity) if activity else {}
        super().__init__(*args, initial=self._initial() | kwargs.pop("initial", {}), **kwargs)
        self.fields["themes"].queryset = ContentTheme.objects.visible_to(user).filter(plan=plan)
        known = [party for name in ROLES for party in self.initial.get(name, [])]
        for name in ROLES:
            self.fields[name].open_to(self.directory, known, reverse("plans:parties", args=[plan.pk]))

    def _initial(self):
        if not self.activity:
            return {}
        shown = {name: self.state[name] for name in ("version", "number", "title", "schedule_text", *LINKS)}
        parties = {name: [Party(*each) for each in self.state[name]] for name in ROLES}
        return shown | parties | {"product": printed_product(self.activity)}

    def clean_number(self):
        number = self.cleaned_data["number"]
        if is_numbered_by_portal(self.plan, number):
            return ""
        others = self.plan.activities.exclude(pk=self.activity.pk if self.activity else None)
        if others.filter(number=number).exists():
            raise ValidationError(_("The plan already has an activity with this number."))
        return number

    def clean(self):
        data = super().clean()
        both = {party.key: party for party in data.get("lead", [])}
        twice = [both[party.key] for party in data.get("cooperating", []) if party.key in both]
        if twice:
            names = ", ".join(self.directory.named(party).name for party in twice)
            self.add_error("cooperating", _("%(names)s cannot both lead and cooperate.") % {"names": names})
        return data

    def values(self):
        """What was typed, as part of an activity's state."""
        data = self.cleaned_data
        values = {"title": data["title"]} | self._number_values()
        values |= {name: sorted(row.pk for row in data[name]) for name in LINKS}
        values |= {name: [[*party] for party in data[name]] for name in ROLES}
        return values | self.time_values() | self.product_values()

    def _number_values(self):
        number = self.cleaned_data["number"]
        was_plain = is_numbered_by_portal(self.plan, self.state.get("number", ""))
        return {} if self.state and not number and was_plain else {"number": number}

    def time_values(self):
        return time_said(self.plan, self.activity, self.cleaned_data["schedule_text"])

    def product_values(self):
        return product_said(self.activity, self.cleaned_data["product"])


def is_numbered_by_portal(plan, number):
    """A plain number follows the order of the rows; in an amendment it is the plan's own and stays."""
    return not number if plan.purpose == Purpose.AMENDMENT else is_plain_number(number)


class ActivityForm(RowForm):
    """A row of the annex on its own page: also its details, its group, and dates and target entered by hand."""

    group = forms.ModelChoiceField(
        ActivityGroup.objects.none(),
        label=gettext_lazy("Group in the annex"),
        required=False,
        empty_label=gettext_lazy("no group"),
    )
    details = NfcCharField(
        label=gettext_lazy("Details"), required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 4})
    )
    schedule_kind = forms.ChoiceField(
        label=gettext_lazy("Schedule"),
        required=False,
        choices=[("", gettext_lazy("as the words say")), *ScheduleKind.choices],
    )
    start = date_field(gettext_lazy("Start"))
    deadline = date_field(gettext_lazy("Deadline"))
    target_quantity = whole_number(gettext_lazy("Target quantity"))
    target_unit = NfcCharField(label=gettext_lazy("Unit of the target"), required=False, max_length=60)
    indicator = forms.ModelChoiceField(
        Indicator.objects.all(),
        label=gettext_lazy("Indicator that counts the target"),
        required=False,
        help_text=gettext_lazy("Choose it where the target counts one of the listed outputs."),
    )

    def __init__(self, *args, plan, user, **kwargs):
        super().__init__(*args, plan=plan, user=user, **kwargs)
        groups = ActivityGroup.objects.visible_to(user).filter(plan=plan)
        if groups.exists():
            self.fields["group"].queryset = groups
        else:
            del self.fields["group"]

    def _initial(self):
        if not self.activity:
            return {}
        activity = self.activity
        shown = super()._initial() | {"group": activity.group_id, "details": activity.details}
        shown["indicator"] = activity.indicator_id
        if self.has_time_by_hand:
            names = ("schedule_kind", "start", "deadline")
            shown |= {name: getattr(activity, name) for name in names}
        if heard_product(activity).is_by_hand:
            shown |= {"target_quantity": activity.target_quantity, "target_unit": activity.target_unit}
        return shown

    @property
    def has_time_by_hand(self):
        return bool(self.activity) and is_by_hand(self.activity, self.plan)

    def clean_target_quantity(self):
        quantity = self.cleaned_data["target_quantity"]
        if quantity == 0:
            raise ValidationError(_("A target is at least 1; leave it empty where the plan states none."))
        return quantity

    def clean(self):
        data = super().clean()
        start, deadline = data.get("start"), data.get("deadline")
        if start and deadline and deadline < start:
            self.add_error(
                "deadline", _("The deadline must not be before the start, %(start)s.") % {"start": f"{start:%d/%m/%Y}"}
            )
        self._compare_with_words(data)
        return data

    def _compare_with_words(self, data):
        """What was entered by hand must not contradict words that are understood."""
        read = read_time_of(self.plan, data.get("schedule_text"))
        for name in ("start", "deadline"):
            said, typed = getattr(read, name), data.get(name)
            if said and typed and typed != said:
                self.add_error(
                    name,
                    _("The words of the time say %(day)s: correct them, or leave the date empty.")
                    % {"day": f"{said:%d/%m/%Y}"},
                )
        said, typed = read_product(data.get("product")), data.get("target_quantity")
        if said.has_number and typed and typed != said.quantity:
            self.add_error(
                "target_quantity",
                _("The words of the product say %(number)s: correct them, or leave the number empty.")
                % {"number": number_vi(said.quantity)},
            )

    def values(self):
        data = self.cleaned_data
        group, indicator = data.get("group"), data["indicator"]
        return super().values() | {
            "details": data["details"],
            "group_id": group.pk if group else None,
            "indicator_id": indicator.pk if indicator else None,
        }

    def time_values(self):
        data, read = self.cleaned_data, read_time_of(self.plan, self.cleaned_data["schedule_text"])
        start, deadline = data["start"] or read.start, data["deadline"] or read.deadline
        one_off = ScheduleKind.ONE_OFF if data["start"] or data["deadline"] else read.kind
        kind = data["schedule_kind"] or (one_off if read.kind == ScheduleKind.NOT_STATED else read.kind)
        return time_state(data["schedule_text"], kind, start, deadline)

    def product_values(self):
        data, read = self.cleaned_data, read_product(self.cleaned_data["product"])
        words = data["product"]
        if self.state and words == self.initial["product"]:
            words = self.state["expected_product"]
        return {
            "expected_product": words,
            "target_quantity": data["target_quantity"] or read.quantity,
            "target_unit": data["target_unit"] or read.unit,
        }
