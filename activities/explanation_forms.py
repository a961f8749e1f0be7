"""Is what they typed acceptable? A request for an explanation, an answer, what follows it."""

from django import forms
from django.utils.translation import gettext_lazy

from plans.forms import NfcCharField, VietnameseDateField

LONGEST = 5000


def words(label, help_text="", rows=4):
    """Words of the thread; that they are there is checked where the step is taken."""
    return NfcCharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class AskForm(forms.Form):
    """Ask one agency, of those that lead the activity, about it."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency to explain"),
        queryset=None,
        empty_label=gettext_lazy("Choose…"),
        error_messages={"required": gettext_lazy("Choose the agency that should explain.")},
    )
    subject = NfcCharField(
        label=gettext_lazy("What is to be explained"),
        max_length=200,
        help_text=gettext_lazy("One line, as a question: it is the title of the thread and of the printed slip."),
        error_messages={"required": gettext_lazy("Say in one line what is to be explained.")},
    )
    text = NfcCharField(
        label=gettext_lazy("Question"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Why it is late, who answers for it, when it will be done. The agency reads these words."
        ),
        error_messages={"required": gettext_lazy("Write the question.")},
    )
    answer_by = VietnameseDateField(
        label=gettext_lazy("Answer by"),
        required=True,
        help_text=gettext_lazy("A working day after today."),
        error_messages={"required": gettext_lazy("Name the day by which the agency should answer.")},
    )

    def __init__(self, data=None, *, agencies, **kwargs):
        """`agencies`: a queryset of those that may be asked; where there is one, it is chosen."""
        super().__init__(data, **kwargs)
        self.fields["agency"].queryset = agencies
        keys = [agency.pk for agency in agencies]
        self.offers_somebody = bool(keys)
        if self.initial.get("agency") not in keys:
            self.initial["agency"] = keys[0] if len(keys) == 1 else None


class WordForm(forms.Form):
    """A word of the thread, on the version of it that the person has read."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = words(gettext_lazy("Explanation"), rows=6)


class ConclusionForm(WordForm):
    """The conclusion, or the question asked again with a new day."""

    text = words(
        gettext_lazy("Conclusion, or what is still to be explained"),
        gettext_lazy("The agency reads these words; they are printed on the slip."),
    )
    answer_by = VietnameseDateField(
        label=gettext_lazy("Answer by, when asking again"),
        required=False,
        help_text=gettext_lazy("A working day after today."),
    )


class WithdrawForm(WordForm):
    """Why the request is withdrawn."""

    text = words(gettext_lazy("Why it is withdrawn"), rows=2)
