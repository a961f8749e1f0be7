"""Is what they typed acceptable? A dossier begun, a criterion scored, the criteria of a year."""

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from agencies.sending import NEVER_SEEN
from plans.forms import NfcCharField
from plans.models import Channel

from .dossier.criteria import SHARE, prepared_sets
from .dossier.points import points_typed, points_written
from .models import Formula, Measure

LONGEST = 4000
YEARS = (2012, 2100)
NO_POINTS = gettext_lazy("Write points as a number with at most two decimals, such as 0,25.")


class PointsField(NfcCharField):
    """Points as documents write them ("0,25"); hundredths, or None where it is left empty."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            return points_typed(text)
        except ValueError:
            raise forms.ValidationError(NO_POINTS) from None

    def prepare_value(self, value):
        return points_written(value) if isinstance(value, int) else value


class YearField(forms.IntegerField):
    def __init__(self, **kwargs):
        super().__init__(
            min_value=YEARS[0],
            max_value=YEARS[1],
            localize=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "in-num"}),
            **kwargs,
        )


class BeginDossierForm(forms.Form):
    """`plans`: those the person may begin one for; `sets`: the locality's criteria, the latest version first."""

    plan = forms.ModelChoiceField(
        label=gettext_lazy("Plan"),
        queryset=None,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the plans you coordinate.")},
    )
    year = YearField(label=gettext_lazy("Year"))

    def __init__(self, *args, plans, sets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans
        self.sets = sets

    def clean(self):
        data = super().clean()
        plan, year = data.get("plan"), data.get("year")
        if not (plan and year):
            return data
        if not plan.period_start.year <= year <= plan.period_end.year:
            self.add_error("year", _("The plan does not run in this year."))
        data["criteria"] = next((each for each in self.sets if each.year == year), None)
        if data["criteria"] is None:
            self.add_error("year", _("There are no criteria for this year yet: begin a set first."))
        return data


class SelfScoreForm(forms.Form):
    """Points by hand need an explanation; what is measured needs no hand. `most` in hundredths."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, localize=False)
    points = PointsField(
        label=gettext_lazy("Points by hand"),
        required=False,
        max_length=8,
    )
    explanation = NfcCharField(
        label=gettext_lazy("Explanation"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    missing_reason = NfcCharField(
        label=gettext_lazy("Why evidence is missing"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, most, **kwargs):
        super().__init__(*args, **kwargs)
        self.most = most

    def clean_version(self):
        version = self.cleaned_data["version"]
        return NEVER_SEEN if version is None else version

    def clean_points(self):
        points = self.cleaned_data["points"]
        if points is not None and points > self.most:
            raise forms.ValidationError(_("At most %(most)s points.") % {"most": points_written(self.most)})
        return points

    def clean(self):
        data = super().clean()
        if data.get("points") is not None and not data.get("explanation"):
            self.add_error("explanation", _("Points given by hand need an explanation."))
        return data


class BeginCriteriaForm(forms.Form):
    """A set to begin a year with: a prepared one, or a copy of one of the locality's own (`sets`)."""

    year = YearField(label=gettext_lazy("Year"))
    source = forms.ChoiceField(label=gettext_lazy("Begin from"))

    def __init__(self, *args, sets, **kwargs):
        super().__init__(*args, **kwargs)
        own = [(f"set-{each.pk}", f"{each.title} · {each.year}.{each.ordinal}") for each in sets]
        prepared = [(key, data["title"]) for key, data in prepared_sets().items()]
        self.fields["source"].choices = [
            (_("Prepared sets"), prepared),
            *([(_("Sets of your own"), own)] if own else []),
        ]


class SetFactsForm(forms.Form):
    title = NfcCharField(label=gettext_lazy("Title"), max_length=200)
    source = NfcCharField(
        label=gettext_lazy("Where the criteria come from"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    checked_note = NfcCharField(
        label=gettext_lazy("Compared with"),
        help_text=gettext_lazy("Number and day of the Ministry's text. Left empty, every page says: not compared."),
        required=False,
        max_length=300,
    )


class CriterionForm(forms.Form):
    """A criterion of a set; `codes`: the numbers in the set it may stand under."""

    code = forms.RegexField(
        r"^\d{1,3}(\.\d{1,3}){0,4}$",
        label=gettext_lazy("Number"),
        max_length=20,
        error_messages={"invalid": gettext_lazy("Write the number as 1, 1.2 or 1.2.3.")},
    )
    title = NfcCharField(label=gettext_lazy("Criterion"), max_length=400)
    most = PointsField(label=gettext_lazy("Most points"), max_length=8)
    formula = forms.ChoiceField(label=gettext_lazy("How it is scored"), choices=Formula.choices)
    measure = forms.ChoiceField(label=gettext_lazy("Measured by"), choices=Measure.choices, required=False)
    floor = forms.IntegerField(
        label=gettext_lazy("Floor (percent)"),
        help_text=gettext_lazy("Below it: 0 points. All or none: what suffices for all."),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "in-num"}),
    )
    bands = NfcCharField(
        label=gettext_lazy("Bands, one a line"),
        help_text=gettext_lazy("“100: 1,0” gives 1,0 points from 100%; “90: share” the share times the most points."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    needs_evidence = forms.BooleanField(label=gettext_lazy("Needs evidence"), required=False)
    wants_plan = forms.BooleanField(label=gettext_lazy("The signed plan proves it"), required=False)
    wants_reports = forms.BooleanField(label=gettext_lazy("The issued reports of the year prove it"), required=False)
    evidence_wanted = NfcCharField(
        label=gettext_lazy("What else proves it, one a line"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    channels = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Channels whose evidence is proposed"),
        queryset=Channel.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args, codes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.codes = codes

    def clean_bands(self):
        """[(at_least, hundredths or None for the share)], the highest first."""
        bands = {}
        for line in self.cleaned_data["bands"].splitlines():
            if line.strip():
                low, worth = _band(line)
                if low in bands:
                    raise forms.ValidationError(_("Two bands cannot begin at the same percentage."))
                bands[low] = worth
        return sorted(bands.items(), reverse=True)

    def clean(self):
        data = super().clean()
        code = data.get("code", "")
        data["parent"] = code.rpartition(".")[0]
        if data["parent"] and data["parent"] not in self.codes:
            self.add_error("code", _("There is no criterion %(code)s to stand under.") % {"code": data["parent"]})
        if data.get("most") == 0:
            self.add_error("most", _("A criterion is worth more than 0 points."))
        self._check_formula(data)
        self._check_worth(data)
        return data

    def _check_formula(self, data):
        formula, measure = data.get("formula"), data.get("measure")
        if formula in (Formula.BANDS, Formula.ALL_OR_NOTHING) and not measure:
            self.add_error("measure", _("Say what is measured, or choose “Scored by hand”."))
        if formula == Formula.BANDS and "bands" in data and not data["bands"]:
            self.add_error("bands", _("Write at least one band."))
        if formula in (Formula.SUM, Formula.BY_HAND):
            data["measure"], data["floor"], data["bands"] = "", None, []
        if formula == Formula.SUM:
            data["needs_evidence"] = False

    def _check_worth(self, data):
        most = data.get("most")
        if most is not None and any((worth or 0) > most for _low, worth in data.get("bands", ())):
            self.add_error("bands", _("A band cannot give more than the most points."))


NO_BAND = gettext_lazy("Write a band as “90: 0,5” or “90: share”: %(line)s")


def _band(line):
    """(from percent, hundredths or None for the share) of a line as it is typed."""
    low, _colon, worth = (part.strip() for part in line.partition(":"))
    low = low.removesuffix("%").strip()
    if not (low.isascii() and low.isdecimal() and int(low) <= 100):
        raise forms.ValidationError(NO_BAND % {"line": line.strip()})
    if worth.casefold() in (SHARE, "tỷ lệ", _("share")):
        return int(low), None
    try:
        return int(low), points_typed(worth)
    except ValueError:
        raise forms.ValidationError(NO_BAND % {"line": line.strip()}) from None
