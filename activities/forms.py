"""Is what they typed acceptable? Forms of activities and of an agency's update."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy

from agencies.models import Agency, AgencyGroup
from plans.forms import NfcCharField, VietnameseDateField, WholeNumberField, composed
from plans.models import ContentTheme

from .files import ACCEPT, check_file
from .models import (
    Activity,
    ActivityProgress,
    Assignment,
    AssignmentRole,
    Evidence,
    EvidenceKind,
    OutputCount,
    ProgressState,
    QuarterlyUpdate,
)

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


class ActivityForm(forms.ModelForm):
    """One activity of a plan with its parties, chosen among the plan's own locality.

    `obliged_from`: the day from which newly named parties are obliged; None for a plan that has not been issued.
    """

    lead_agencies = forms.ModelMultipleChoiceField(
        Agency.objects.none(), label=gettext_lazy("Lead agencies"), required=False
    )
    lead_groups = forms.ModelMultipleChoiceField(
        AgencyGroup.objects.none(), label=gettext_lazy("Lead groups"), required=False
    )
    cooperating_agencies = forms.ModelMultipleChoiceField(
        Agency.objects.none(), label=gettext_lazy("Cooperating agencies"), required=False
    )
    cooperating_groups = forms.ModelMultipleChoiceField(
        AgencyGroup.objects.none(), label=gettext_lazy("Cooperating groups"), required=False
    )
    start = date_field(gettext_lazy("Start"))
    deadline = date_field(gettext_lazy("Deadline"))
    target_quantity = whole_number(gettext_lazy("Target quantity"))

    class Meta:
        model = Activity
        fields = [
            "number",
            "title",
            "details",
            "schedule_kind",
            "schedule_text",
            "start",
            "deadline",
            "target_quantity",
            "target_unit",
            "indicator",
            "expected_product",
            "channels",
            "themes",
        ]
        formfield_callback = composed
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2}),
            "details": forms.Textarea(attrs={"rows": 4}),
            "channels": forms.CheckboxSelectMultiple,
            "themes": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "schedule_text": gettext_lazy("The time in the plan's own words."),
            "indicator": gettext_lazy("Choose it where the target counts one of the listed outputs."),
        }

    PARTIES = {
        "lead_agencies": (AssignmentRole.LEAD, "agency"),
        "lead_groups": (AssignmentRole.LEAD, "group"),
        "cooperating_agencies": (AssignmentRole.COOPERATING, "agency"),
        "cooperating_groups": (AssignmentRole.COOPERATING, "group"),
    }

    def __init__(self, *args, plan, user, obliged_from=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.plan = plan
        self.obliged_from = obliged_from
        self.fields["themes"].queryset = ContentTheme.objects.visible_to(user).filter(plan=plan)
        sources = {
            "agency": Agency.objects.visible_to(user),
            "group": AgencyGroup.objects.visible_to(user),
        }
        parties = list(self.instance.assignments.filter(valid_to__isnull=True)) if self.instance.pk else []
        for name, (role, kind) in self.PARTIES.items():
            self.fields[name].queryset = sources[kind]
            self.initial[name] = [
                getattr(each, f"{kind}_id") for each in parties if each.role == role and getattr(each, f"{kind}_id")
            ]

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
        for kind, sentence in (
            ("agencies", _("%(names)s cannot both lead and cooperate.")),
            ("groups", _("%(names)s cannot both lead and cooperate.")),
        ):
            both = set(data.get(f"lead_{kind}") or []) & set(data.get(f"cooperating_{kind}") or [])
            if both:
                self.add_error(f"cooperating_{kind}", sentence % {"names": ", ".join(sorted(map(str, both)))})
        number = data.get("number")
        if number and self.instance.plan.activities.exclude(pk=self.instance.pk).filter(number=number).exists():
            self.add_error("number", _("The plan already has an activity with this number."))
        return data

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() | {"plan"}

    def _end(self, assignment):
        """Take a party away: of a running plan from its running period on, else as if it had never been there."""
        if self.obliged_from and (not assignment.valid_from or assignment.valid_from < self.obliged_from):
            assignment.valid_to = self.obliged_from - timedelta(days=1)
            assignment.save(update_fields=["valid_to"])
        else:
            assignment.delete()

    @transaction.atomic
    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.position = self.instance.plan.activities.count() + 1
        activity = super().save(commit)
        kept = {
            (each.role, each.agency_id, each.group_id): each
            for each in activity.assignments.filter(valid_to__isnull=True)
        }
        wanted = {}
        for name, (role, kind) in self.PARTIES.items():
            for place, party in enumerate(self.cleaned_data[name], start=1):
                ids = (party.pk, None) if kind == "agency" else (None, party.pk)
                wanted[(role, *ids)] = place
        for key, assignment in kept.items():
            if key not in wanted:
                self._end(assignment)
        for (role, agency_id, group_id), place in wanted.items():
            if (role, agency_id, group_id) not in kept:
                Assignment.objects.create(
                    activity=activity,
                    role=role,
                    agency_id=agency_id,
                    group_id=group_id,
                    position=place,
                    valid_from=self.obliged_from,
                )
        return activity
