"""Opening a plan's page to the public, and what stands on it beside the facts."""

from django import forms
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from plans.forms import NfcCharField

from .models import PublicPage

MEANWHILE_OPENED = _(
    "Somebody has decided on this page meanwhile: anybody can read it now. What you typed is still here; save again to "
    "decide otherwise."
)
MEANWHILE_CLOSED = _(
    "Somebody has decided on this page meanwhile: it is closed now. What you typed is still here; save again to decide "
    "otherwise."
)


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

    # When what the form shows was decided; empty before anything was.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = PublicPage
        fields = ["is_open", "words", "contact"]

    def __init__(self, *args, plan, by, at, **kwargs):
        page = PublicPage.objects.filter(plan=plan).first() or PublicPage(plan=plan)
        self.decided_at, self.was_open = page.at, page.is_open
        super().__init__(*args, instance=page, initial={"seen": self._moment}, **kwargs)
        self.by, self.at = by, at

    @property
    def _moment(self):
        return self.decided_at.isoformat() if self.decided_at else ""

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("seen") != self._moment:
            self.data = self.data.copy()
            self.data["seen"] = self._moment  # what is sent next has been seen
            raise forms.ValidationError(MEANWHILE_OPENED if self.was_open else MEANWHILE_CLOSED)
        return cleaned

    def save(self, commit=True):
        """Raises: IntegrityError where somebody decided a moment earlier."""
        if self.decided_at:
            as_seen = PublicPage.objects.filter(pk=self.instance.pk, at=self.decided_at)
            if not as_seen.update(at=self.at):
                raise IntegrityError("decided meanwhile")
        self.instance.by, self.instance.by_name, self.instance.at = self.by, str(self.by), self.at
        return super().save(commit)
