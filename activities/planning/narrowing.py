"""What the query string of the annex means: rows of an agency or group, a channel, a theme, or only those to mend."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.vietnamese import sort_key


class AnnexFilter(forms.Form):
    """Offers what the table has; what is not there narrows nothing."""

    party = forms.ChoiceField(label=_("Agency"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    theme = forms.ChoiceField(label=_("Content theme"), required=False)
    mend = forms.BooleanField(label=_("Only rows to mend"), required=False)

    def __init__(self, data, annex):
        super().__init__({name: data.get(name, "") for name in self.base_fields}, auto_id="filter_%s")
        rows = annex.rows
        parties = {each.party.token: each.name for row in rows for each in row.parties if each.party.is_identified}
        self.fields["party"].choices = _choices(_("all agencies"), parties)
        channels = {each.pk: str(each) for row in rows for each in row.channels}
        self.fields["channel"].choices = _choices(_("all channels"), channels)
        themes = {str(each.pk): _short(str(each)) for row in rows for each in row.themes}
        self.fields["theme"].choices = _choices(_("all themes"), themes)
        self.is_valid()

    @property
    def is_narrowed(self):
        return any(self.cleaned_data.values())

    def wants(self, row):
        asked = self.cleaned_data
        return (
            (not asked.get("party") or any(each.party.token == asked["party"] for each in row.parties))
            and (not asked.get("channel") or any(each.pk == asked["channel"] for each in row.channels))
            and (not asked.get("theme") or any(str(each.pk) == asked["theme"] for each in row.themes))
            and (not asked.get("mend") or bool(row.mend))
        )


def _choices(everything, names):
    return [("", everything), *sorted(names.items(), key=lambda item: sort_key(item[1]))]


def _short(words):
    return words if len(words) <= 60 else f"{words[:59]}…"
