"""What the query string of the list of agencies means."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .models import Agency, AgencyGroup, AgencyKind
from .vietnamese import MOST_WORDS, fold

FOCAL = {"with": _("has one"), "without": _("has none")}


class AgencyFilter(django_filters.FilterSet):
    """Agencies by words (with or without accents), kind, group, and whether somebody reports for them."""

    text = django_filters.CharFilter(
        label=_("Name"), method="with_text", widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=AgencyKind.choices, empty_label=_("all kinds"))
    group = django_filters.ModelChoiceFilter(
        label=_("Group"), queryset=AgencyGroup.objects.none(), method="member_of", empty_label=_("all groups")
    )
    focal = django_filters.ChoiceFilter(
        label=_("Focal point"), choices=[*FOCAL.items()], method="with_focal_point", empty_label=_("all")
    )

    class Meta:
        model = Agency
        fields = ["text", "kind", "group", "focal"]

    def __init__(self, data, *, queryset, user, day):
        super().__init__(data, queryset=queryset)
        self.day = day
        self.filters["group"].queryset = AgencyGroup.objects.visible_to(user)

    def with_text(self, agencies, _name, words):
        for word in fold(words).split()[:MOST_WORDS]:
            agencies = agencies.filter(name_search__contains=word)
        return agencies

    def member_of(self, agencies, _name, group):
        """Members on the day the list is read for."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=self.day)
        going_on = Q(valid_to__isnull=True) | Q(valid_to__gte=self.day)
        return agencies.filter(pk__in=group.memberships.filter(begun, going_on).values("agency"))

    def with_focal_point(self, agencies, _name, has):
        """Asked through the relation, for people stand on a floor above."""
        focal_points = {"users__role": "focal_point", "users__is_active": True}
        with_one = Agency.objects.filter(**focal_points).values("pk")
        return agencies.filter(pk__in=with_one) if has == "with" else agencies.exclude(pk__in=with_one)
