"""Remarks of a reviewer on an update: on the whole, on an activity, on one of its figures."""

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from plans.forms import NfcCharField

from ..models import Indicator, ReviewComment
from .reading import QUANTITY

TO_THE_AGENCY, INTERNAL = "agency", "internal"


class RemarkForm(forms.Form):
    """What is remarked and who reads it: the agency, with the decision, or reviewers alone."""

    text = NfcCharField(
        label=gettext_lazy("Remark"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write the remark.")},
    )
    readers = forms.ChoiceField(
        label=gettext_lazy("Read by"),
        choices=[
            (TO_THE_AGENCY, gettext_lazy("The agency, with the decision")),
            (INTERNAL, gettext_lazy("Reviewers only")),
        ],
        initial=TO_THE_AGENCY,
        widget=forms.RadioSelect,
    )
    activity = forms.ChoiceField(required=False)
    field = forms.ChoiceField(required=False)

    def __init__(self, *args, lines, **kwargs):
        """`lines`: the ReportedLines of the update; a remark is on one of them, or on the whole."""
        super().__init__(*args, **kwargs)
        self.fields["activity"].choices = [("", ""), *((str(each.activity.pk), "") for each in lines)]
        keys = {figure.key: figure.label for each in lines for figure in each.figures}
        self.fields["field"].choices = [("", ""), *keys.items()]

    def save(self, update, *, round, by, at):
        data = self.cleaned_data
        return ReviewComment.objects.create(
            update=update,
            activity_id=int(data["activity"]) if data["activity"] else None,
            field=data["field"] if data["activity"] else "",
            text=data["text"],
            is_internal=data["readers"] == INTERNAL,
            round=round,
            by=by,
            by_name=str(by),
            at=at,
        )


def name_figures(comments):
    """Give each remark `about`: the figure it is on, in words, or nothing. A query where an indicator is among them."""
    codes = {comment.field for comment in comments} - {"", QUANTITY}
    names = {each.code: str(each) for each in Indicator.objects.filter(code__in=codes)} if codes else {}
    names[QUANTITY] = _("Quantity done")
    for comment in comments:
        comment.about = names.get(comment.field, "")


def may_take_back(user, comment, round):
    """One's own remark, while the round it was made on is undecided."""
    return comment.by_id == user.pk and comment.round == round
