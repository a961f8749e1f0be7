"""Is what they typed acceptable? Agencies, groups and who belongs to them."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from .holidays import FIRST_YEAR, LAST_YEAR, SATURDAY
from .models import Agency, AgencyGroup, GroupMembership, Holiday
from .naming import free_slug
from .validity import is_in_force
from .vietnamese import nfc, sort_key


class DayInput(forms.DateInput):
    """A day as people write it; the browser's own calendar is not asked, it differs from machine to machine."""

    def __init__(self, **attrs):
        super().__init__(format="%d/%m/%Y", attrs={"placeholder": "dd/mm/yyyy", "autocomplete": "off", **attrs})


def day_field(label, **kwargs):
    return forms.DateField(label=label, widget=DayInput(), error_messages={"invalid": NO_DAY}, **kwargs)


NO_DAY = gettext_lazy("There is no such day. Write it as dd/mm/yyyy.")


def one_line(words):
    return " ".join(nfc(words).split())


def check_span(form, first="valid_from", last="valid_to"):
    """The last day does not come before the first; said beside it."""
    begin, end = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if begin and end and end < begin:
        form.add_error(last, _("The last day must not come before %(day)s.") % {"day": f"{begin:%d/%m/%Y}"})


class AgencyForm(forms.ModelForm):
    """An agency of the locality. Its address name is made once, from its first name."""

    class Meta:
        model = Agency
        fields = [
            *["name", "short_name", "symbol", "kind", "parent", "valid_from", "valid_to"],
            *["phone", "head_name", "head_title", "head_email"],
        ]
        field_classes = {"valid_from": forms.DateField, "valid_to": forms.DateField}
        widgets = {"valid_from": DayInput, "valid_to": DayInput, "name": forms.TextInput}
        labels = {"valid_from": gettext_lazy("First day"), "valid_to": gettext_lazy("Last day")}
        help_texts = {
            "short_name": gettext_lazy("As in tables, for instance “Sở KH&CN”. Left empty, it is the official name."),
            "symbol": gettext_lazy("As it stands in document numbers, for instance SKHCN."),
            "phone": gettext_lazy("Called where a letter cannot be delivered; stands in letters as support."),
            "head_name": gettext_lazy("Signs its letters; is told when the agency is long overdue."),
            "head_title": gettext_lazy("As it stands under documents, for instance Giám đốc."),
            "valid_from": gettext_lazy("Left empty: it has been there from the beginning."),
            "valid_to": gettext_lazy("Left empty: it still exists. Where another carries on, enter a reorganisation."),
        }
        error_messages = {"valid_from": {"invalid": NO_DAY}, "valid_to": {"invalid": NO_DAY}}

    def __init__(self, *args, locality, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.locality, self.today = locality, today
        self.fields["short_name"].required = False
        self.fields["parent"].queryset = self._parents()
        self.fields["parent"].empty_label = _("none")
        if self.instance.pk:
            self.fields["name"].help_text = _(
                "Correct spelling here. A new name by decision is a reorganisation, so that old documents keep theirs."
            )

    def _parents(self):
        """The locality's agencies of today, not the agency itself nor any below it."""
        agencies = list(Agency.objects.filter(locality=self.locality))
        below, found = {self.instance.pk} - {None}, True
        while found:
            found = {each.pk for each in agencies if each.parent_id in below} - below
            below |= found
        offered = [each.pk for each in agencies if is_in_force(each, self.today) or each.pk == self.instance.parent_id]
        return Agency.objects.filter(locality=self.locality, pk__in=offered).exclude(pk__in=below)

    def clean_name(self):
        return one_line(self.cleaned_data["name"])

    def clean(self):
        cleaned = super().clean()
        check_span(self)
        cleaned["short_name"] = one_line(cleaned.get("short_name") or "") or cleaned.get("name", "")[:150]
        if "name" in cleaned and not self.errors:
            self._check_name_is_free(cleaned)
        return cleaned

    def _check_name_is_free(self, cleaned):
        others = Agency.objects.filter(locality=self.locality, name_sort=sort_key(cleaned["name"]))
        for other in others.exclude(pk=self.instance.pk):
            if _overlap(cleaned, other):
                self.add_error("name", _("There is an agency with this name at the same time."))
                return

    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.locality = self.locality
            self.instance.slug = free_slug(
                self.instance.name, set(self.locality.agencies.values_list("slug", flat=True))
            )
        return super().save(commit)


def _overlap(cleaned, other):
    begin, end = cleaned.get("valid_from"), cleaned.get("valid_to")
    starts_after = begin and other.valid_to and other.valid_to < begin
    ends_before = end and other.valid_from and other.valid_from > end
    return not starts_after and not ends_before


class GroupForm(forms.ModelForm):
    class Meta:
        model = AgencyGroup
        fields = ["name", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"name": gettext_lazy("As plans write it, for instance “Các sở, ban, ngành”.")}

    def __init__(self, *args, locality, **kwargs):
        super().__init__(*args, **kwargs)
        self.locality = locality

    def clean_name(self):
        name = one_line(self.cleaned_data["name"])
        others = AgencyGroup.objects.filter(locality=self.locality, name_sort=sort_key(name))
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is a group with this name."))
        return name

    def save(self, commit=True):
        if not self.instance.pk:
            self.instance.locality = self.locality
            taken = set(self.locality.agency_groups.values_list("slug", flat=True))
            self.instance.slug = free_slug(self.instance.name, taken)
        return super().save(commit)


class JoinForm(forms.Form):
    """Many agencies into a group at once, from a day on."""

    joining = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Agencies that are not members"),
        queryset=Agency.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one agency.")},
    )
    joined_on = day_field(
        gettext_lazy("Members from"),
        required=False,
        help_text=gettext_lazy("Left empty: from the beginning. They then owe the reports of past periods as well."),
    )

    def __init__(self, *args, group, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.group = group
        members = group.memberships.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today)).values("agency")
        ended = Q(valid_to__lt=today)
        self.fields["joined_on"].initial = today
        self.fields["joining"].queryset = (
            Agency.objects.filter(locality=group.locality_id).exclude(pk__in=members).exclude(ended)
        )

    def clean(self):
        cleaned = super().clean()
        day = cleaned.get("joined_on")
        left = self.group.memberships.filter(agency__in=cleaned.get("joining") or []).select_related("agency")
        late = [each for each in left if day and each.valid_to and (day - each.valid_to).days > 1]
        if late:
            names = ", ".join(f"{each.agency.short_name} ({each.valid_to:%d/%m/%Y})" for each in late)
            self.add_error(
                "joined_on",
                _("A membership has no gap: choose the day after the last one. These were members until: %(names)s.")
                % {"names": names},
            )
        return cleaned


class LeaveForm(forms.Form):
    """Many members out of a group at once, after a last day, or as if they had never been in it."""

    leaving = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Members"),
        queryset=GroupMembership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one member.")},
    )
    left_on = day_field(gettext_lazy("Members until (the last day)"), required=False)
    by_mistake = forms.BooleanField(
        label=gettext_lazy("They were entered by mistake: as if they had never been members"), required=False
    )

    def __init__(self, *args, group, today, **kwargs):
        super().__init__(*args, **kwargs)
        members = group.memberships.select_related("agency").order_by("agency__name_sort", "agency")
        self.fields["leaving"].queryset = members.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        self.fields["leaving"].label_from_instance = lambda membership: membership.agency.name

    def clean(self):
        cleaned = super().clean()
        day = cleaned.get("left_on")
        if not day and not cleaned.get("by_mistake") and "left_on" not in self.errors:
            self.add_error("left_on", _("Write the last day, or say that they were entered by mistake."))
        late = [each for each in cleaned.get("leaving") or [] if day and each.valid_from and each.valid_from > day]
        if late:
            names = ", ".join(f"{each.agency.short_name} ({each.valid_from:%d/%m/%Y})" for each in late)
            self.add_error("left_on", _("These become members only later: %(names)s.") % {"names": names})
        return cleaned


class MembershipForm(forms.ModelForm):
    """The days of one membership."""

    class Meta:
        model = GroupMembership
        fields = ["valid_from", "valid_to"]
        widgets = {"valid_from": DayInput, "valid_to": DayInput}
        labels = {"valid_from": gettext_lazy("First day"), "valid_to": gettext_lazy("Last day")}
        error_messages = {"valid_from": {"invalid": NO_DAY}, "valid_to": {"invalid": NO_DAY}}

    def clean(self):
        cleaned = super().clean()
        check_span(self)
        return cleaned


class HolidayForm(forms.ModelForm):
    """A day off, or a weekend day that is worked."""

    day = day_field(gettext_lazy("Day"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    is_worked = forms.BooleanField(
        label=gettext_lazy("Worked, to make up for another day"),
        required=False,
        help_text=gettext_lazy("For a Saturday or Sunday on which offices are open."),
    )

    class Meta:
        model = Holiday
        fields = ["day", "name", "is_worked"]

    def __init__(self, *args, locality, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.locality = locality

    def clean_name(self):
        return one_line(self.cleaned_data["name"])

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(_("Check the year: dates lie between 2000 and 2100."))
        if Holiday.objects.filter(locality=self.instance.locality, day=day).exists():
            raise ValidationError(_("This day is in the list already."))
        return day

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_worked") and cleaned.get("day") and cleaned["day"].weekday() < SATURDAY:
            self.add_error("day", _("This is no weekend day: it is worked anyway."))
        return cleaned
