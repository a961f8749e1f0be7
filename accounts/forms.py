"""Is what they typed acceptable? Logging in, people of the locality."""

import re

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from agencies.models import Agency
from agencies.vietnamese import nfc

from .models import NotificationKind, NotificationSettings, Role, User
from .names import free_username
from .notifying import ALWAYS


class LoginForm(AuthenticationForm):
    """User name and password, with the field names every browser knows."""

    error_messages = {
        "invalid_login": gettext_lazy(
            "The user name or the password is wrong. Check both; capital letters count in the password."
        ),
        "inactive": gettext_lazy("This account is closed. Ask the administrator of your locality."),
    }


ROLE_HELP = {
    Role.FOCAL_POINT: gettext_lazy("reports what the agency did, drafts its own plan"),
    Role.COORDINATOR: gettext_lazy("keeps the locality's plan, reviews updates, writes the report"),
    Role.LEADER: gettext_lazy("reads the dashboard and the reports"),
    Role.ADMINISTRATOR: gettext_lazy("looks after agencies and accounts"),
}


class RoleSelect(forms.RadioSelect):
    """The roles, each with what it does."""

    def create_option(self, name, value, *args, **kwargs):
        return {**super().create_option(name, value, *args, **kwargs), "help": ROLE_HELP.get(value, "")}


def agencies_on(user, today, *, besides=None):
    """The locality's agencies that exist on `today`, and the one a person already has."""
    agencies = Agency.objects.visible_to(user)
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=today)
    return agencies.filter((begun & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))) | Q(pk=besides))


class PersonForm(forms.ModelForm):
    """A person's name, address, role and agency."""

    class Meta:
        model = User
        fields = ["full_name", "email", "agency", "role", "username"]
        labels = {"email": gettext_lazy("Official e-mail")}
        help_texts = {"username": gettext_lazy("For logging in: letters, digits and @ . + - _ without spaces.")}
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "username": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
            "role": RoleSelect,
        }
        error_messages = {"username": {"unique": gettext_lazy("This user name is taken: choose another.")}}

    def __init__(self, *args, user, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["agency"].queryset = agencies_on(user, today, besides=self.instance.agency_id)
        self.fields["agency"].required = True
        self.fields["role"].choices = [(role, role.label) for role in ROLE_HELP]
        self.fields["agency"].empty_label = _("choose an agency")
        self.fields["email"].max_length = 254

    def clean_full_name(self):
        return " ".join(nfc(self.cleaned_data["full_name"]).split())

    def clean_username(self):
        username = nfc(self.cleaned_data["username"])
        others = User.people.exclude(pk=self.instance.pk)
        if username and others.filter(username__iexact=username).exists():
            raise forms.ValidationError(self._meta.error_messages["username"]["unique"], code="unique")
        return username

    def clean_email(self):
        email = nfc(self.cleaned_data["email"])
        same = User.people.visible_to(self.user).exclude(pk=self.instance.pk).filter(email__iexact=email)
        if email and (person := same.select_related("agency").first()):
            raise forms.ValidationError(
                _("%(name)s of %(agency)s has this address already: change that account instead.")
                % {"name": person, "agency": person.agency.short_name},
                code="same_email",
            )
        return email

    def clean_role(self):
        role = self.cleaned_data["role"]
        if self.instance.pk == self.user.pk and role != self.instance.role:
            raise forms.ValidationError(_("Your own role is changed by another administrator."), code="own_role")
        return role


class InviteForm(PersonForm):
    """A new person; the user name may be left to the portal."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].required = False
        self.fields["username"].help_text = _("Left empty, it is made from the address or the name.")

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("username") and "username" not in self.errors and cleaned.get("full_name"):
            cleaned["username"] = free_username(cleaned.get("email", ""), cleaned["full_name"])
        return cleaned


NEW = "new"


class HandoverForm(forms.Form):
    """To whom a focal point's open work goes: somebody of the agency, or a new person; and whether the account ends."""

    to = forms.ChoiceField(
        label=gettext_lazy("Who takes over"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who takes over.")},
    )
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=150, required=False)
    email = forms.EmailField(label=gettext_lazy("Official e-mail"), required=False)
    lock = forms.BooleanField(required=False)

    def __init__(self, *args, person, by, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.by, self.today = person, by, today
        others = User.people.filter(agency=person.agency_id, role=Role.FOCAL_POINT, is_active=True).exclude(
            pk=person.pk
        )
        self.people = {str(each.pk): each for each in others.order_by("full_name", "pk")}
        self.fields["to"].choices = [
            *((pk, _said_of(each)) for pk, each in self.people.items()),
            (NEW, _("Somebody new, invited now")),
        ]
        if not self.people:
            self.fields["to"].initial = NEW
        self.fields["lock"].label = _("Lock the account of %(name)s") % {"name": person}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("to") == NEW:
            self.invited = InviteForm(
                {
                    "full_name": cleaned.get("full_name", ""),
                    "email": cleaned.get("email", ""),
                    "agency": self.person.agency_id,
                    "role": Role.FOCAL_POINT,
                },
                user=self.by,
                today=self.today,
            )
            for name, errors in self.invited.errors.items():
                if not self.has_error(name):
                    self.add_error(name if name in self.fields else None, errors)
        return cleaned

    def successor(self):
        """The person who takes over; unsaved where new."""
        chosen = self.cleaned_data["to"]
        return self.invited.save(commit=False) if chosen == NEW else self.people[chosen]


def _said_of(person):
    if person.has_usable_password():
        return str(person)
    return _("%(name)s (invited, has not entered yet)") % {"name": person}


def _kinds_for(person):
    """What the person can hear of at all and may switch off, with its words: updates are sent to who reviews them."""
    never = {*ALWAYS, NotificationKind.SUBMITTED} if person.is_focal_point else ALWAYS
    return [choice for choice in NotificationKind.choices if choice[0] not in never]


TELEPHONE = re.compile(r"(?:\+84|0)[1-9]\d{8,9}")


class NotificationSettingsForm(forms.ModelForm):
    """What a person wants to hear, and where. What is always told cannot be chosen."""

    heard = forms.MultipleChoiceField(
        label=gettext_lazy("At the bell"),
        choices=[choice for choice in NotificationKind.choices if choice[0] not in ALWAYS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "An update that was returned to you and an explanation you are asked for are always told."
        ),
    )

    class Meta:
        model = NotificationSettings
        fields = ["by_mail", "by_message", "phone"]
        labels = {
            "by_mail": gettext_lazy("One e-mail a day with everything I have to do"),
            "by_message": gettext_lazy("A message to my telephone when something is urgent"),
        }
        help_texts = {
            "by_mail": gettext_lazy("Sent in the morning, and only on days with something new."),
            "by_message": gettext_lazy("For what is returned, asked or due: a few words and a link."),
            "phone": gettext_lazy("As in 0912 345 678 or +84 912 345 678."),
        }
        widgets = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["heard"].choices = _kinds_for(self.instance.person)
        muted = self.instance.muted
        self.fields["heard"].initial = [kind for kind, _label in self.fields["heard"].choices if kind not in muted]

    def clean_phone(self):
        phone = re.sub(r"[\s.\-()]", "", self.cleaned_data["phone"])
        if phone and not TELEPHONE.fullmatch(phone):
            raise forms.ValidationError(
                _("A telephone number of Vietnam: ten or eleven digits beginning with 0, or +84 for the 0.")
            )
        return phone

    def clean(self):
        if self.cleaned_data.get("by_message") and "phone" in self.cleaned_data and not self.cleaned_data["phone"]:
            self.add_error("phone", _("Messages need a telephone number."))
        return self.cleaned_data

    def save(self, commit=True):
        heard = self.cleaned_data["heard"]
        self.instance.muted = [kind for kind, _label in self.fields["heard"].choices if kind not in heard]
        return super().save(commit)
