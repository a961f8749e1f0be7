"""Is what they typed acceptable? An agency's update, its own or on its behalf; a cooperating agency's part."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy

from plans.forms import NfcCharField, WholeNumberField

from .forms import date_field, whole_number
from .models import ActivityProgress, OutputCount, ProgressState, QuarterlyUpdate
from .saving import WORDS, version_of, words_version

LONGEST = 5000
TOO_LONG = gettext_lazy("At most %(limit_value)d characters; these are %(show_value)d.")


class VersionedForm(forms.Form):
    """A form that knows which version of what it shows the person looked at: `version` tells two browsers apart.

    `stored_version` is set by the form that builds on this one; `is_stale` after somebody else has saved meanwhile.
    """

    is_stale = False
    conflict = None  # who saved meanwhile, when, and where the two differ: for the page

    version = NfcCharField(
        label=gettext_lazy("This page"),
        widget=forms.HiddenInput,
        max_length=64,
        error_messages=dict.fromkeys(
            ("required", "max_length"), gettext_lazy("The page came back incomplete. Open the activity again.")
        ),
    )

    def clean(self):
        data = super().clean()
        if self.cleaned_data.get("version", self.stored_version) != self.stored_version:
            self.refuse_other_version(self.stored_version)
        return data

    def follow(self, version):
        """Let the next save of this page count as made on `version`."""
        self.data = self.data.copy()
        self.data["version"] = version

    def refuse_other_version(self, version):
        """Tell that somebody saved `version` meanwhile; what was typed stays, and the next save goes through."""
        self.is_stale = True
        self.follow(version)
        self.add_error(
            None,
            _(
                "This was saved in another window or by a colleague meanwhile. What you typed is still here: "
                "compare it, then save again."
            ),
        )


class ProgressForm(VersionedForm):
    """One activity of an update: state, percent, quantity, day of completion, words, and a count for each indicator.

    A draft may lack what the sending will ask for; what contradicts itself is refused. Saving is all or nothing.
    Each number has a box beside it that says it does not apply (`na_…`). Where nothing was done in the period the
    state stays what it was.
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
    nothing_in_period = forms.BooleanField(label=gettext_lazy("Nothing in this period"), required=False)
    words = NfcCharField(
        label=gettext_lazy("Results in words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": TOO_LONG},
    )
    no_evidence_reason = NfcCharField(
        label=gettext_lazy("Why there is no evidence"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args, update, row, today, **kwargs):
        self.update, self.row, self.today = update, row, today
        super().__init__(*args, initial=self._initial(), **kwargs)
        if row.activity.target_quantity:
            self._add_number("quantity_done", gettext_lazy("Quantity done in the period"))
        for line in row.counts:
            self._add_number(self.count_name(line), str(line.indicator))

    def _add_number(self, name, label):
        self.fields[name] = whole_number(label)
        not_applicable = _("%(what)s: not applicable") % {"what": label}
        self.fields[f"na_{name}"] = forms.BooleanField(label=not_applicable, required=False)

    @property
    def stored_version(self):
        return version_of(self.row.progress)

    @staticmethod
    def count_name(line):
        return f"count_{line.indicator.pk}"

    @property
    def number_names(self):
        return [name.removeprefix("na_") for name in self.fields if name.startswith("na_")]

    def count_fields(self):
        """(CountLine, bound field, the box beside it), in catalogue order."""
        return [(line, self[self.count_name(line)], self[f"na_{self.count_name(line)}"]) for line in self.row.counts]

    def _initial(self):
        progress = self.row.progress
        initial = {"version": self.stored_version}
        if progress:
            fields = ("state", "percent", "quantity_done", "completed_on", "words")
            fields += ("nothing_in_period", "no_evidence_reason")
            initial |= {name: getattr(progress, name) for name in fields}
            initial["na_quantity_done"] = progress.quantity_not_applicable
            initial |= {self.count_name(line): line.value for line in self.row.counts}
            initial |= {f"na_{self.count_name(line)}": line.not_applicable for line in self.row.counts}
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
        for name in self.number_names:
            if data.get(f"na_{name}") and data.get(name) is not None:
                self.add_error(name, _("Write a number, or tick that it does not apply, not both."))
        if data.get("nothing_in_period"):
            self._keep_last_state(data)
        else:
            self._check_state(data)
        return data

    def _keep_last_state(self, data):
        """Nothing was done: the state stays that of the period before, and no work can have been counted."""
        before = self.row.previous
        data["state"] = before.state if before and before.state else ProgressState.NOT_STARTED
        data["percent"] = before.percent if before and before.state else 0
        data["completed_on"] = before.completed_on if before else None
        for name in ("state", "percent", "completed_on"):
            self.errors.pop(name, None)
        if any(data.get(name) for name in self._flows()):
            self.add_error(
                "nothing_in_period", _("Figures of this period are filled in: take them out, or take off this tick.")
            )

    def _flows(self):
        """The numbers of the form that are added up from period to period."""
        if "quantity_done" in self.fields and not self.row.activity.counts_as_stock:
            yield "quantity_done"
        yield from (self.count_name(line) for line in self.row.counts if not line.indicator.is_stock)

    def _check_state(self, data):
        state, percent, day = data.get("state"), data.get("percent"), data.get("completed_on")
        if state == ProgressState.DONE:
            if "percent" in data and percent not in (None, 100):
                self.add_error("percent", _("A completed activity is 100 percent done; correct this or the state."))
            data["percent"] = 100
            return
        if day:
            self.add_error("completed_on", _("Only a completed activity has a day of completion."))
        if state == ProgressState.NOT_STARTED:
            if percent:
                self.add_error("percent", _("An activity that has not started is 0 percent done."))
            data["percent"] = 0

    def mark_missing(self):
        """Show beside their fields what is still missing before the update can be sent."""
        self.cleaned_data = {}
        for name, sentence in self.row.missing:
            self.add_error(name, sentence)

    @transaction.atomic
    def save(self, *, by=None, at=None):
        """Store the line and its counts; a count left blank has no row."""
        data = self.cleaned_data
        names = ("state", "percent", "completed_on", "words", "nothing_in_period", "no_evidence_reason")
        values = {name: data[name] for name in names}
        values["quantity_done"] = data.get("quantity_done")
        values["quantity_not_applicable"] = data.get("na_quantity_done", False)
        values |= {"saved_by": by, "saved_at": at, "version": int(self.stored_version) + 1}
        progress, _created = ActivityProgress.objects.update_or_create(
            update=self.update, activity=self.row.activity, defaults=values
        )
        self._save_counts(progress)
        return progress

    def _save_counts(self, progress):
        data = self.cleaned_data
        given = {}
        for line in self.row.counts:
            name = self.count_name(line)
            if data[name] is not None or data[f"na_{name}"]:
                given[line.indicator.pk] = {"value": data[name], "not_applicable": data[f"na_{name}"]}
        progress.output_counts.exclude(indicator__in=list(given)).delete()
        for code, values in given.items():
            OutputCount.objects.update_or_create(progress=progress, indicator_id=code, defaults=values)


class WordsForm(VersionedForm, forms.ModelForm):
    """The update's own words: results in general, difficulties, proposals."""

    class Meta:
        model = QuarterlyUpdate
        fields = WORDS
        field_classes = dict.fromkeys(WORDS, NfcCharField)
        widgets = dict.fromkeys(WORDS, forms.Textarea(attrs={"rows": 5}))
        help_texts = {
            "results": gettext_lazy("Direction and management in the period: documents issued, meetings, inspections."),
            "difficulties": gettext_lazy("Difficulties and their causes, if any."),
            "proposals": gettext_lazy("What you ask of the coordinating agency or of leadership, if anything."),
        }

    def __init__(self, *args, instance, **kwargs):
        self.update, self.stored_version = instance, words_version(instance)
        self.stored = [
            (self._meta.model._meta.get_field(name).verbose_name, getattr(instance, name)) for name in self._meta.fields
        ]
        super().__init__(*args, instance=instance, initial={"version": self.stored_version}, **kwargs)
        for name in self._meta.fields:
            self.fields[name].required = False
            self.fields[name].validators.append(MaxLengthValidator(LONGEST, TOO_LONG))


SAYS_SOMETHING = gettext_lazy(
    "The update reports something: send it as it is, or tick that what is filled in is to be emptied."
)


class NothingForm(forms.Form):
    """Why an agency has nothing to report for a period."""

    reason = NfcCharField(
        label=gettext_lazy("Why there is nothing to report"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The coordinating agency reads these words."),
        error_messages={"required": gettext_lazy("Say why there is nothing to report.")},
    )
    emptied = forms.BooleanField(
        label=gettext_lazy("Empty what is filled in: words, figures and evidence"),
        required=False,
    )

    def __init__(self, *args, filled, **kwargs):
        """`filled`: how many activities say something; where none does, nothing has to be emptied."""
        super().__init__(*args, **kwargs)
        self.filled = filled
        if not filled:
            del self.fields["emptied"]

    def clean(self):
        data = super().clean()
        if self.filled and not data.get("emptied"):
            self.add_error("emptied", SAYS_SOMETHING)
        return data


class ReturnForm(forms.Form):
    """Why an update is returned; the agency reads these words."""

    reason = NfcCharField(
        label=gettext_lazy("Reason for the return"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Name the activity, the figure and what has to be done. The agency reads these words."),
        error_messages={"required": gettext_lazy("Say why the update is returned: the agency reads these words.")},
    )
    resend_by = date_field(
        gettext_lazy("Send again by"),
        help_text=gettext_lazy("The day the agency reads beside your words; leave it empty where there is no hurry."),
    )


class OnBehalfForm(forms.Form):
    """For whom the coordinator fills in an update, and why; both are kept and shown."""

    name = NfcCharField(
        label=gettext_lazy("Who at the agency gave you the figures"),
        max_length=150,
        help_text=gettext_lazy("Full name and position, for example: Lê Minh Tuấn, đầu mối."),
        error_messages={"required": gettext_lazy("Name the person at the agency for whom you fill it in.")},
    )
    reason = NfcCharField(
        label=gettext_lazy("Why the agency cannot do it itself"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why you fill it in on behalf of the agency.")},
    )


class ContributionForm(forms.Form):
    """A cooperating agency's part: words, and a number where it has one. `version` tells two browsers apart."""

    version = forms.IntegerField(min_value=0, max_value=10**9, widget=forms.HiddenInput)
    words = NfcCharField(
        label=gettext_lazy("What your agency has done for it in the period"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": gettext_lazy("Say in words what your agency has done."),
            "max_length": TOO_LONG,
        },
    )
    quantity = whole_number(
        gettext_lazy("Number of outputs that are yours"),
        help_text=gettext_lazy(
            "Leave it empty where there is nothing to count. The lead agency adds it to its figure."
        ),
    )

    def __init__(self, *args, unit="", **kwargs):
        """`unit`: what the activity's outputs are counted in."""
        super().__init__(*args, **kwargs)
        if unit:
            self.fields["quantity"].label = _("Number of outputs that are yours (%(unit)s)") % {"unit": unit}

    def follow(self, version):
        """Let the next save of this page count as made on `version`."""
        self.data = self.data.copy()
        self.data["version"] = version
