"""The views a person keeps of a list: are their names acceptable, and what do they keep?"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.lists import LISTS, view_query
from agencies.vietnamese import nfc

from .models import SavedView


class ViewNameForm(forms.ModelForm):
    """Another name for a kept view."""

    class Meta:
        model = SavedView
        fields = ["name"]

    def clean_name(self):
        name = " ".join(nfc(self.cleaned_data["name"]).split())
        own = SavedView.objects.filter(user=self.instance.user_id, page=self.instance.page)
        if own.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("You already have a view with this name."))
        return name


class ViewForm(forms.ModelForm):
    """The filters and the order of a list, kept under a name; a name the person already has means these from now on."""

    class Meta:
        model = SavedView
        fields = ["name", "page", "query"]
        widgets = {"page": forms.HiddenInput, "query": forms.HiddenInput}

    def clean_name(self):
        return " ".join(nfc(self.cleaned_data["name"]).split())

    def clean_page(self):
        page = self.cleaned_data["page"]
        if page not in LISTS:
            raise ValidationError(_("There is no such list."))
        return page

    def clean_query(self):
        return view_query(self.cleaned_data["query"])

    def keep(self, user):
        """Store it as `user`'s; returns the view and whether the name is new."""
        said = self.cleaned_data
        return SavedView.objects.update_or_create(
            user=user, page=said["page"], name=said["name"], defaults={"query": said["query"]}
        )
