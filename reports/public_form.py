"""Opening a plan's page to the public, and what stands on it beside the facts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.forms import NfcCharField

from .models import PublicPage


class PublicPageForm(forms.ModelForm):
    words = NfcCharField(
        label=_("Words above the page"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say in plain words what people gain. Empty: the title of the plan stands alone."),
    )
    contact = NfcCharField(
        label=_("Where to ask"),
        max_length=300,
        required=False,
        help_text=_("An office, its telephone and hours; never the name of a person."),
    )

    class Meta:
        model = PublicPage
        fields = ["is_open", "words", "contact"]

    def __init__(self, *args, plan, by, at, **kwargs):
        page = PublicPage.objects.filter(plan=plan).first() or PublicPage(plan=plan)
        super().__init__(*args, instance=page, **kwargs)
        self.by, self.at = by, at

    def save(self, commit=True):
        self.instance.by, self.instance.by_name, self.instance.at = self.by, str(self.by), self.at
        return super().save(commit)
