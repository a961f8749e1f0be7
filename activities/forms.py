"""Is what they typed acceptable? Forms of activities and of an agency's update."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from agencies.templatetags.look import number_vi
from plans.forms import NfcCharField, VietnameseDateField, WholeNumberField
from plans.models import Channel, ContentTheme, Purpose
from plans.parties import Directory, PartiesField, Party

from .files import ACCEPT, check_file
from .models import (
    ActivityGroup,
    ActivityProgress,
    Evidence,
    EvidenceKind,
    Indicator,
    OutputCount,
    ProgressState,
    QuarterlyUpdate,
    ScheduleKind,
)
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
LONGEST = 5000
TOO_LONG = gettext_lazy("At most %(limit_value)d characters; these are %(show_value)d.")


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


class VersionedForm(forms.Form):
    """A page of an update that knows which version of it the person looked at: `version` tells two browsers apart.

    `update` is set by the form that builds on this one; `is_stale` after somebody else has saved meanwhile.
    """

    is_stale = False

    version = forms.IntegerField(
        label=gettext_lazy("This page"),
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("The page came back incomplete. Open the activity again.")
        ),
    )

    def clean(self):
        data = super().clean()
        if self.cleaned_data.get("version", self.update.version) != self.update.version:
            self.refuse_other_version()
        return data

    def follow(self, version):
        """Let the next save of this page count as made on `version`."""
        self.data = self.data.copy()
        self.data["version"] = str(version)

    def refuse_other_version(self):
        """Tell that somebody saved meanwhile; what was typed stays, and the next save goes through."""
        self.is_stale = True
        self.follow(self.update.version)
        self.add_error(
            None,
            _(
                "This update was saved in another window or by a colleague meanwhile. What you typed is still here: "
                "compare it, then save again."
            ),
        )


class ProgressForm(VersionedForm):
    """One activity of an update: state, percent, quantity, day of completion, words, and a count for each indicator.

    A draft may lack what the sending will ask for; what contradicts itself is refused. Saving is all or nothing;
    evidence is a form of its own.
    """

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("Choose…")), *ProgressState.choices],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the listed states.")},
    )
    percent = WholeNumberField(
        label=gettext_lazy("Percent done"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": gettext_lazy("Write a whole number from 0 to 100."),
            "min_value": gettext_lazy("Percent done is between 0 and 100."),
            "max_value": gettext_lazy("Percent done is between 0 and 100."),
        },
    )
    completed_on = date_field(gettext_lazy("Completed on"))
    words = NfcCharField(
        label=gettext_lazy("Results in words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args, update, row, today, **kwargs):
        self.update, self.row, self.today = update, row, today
        super().__init__(*args, initial=self._initial(), **kwargs)
        if row.activity.target_quantity:
            self.fields["quantity_done"] = whole_number(gettext_lazy("Quantity done in the period"))
        for line in row.counts:
            self.fields[self.count_name(line)] = whole_number(str(line.indicator))

    @staticmethod
    def count_name(line):
        return f"count_{line.indicator.pk}"

    def count_fields(self):
        """(CountLine, bound field) pairs, in catalogue order."""
        return [(line, self[self.count_name(line)]) for line in self.row.counts]

    def _initial(self):
        progress = self.row.progress
        initial = {"version": self.update.version}
        if progress:
            fields = ("state", "percent", "quantity_done", "completed_on", "words")
            initial |= {name: getattr(progress, name) for name in fields}
            initial |= {self.count_name(line): line.value for line in self.row.counts}
        return initial

    def clean_completed_on(self):
        day = self.cleaned_data["completed_on"]
        if day and day > self.today:
            raise ValidationError(
                _("The day of completion is still to come; it can be at most today, %(today)s.")
                % {"today": f"{self.today:%d/%m/%Y}"}
            )
        if day and day > self.update.period.ends_on:
            raise ValidationError(
                _("The period closed its data on %(cutoff)s: what was completed later belongs to the next period.")
                % {"cutoff": f"{self.update.period.ends_on:%d/%m/%Y}"}
            )
        return day

    def clean(self):
        data = super().clean()
        state, percent, day = data.get("state"), data.get("percent"), data.get("completed_on")
        if state == ProgressState.DONE:
            if "percent" in data and percent not in (None, 100):
                self.add_error("percent", _("A completed activity is 100 percent done; correct this or the state."))
            data["percent"] = 100
        else:
            if day:
                self.add_error("completed_on", _("Only a completed activity has a day of completion."))
            if state == ProgressState.NOT_STARTED:
                if percent:
                    self.add_error("percent", _("An activity that has not started is 0 percent done."))
                data["percent"] = 0
        return data

    def mark_missing(self):
        """Show beside their fields what is still missing before the update can be sent."""
        self.cleaned_data = {}
        for name, sentence in self.row.missing:
            self.add_error(name, sentence)

    @transaction.atomic
    def save(self):
        """Store the line and its counts; a count left blank has no row."""
        data = self.cleaned_data
        progress, _created = ActivityProgress.objects.update_or_create(
            update=self.update,
            activity=self.row.activity,
            defaults={
                "state": data["state"],
                "percent": data.get("percent"),
                "completed_on": data["completed_on"],
                "words": data["words"],
                "quantity_done": data.get("quantity_done"),
            },
        )
        given = {line.indicator.pk: data[self.count_name(line)] for line in self.row.counts}
        progress.output_counts.exclude(
            indicator__in=[code for code, value in given.items() if value is not None]
        ).delete()
        for code, value in given.items():
            if value is not None:
                OutputCount.objects.update_or_create(progress=progress, indicator_id=code, defaults={"value": value})
        return progress


class WordsForm(VersionedForm, forms.ModelForm):
    """The update's own words: results in general, difficulties, proposals."""

    class Meta:
        model = QuarterlyUpdate
        fields = ["results", "difficulties", "proposals"]
        field_classes = dict.fromkeys(fields, NfcCharField)
        widgets = dict.fromkeys(fields, forms.Textarea(attrs={"rows": 5}))
        help_texts = {
            "results": gettext_lazy("Direction and management in the period: documents issued, meetings, inspections."),
            "difficulties": gettext_lazy("Difficulties and their causes, if any."),
            "proposals": gettext_lazy("What you ask of the coordinating agency or of leadership, if anything."),
        }

    def __init__(self, *args, instance, **kwargs):
        self.update = instance
        self.stored = [
            (self._meta.model._meta.get_field(name).verbose_name, getattr(instance, name)) for name in self._meta.fields
        ]
        super().__init__(*args, instance=instance, initial={"version": instance.version}, **kwargs)
        for name in self._meta.fields:
            self.fields[name].required = False
            self.fields[name].validators.append(MaxLengthValidator(LONGEST, TOO_LONG))


class EvidenceForm(forms.Form):
    """A file or a link, or both at once, with what it shows and when."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "empty": gettext_lazy("The file is empty."),
            "max_length": gettext_lazy("The file's name is too long; shorten it to 255 characters."),
        },
    )
    file_caption = NfcCharField(label=gettext_lazy("What the file shows"), required=False, max_length=200)
    url = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={"invalid": gettext_lazy("Write the whole address, for example https://minhhoa.example/tin-1.")},
    )
    url_caption = NfcCharField(label=gettext_lazy("Title of the page"), required=False, max_length=200)
    dated_on = date_field(gettext_lazy("Date of the evidence"))

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload:
            self.checked = check_file(upload, settings.UPLOAD_MAX_MB)
        return upload

    def clean_url(self):
        url = self.cleaned_data["url"]
        if url and not url.lower().startswith(("http://", "https://")):
            raise ValidationError(_("Only web addresses that begin with http:// or https:// are accepted."))
        return url

    @property
    def has_something(self):
        """The person chose a file or wrote a link, sound or not."""
        return bool(self.files.get(self.add_prefix("file")) or self.data.get(self.add_prefix("url"), "").strip())

    @transaction.atomic
    def save(self, progress, *, by, at):
        """Keep the file and the link as evidence of `progress`, the same one only once; returns how many were new."""
        data, kept = self.cleaned_data, 0
        there = progress.evidence.filter(removed_at__isnull=True)
        common = {"progress": progress, "dated_on": data["dated_on"], "added_by": by, "added_at": at}
        if data["file"] and not there.filter(sha256=self.checked.sha256).exists():
            Evidence.objects.create(
                kind=EvidenceKind.FILE,
                file=data["file"],
                file_name=self.checked.name,
                content_type=self.checked.content_type,
                size=self.checked.size,
                sha256=self.checked.sha256,
                caption=data["file_caption"],
                **common,
            )
            kept += 1
        if data["url"] and not there.filter(url=data["url"]).exists():
            Evidence.objects.create(kind=EvidenceKind.LINK, url=data["url"], caption=data["url_caption"], **common)
            kept += 1
        return kept


class ReturnForm(forms.Form):
    """Why an update is returned; the agency reads these words."""

    reason = NfcCharField(
        label=gettext_lazy("Reason for the return"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Name the activity, the figure and what has to be done. The agency reads these words."),
        error_messages={"required": gettext_lazy("Say why the update is returned: the agency reads these words.")},
    )


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
