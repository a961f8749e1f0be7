"""Is what they typed acceptable? Issuing a plan, closing it, and the files kept with it."""

import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from plans.forms import NfcCharField, VietnameseDateField, composed
from plans.models import FileKind, Plan, PlanFile, PlanStatus, Purpose
from plans.permissions import can_replace_plan

from ..files import check_file
from ..versions import SIGNATURE
from .numbers import number_taken, number_used

SOURCE_KINDS = (".pdf", ".docx", ".xlsx", ".jpg", ".png")
SIGNED_ACCEPT = ".pdf"


class IssueForm(forms.ModelForm):
    """Number, day and signature of the document, the earlier plans it replaces and its signed file."""

    signed_file = forms.FileField(
        label=gettext_lazy("Signed document (PDF)"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": SIGNED_ACCEPT}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    class Meta:
        model = Plan
        fields = ["number", "issued_on", "signing_authority", "signatory_title", "signatory_name", "replaces"]
        field_classes = {"issued_on": VietnameseDateField}
        formfield_callback = composed
        widgets = {
            "issued_on": VietnameseDateField.widget,
            "signing_authority": forms.Textarea(attrs={"rows": 2}),
            "replaces": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "number": gettext_lazy("Only the number, or number and code: 45 or 45/KH-UBND."),
            "signing_authority": gettext_lazy("As printed above the position, for example TM. ỦY BAN NHÂN DÂN."),
            "replaces": gettext_lazy("From the day of issue these plans are replaced by this one."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.amends_id and not self.instance.signatory_name:  # the same signature, most often
            self.initial |= {name: getattr(self.instance.amends, name) for name in SIGNATURE}
        plans = Plan.objects.visible_to(user).real()
        if not self.instance.parent_id:  # a plan of the locality replaces no agency's own plan
            plans = plans.filter(parent=None)
        earlier = [plan.pk for plan in plans.exclude(status=PlanStatus.DRAFT) if can_replace_plan(user, plan)]
        self.fields["replaces"].queryset = plans.filter(pk__in=earlier)
        if self.instance.purpose == Purpose.AMENDMENT or not earlier:
            del self.fields["replaces"]

    def clean(self):
        """A number is its issuer's once a year; the issuer is not on the form, so the form has to look itself."""
        data = super().clean()
        number, day = data.get("number"), data.get("issued_on")
        if number and day and number_used(self.instance, number, day.year):
            self.add_error("number", number_taken(day.year))
        return data

    def clean_number(self):
        """'45' is completed to '45/KH-UBND', the code being the issuer's own."""
        number = re.sub(r"\s+", "", self.cleaned_data["number"])
        if number.isdecimal():
            number = f"{int(number):02d}/{self.instance.kind}-{self.instance.issuing_agency.symbol or 'UBND'}"
        return number

    def clean_signed_file(self):
        upload = self.cleaned_data["signed_file"]
        if upload:
            self.checked = check_file(upload, settings.UPLOAD_MAX_MB)
            if self.checked.content_type != "application/pdf":
                raise ValidationError(_("The signed document is a PDF file; other files are added on the plan's page."))
        return upload


class ReasonForm(forms.Form):
    """Why a plan is closed or opened again."""

    reason = NfcCharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why: these words stay with the plan.")},
    )


class PlanFileForm(forms.ModelForm):
    """A source file to keep with the plan."""

    class Meta:
        model = PlanFile
        fields = ["file", "kind"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ",".join(SOURCE_KINDS)
        self.fields["kind"].choices = FileKind.choices

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload:
            self.checked = check_file(upload, settings.UPLOAD_MAX_MB)
        return upload
