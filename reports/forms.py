"""What people type about a report on its way: what it is on, why it goes back, the text of a part."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import ReportingPeriod
from agencies.sending import NEVER_SEEN
from agencies.vietnamese import nfc, without_controls

from .beginning import Subject
from .models import ReportKind

LONGEST = 40_000  # characters of a part: some fifteen pages

# Marks that turn the direction of writing: what is read would not be what is printed.
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


class BeginForm(forms.Form):
    """One choice: whose report, of which period. `subjects`: all that this person may begin."""

    what = forms.ChoiceField(
        label=_("Report to begin"),
        error_messages={
            "required": _("Choose whose report it is, and of which period."),
            "invalid_choice": _("This report is not one of those you can begin: choose from the list."),
        },
    )

    def __init__(self, *args, subjects, **kwargs):
        super().__init__(*args, **kwargs)
        self.subjects = {subject.code: subject for subject in subjects}
        groups = {}
        for subject in subjects:
            groups.setdefault(_group_of(subject), []).append((subject.code, subject.span_source.title))
        self.fields["what"].choices = [("", "—"), *groups.items()]

    def clean_what(self):
        return self.subjects[self.cleaned_data["what"]]


def _group_of(subject):
    """Under which heading the choice stands."""
    if subject.kind == ReportKind.LOCALITY:
        return str(ReportKind.LOCALITY.label)
    return f"{subject.kind.label}: {subject.span_source.plan.with_issuer}"


def subjects_for(user, periods, sums):
    """All that the person may begin a report on: of one's plans, one's agency's own, one a span of all plans."""
    found = [
        Subject(kind, window)
        for kind in (ReportKind.PLAN, ReportKind.AGENCY)
        for window in sorted([*periods, *sums], key=lambda each: (each.plan_id, each.ends_on), reverse=True)
    ]
    found = [subject for subject in found if subject.may_be_begun_by(user)]
    if not user.is_coordinator:
        return found
    spans = {(window.starts_on, window.ends_on): window for window in [*sums, *periods]}
    spans = sorted(spans.values(), key=lambda each: (each.ends_on, isinstance(each, ReportingPeriod)), reverse=True)
    return [*found, *(Subject(ReportKind.LOCALITY, window) for window in spans)]


class StepForm(forms.Form):
    """A step: the version that was looked at, and the reason where the step asks for one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whoever writes the report reads these words."),
    )

    def clean_version(self):
        version = self.cleaned_data["version"]
        return NEVER_SEEN if version is None else version

    def clean_reason(self):
        return nfc(self.cleaned_data["reason"])


class PartForm(forms.Form):
    """The text of a part as typed, with the version it was typed over."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    body = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "true", "lang": "vi"}),
        error_messages={"max_length": _("A part has at most %(limit_value)s characters; this one has %(show_value)s.")},
    )

    def clean_version(self):
        version = self.cleaned_data["version"]
        return NEVER_SEEN if version is None else version

    def clean_body(self):
        body = TURNS.sub("", without_controls(self.cleaned_data["body"]))
        return nfc(body).replace("\r\n", "\n").strip()
