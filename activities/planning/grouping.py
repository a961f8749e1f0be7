"""Is the title of a group row acceptable?"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from plans.forms import NfcCharField

from ..models import ActivityGroup


class GroupForm(forms.Form):
    title = NfcCharField(
        label=gettext_lazy("Title of the group"),
        max_length=ActivityGroup._meta.get_field("title").max_length,
        error_messages={"required": gettext_lazy("Write the title of the group.")},
    )

    def __init__(self, *args, plan, group=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.others = ActivityGroup.objects.filter(plan=plan).exclude(pk=group.pk if group else None)

    def clean_title(self):
        title = " ".join(self.cleaned_data["title"].split())
        if self.others.filter(title=title).exists():
            raise ValidationError(_("The plan already has a group with this title."))
        return title
