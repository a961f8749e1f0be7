"""Is what they put forward as proof acceptable? Files, several at once, and a link; their title and date."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plans.forms import NfcCharField, VietnameseDateField

from .attachments import attach, keep_file
from .files import ACCEPT, clean_name
from .links import clean_link

LONGEST_NAME = 255
MOST_FILES = 20


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Files, each judged by itself: the clean value is a list of KeptFile, `faulty` {file name: sentence} beside it."""

    widget = SeveralFiles

    def clean(self, data, initial=None):
        self.faulty = {}
        uploads = data or []
        if len(uploads) > MOST_FILES:
            raise ValidationError(
                ngettext("At most %(most)s file at once.", "At most %(most)s files at once.", MOST_FILES)
                % {"most": MOST_FILES}
            )
        return [kept for kept in map(self._kept, uploads) if kept]

    def _kept(self, upload):
        try:
            if len(upload.name) > LONGEST_NAME:
                raise ValidationError(_("The file's name is too long; shorten it to 255 characters."))
            return keep_file(upload, max_mb=settings.UPLOAD_MAX_MB)
        except ValidationError as error:
            self.faulty[clean_name(upload.name)] = error.messages[0]
            return None


class DetailsForm(forms.Form):
    """What a piece of evidence shows, and of which day it is."""

    caption = NfcCharField(label=gettext_lazy("What it shows"), required=False, max_length=200)
    dated_on = VietnameseDateField(label=gettext_lazy("Date of the evidence"), required=False)

    def __init__(self, *args, today=None, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_dated_on(self):
        day = self.cleaned_data["dated_on"]
        if day and self.today and day > self.today:
            raise ValidationError(
                _("Evidence is of a day that has come; today is %(today)s.") % {"today": f"{self.today:%d/%m/%Y}"}
            )
        return day


class AttachmentForm(DetailsForm):
    """Files, a link, or both, with what they show and when. What is sound is kept though the rest is not."""

    files = SeveralFilesField(
        label=gettext_lazy("Files"), required=False, widget=SeveralFiles(attrs={"accept": ACCEPT})
    )
    url = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"placeholder": "https://", "inputmode": "url", "autocomplete": "off"}),
        error_messages={
            "invalid": gettext_lazy("Write the whole address, for example https://minhhoa.example/tin-1."),
            "max_length": gettext_lazy("The address is too long: at most 1.000 characters."),
        },
    )

    field_order = ["files", "url", "caption", "dated_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["files"].help_text = _("PDF, Word, Excel, PowerPoint, pictures, MP3, MP4; at most %(max)s MB.") % {
            "max": settings.UPLOAD_MAX_MB
        }

    def clean_url(self):
        url = self.cleaned_data["url"]
        if url and not url.lower().startswith(("http://", "https://")):
            raise ValidationError(_("Only web addresses that begin with http:// or https:// are accepted."))
        return clean_link(url) if url else ""

    def clean(self):
        data = super().clean()
        for sentence in self.faulty.values():
            self.add_error(None, sentence)
        return data

    @property
    def faulty(self):
        """{file name: sentence} of the files that are not kept."""
        return getattr(self.fields["files"], "faulty", {})

    @property
    def refusals(self):
        """{file name, or name of the field: sentence} of everything that is not kept."""
        beside = {name: errors[0] for name, errors in self.errors.items() if name != "__all__"}
        return self.faulty | beside

    @property
    def has_something(self):
        """The person chose a file or wrote a link, sound or not."""
        files = self.files.getlist(self.add_prefix("files")) if self.files else []
        return bool(files or self.data.get(self.add_prefix("url"), "").strip())

    @property
    def is_worth_keeping(self):
        """Something is sound, and the title and date that belong to all of it are."""
        data = self.cleaned_data
        return {"caption", "dated_on"} <= data.keys() and bool(data.get("files") or data.get("url"))

    @transaction.atomic
    def attach(self, model, parent, *, by, at):
        """Keep what is sound as `model` rows of `parent`; the new ones."""
        if not self.is_worth_keeping:
            return []
        data = self.cleaned_data
        facts = {"caption": data["caption"], "dated_on": data["dated_on"], "by": by, "at": at}
        rows = [attach(model, parent, upload=kept, **facts) for kept in data.get("files", ())]
        if data.get("url"):
            rows.append(attach(model, parent, url=data["url"], **facts))
        return [row for row in rows if row]
