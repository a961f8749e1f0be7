"""Why updates are usually returned, and the form of a return."""

import re
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from agencies.holidays import WorkingDays
from agencies.models import Holiday
from plans.forms import VietnameseDateField

from ..update_forms import ReturnForm
from ..workflow import resend_refusal

A_MONTH = timedelta(days=31)  # no run of holidays is longer
OTHER = "other"
# key: (what the reviewer ticks, what the agency reads)
USUAL = {
    "evidence": (
        gettext_lazy("Evidence is missing"),
        gettext_lazy("Evidence is missing: please add it, with its title and date."),
    ),
    "jump": (
        gettext_lazy("Figures differ widely from the period before"),
        gettext_lazy("Figures differ widely from the period before: please check them, and say why in the words."),
    ),
    "words": (
        gettext_lazy("Figures do not agree with the words"),
        gettext_lazy("Figures do not agree with the words: please correct whichever is wrong."),
    ),
    "total": (
        gettext_lazy("The year's total was typed for the period"),
        gettext_lazy("The year's total was typed: please give what was done in the period alone."),
    ),
    "copied": (
        gettext_lazy("Words copied from the period before"),
        gettext_lazy("The words are those of the period before: please say what was done in this one."),
    ),
    OTHER: (gettext_lazy("Another reason"), ""),
}


class DayOfThisYear(VietnameseDateField):
    """A day that may be written without its year, which is then that of `today`."""

    def to_python(self, value):
        short = re.fullmatch(r"\s*(\d{1,2})[/.-](\d{1,2})\s*", value) if isinstance(value, str) else None
        return super().to_python(f"{short[1]}/{short[2]}/{self.today.year}" if short else value)


class ReasonedReturn(ReturnForm):
    """A return with usual reasons to tick: what was ticked without the script, which fills the words, is put first."""

    field_order = ["usual", "reason", "resend_by"]

    usual = forms.MultipleChoiceField(
        label=gettext_lazy("Usual reasons"),
        required=False,
        choices=[(key, label) for key, (label, _words) in USUAL.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    resend_by = DayOfThisYear(label=gettext_lazy("Send again by"), required=False)

    def __init__(self, *args, today, open_until, **kwargs):
        """`open_until`: the last day on which the agency may write in the period."""
        self.today, self.open_until = today, open_until
        super().__init__(*args, **kwargs)
        self.fields["resend_by"].today = today
        self.fields["reason"].label = _("Message to the agency")
        self.fields["reason"].help_text = _("Name the activity, the figure and what has to be done.")
        self.fields["reason"].required = False

    def usual_options(self):
        """Each usual reason with the words it stands for, ticked where they are in the message already."""
        ticked, said = self["usual"].value() or [], self["reason"].value() or ""
        return [
            {
                "key": key,
                "label": label,
                "words": words,
                "is_ticked": key in ticked or bool(words) and str(words) in said,
            }
            for key, (label, words) in USUAL.items()
        ]

    def clean_resend_by(self):
        day = self.cleaned_data["resend_by"]
        if day and (refusal := resend_refusal(day, today=self.today, last=self.open_until)):
            raise ValidationError(refusal)
        return day

    def clean(self):
        data = super().clean()
        if "reason" not in data or "usual" not in data:
            return data
        said = data["reason"]
        ticked = [str(USUAL[key][1]) for key in data.pop("usual")]
        data["reason"] = "\n".join([*(words for words in ticked if words and words not in said), said]).strip()
        if not data["reason"]:
            self.add_error("reason", _("Say why the update is returned: the agency reads these words."))
        return data


def next_chance(locality, today, open_until):
    """The next working day, but not after the last day on which the agency may write. One query."""
    days = WorkingDays(Holiday.objects.filter(locality=locality, day__range=(today, today + A_MONTH)))
    return max(today, min(days.next_after(today), open_until))
