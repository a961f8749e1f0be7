"""What the query string of the list of users means."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.vietnamese import MOST_WORDS, fold

from .models import Role, User

STATES = {
    "active": _("in use"),
    "invited": _("waiting for the person"),
    "locked": _("locked"),
}


def state_of(person):
    """A key of STATES."""
    if not person.is_active:
        return "locked"
    return "active" if person.has_usable_password() else "invited"


class UserFilter(django_filters.FilterSet):
    """People by words (with or without accents), agency, role and state."""

    text = django_filters.CharFilter(
        label=_("Name, user name or e-mail"), method="in_memory", widget=forms.TextInput(attrs={"type": "search"})
    )
    agency = django_filters.ModelChoiceFilter(
        label=_("Agency"), queryset=Agency.objects.none(), empty_label=_("all agencies")
    )
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Role.choices, empty_label=_("all roles"))
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[*STATES.items()], method="in_memory", empty_label=_("all states")
    )

    class Meta:
        model = User
        fields = ["text", "agency", "role", "state"]

    def __init__(self, data, *, queryset, user):
        super().__init__(data, queryset=queryset)
        self.filters["agency"].queryset = Agency.objects.visible_to(user).filter(users__isnull=False).distinct()

    def in_memory(self, people, _name, _value):
        return people

    def kept(self):
        """The people that match, as a list: names have no search column, and a locality has hundreds, not millions."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        words = fold(chosen.get("text") or "").split()[:MOST_WORDS]
        state = chosen.get("state")
        return [
            person
            for person in self.qs
            if (not state or state_of(person) == state)
            and all(word in fold(f"{person.full_name} {person.username} {person.email}") for word in words)
        ]
