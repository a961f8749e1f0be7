"""Is what they typed to issue, correct or sign a report acceptable?"""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max, Subquery
from django.utils.translation import gettext as _, gettext_lazy

from plans.forms import NfcCharField, VietnameseDateField

from ..models import Report, ReportStatus
from ..quarterly.heading import signing_of
from .sealing import Facts, approved_on, number_taken, problem_of_day
from .signing import MOST_MB

OUTSIDE, SERVER, LATER = "outside", "server", "later"
HIGHEST = 99_999


class IssueForm(forms.Form):
    """Number, day and signatory of a report that is to be issued, and how it will be signed.

    Args:
        report: the Report.
        today: the day it is issued on at the latest.
        seal: the OfficeSeal of the agency, or None.
    """

    number = forms.IntegerField(
        label=gettext_lazy("Document number"), min_value=1, max_value=HIGHEST, localize=False, widget=forms.TextInput
    )
    issued_on = VietnameseDateField(label=gettext_lazy("Day of issue"))
    signatory_name = NfcCharField(label=gettext_lazy("Signatory"), max_length=150)
    signatory_title = NfcCharField(label=gettext_lazy("Position of the signatory"), max_length=150)
    signing_authority = NfcCharField(label=gettext_lazy("In whose name"), max_length=200, required=False)
    way = forms.ChoiceField(label=gettext_lazy("How it is signed"))
    version = forms.IntegerField(widget=forms.HiddenInput, localize=False)

    def __init__(self, *args, report, today, seal=None, **kwargs):
        self.report, self.today = report, today
        self.symbol = symbol_of(report.agency)
        self.not_before = approved_on(report)
        self.latest = last_issued(report, today.year, self.symbol)
        super().__init__(*args, initial=proposed(report, today, self.latest), **kwargs)
        self.fields["way"].choices = [
            (OUTSIDE, ""),
            *([(SERVER, "")] if seal and not seal.problem else []),
            (LATER, ""),
        ]
        self.fields["number"].widget.attrs["inputmode"] = "numeric"

    def clean_issued_on(self):
        day = self.cleaned_data["issued_on"]
        if said := problem_of_day(self.report, day, self.today):
            raise ValidationError(said)
        return day

    def clean_signatory_title(self):
        return self.cleaned_data["signatory_title"].upper()  # as Nghị định 30 prints the block of the signature

    def clean_signing_authority(self):
        return self.cleaned_data["signing_authority"].upper()

    def clean_version(self):
        if self.cleaned_data["version"] != self.report.version:
            raise ValidationError(_("The report changed while you were looking at it. Read it again, then issue it."))
        return self.cleaned_data["version"]

    def clean(self):
        data = super().clean()
        if {"number", "issued_on"} <= data.keys() and _is_taken(self.report, self.facts):
            self.add_error("number", number_taken(self.facts))
        return data

    @property
    def facts(self):
        """What was decided, as `issue_report` takes it."""
        data = self.cleaned_data
        return Facts(
            number=data["number"],
            symbol=self.symbol,
            issued_on=data["issued_on"],
            signing_authority=data.get("signing_authority", ""),
            signatory_title=data.get("signatory_title", ""),
            signatory_name=data.get("signatory_name", ""),
        )


def symbol_of(agency):
    """'BC-SNV': what stands behind the number."""
    return f"BC-{agency.symbol}" if agency.symbol else "BC"


def proposed(report, today, latest):
    """What the form says at first: the number after those of the year, today, the head of the agency."""
    authority, title = signing_of(report.agency)
    return {
        "number": (latest.highest or 0) + 1 if latest else 1,
        "issued_on": today,
        "signing_authority": authority,
        "signatory_title": (report.agency.head_title or title).upper(),
        "signatory_name": report.agency.head_name,
        "way": OUTSIDE,
        "version": report.version,
    }


def last_issued(report, year, symbol):
    """What the same agency issued last, with the `highest` number of its reports of the year; None where nothing."""
    numbers = _numbered(report, year, symbol).order_by().values("agency").annotate(n=Max("number")).values("n")
    issued = Report.objects.filter(agency=report.agency_id, status=ReportStatus.ISSUED).select_related("replaces")
    return issued.annotate(highest=Subquery(numbers)).order_by("-sealed_at").first()


def _numbered(report, year, symbol):
    return Report.objects.filter(agency=report.agency_id, symbol=symbol, issued_on__year=year, number__isnull=False)


def _is_taken(report, facts):
    rows = _numbered(report, facts.issued_on.year, facts.symbol)
    return rows.filter(number=facts.number).exclude(pk=report.pk).exists()


class CorrectionForm(forms.Form):
    """Why an issued report is corrected."""

    reason = NfcCharField(
        label=gettext_lazy("What is wrong with the issued text"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what is wrong: the reason stands in the new version.")},
    )


class SignedForm(forms.Form):
    """The PDF as it came back from signing."""

    file = forms.FileField(
        label=gettext_lazy("The signed PDF"), widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"})
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_MB * 1024 * 1024:
            raise ValidationError(_("The file is larger than %(max)s MB.") % {"max": MOST_MB})
        return file
