"""What an office types in of the Ministry's form: its columns, each a head and the figure under it."""

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from plans.forms import NfcCharField

from .ministry import COUNTS, PARTS, STATES, columns_of
from .models import MinistryColumn

MOST_COLUMNS = 60
FREE_ROWS = 3
PART_LABELS = {
    "in_period": _("in the period"),
    "cumulative": _("cumulative"),
    "target": _("target of the year"),
    "percent": _("share of the target"),
}


class ColumnForm(forms.Form):
    """A column: `what` is a count or an indicator, `part` which figure of the indicator. An empty head: no column."""

    head = NfcCharField(label=_("Head of the column"), max_length=200, required=False)
    what = forms.ChoiceField(label=_("Figure"), required=False)
    part = forms.ChoiceField(label=_("Which of it"), choices=list(PART_LABELS.items()), required=False)

    def __init__(self, *args, indicators, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [
            ("", _("(stays empty)")),
            (_("Counts of the report"), [*COUNTS.items(), *STATES.items()]),
            (_("Indicators"), indicators),
        ]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("what") and not cleaned.get("head"):
            self.add_error("head", _("Write what the form prints above this figure, or leave the figure empty, too."))
        return cleaned

    @property
    def source(self):
        """The key of the figure, empty where the column stays empty."""
        what = self.cleaned_data["what"]
        return what if not what or "." in what else f"{what}.{self.cleaned_data['part'] or PARTS[0]}"


class ColumnFormSet(forms.BaseFormSet):
    def __init__(self, data, *, locality, indicators):
        self.locality = locality
        offered = [(each.code, f"{each.code} {each.name}") for each in indicators]
        initial = [_initial(head, key) for head, key in columns_of(locality)]
        super().__init__(data, initial=initial, prefix="c", form_kwargs={"indicators": offered})

    @transaction.atomic
    def save(self):
        """Write the columns with a head, in their order, for those there were; returns how many."""
        rows = [
            MinistryColumn(locality=self.locality, position=place, head=form.cleaned_data["head"], source=form.source)
            for place, form in enumerate(self.forms)
            if form.cleaned_data.get("head")
        ]
        MinistryColumn.objects.filter(locality=self.locality).delete()
        MinistryColumn.objects.bulk_create(rows)
        return len(rows)


def _initial(head, key):
    if not key or key in COUNTS or key in STATES:
        return {"head": head, "what": key}
    what, _dot, part = key.rpartition(".")
    return {"head": head, "what": what, "part": part}


MinistryFormSet = forms.formset_factory(
    ColumnForm, formset=ColumnFormSet, extra=FREE_ROWS, max_num=MOST_COLUMNS, validate_max=True
)
