"""Is what they typed acceptable? A reorganisation, step by step, and the ready-made set."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from agencies.models import Agency, ReorganisationKind
from agencies.scheduling import DAY, Change, Link, faults
from agencies.validity import is_in_force
from agencies.vietnamese import fold
from plans.forms import NfcCharField, VietnameseDateField

NEEDED = gettext_lazy("This is needed.")


class DecisionForm(forms.Form):
    """Step 1: what kind of change, by which decision, from when."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happens"),
        choices=[
            (ReorganisationKind.MERGE, gettext_lazy("Merge: several agencies become one")),
            (ReorganisationKind.RENAME, gettext_lazy("Rename: an agency goes on under a new name")),
            (ReorganisationKind.SPLIT, gettext_lazy("Split: one agency becomes several")),
            (ReorganisationKind.ABOLISH, gettext_lazy("Abolish: an agency ends; another may take over its work")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what happens."), "invalid_choice": NEEDED},
    )
    decision_number = NfcCharField(
        label=gettext_lazy("Number of the decision"),
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("for example 88/NQ-HĐND")}),
        error_messages={"required": gettext_lazy("Write the number of the decision it rests on.")},
    )
    decided_on = VietnameseDateField(label=gettext_lazy("Day of the decision"), required=False)
    effective_on = VietnameseDateField(
        label=gettext_lazy("In effect from"),
        help_text=gettext_lazy("Until the day before everything stays as it is. A day that has passed is allowed."),
        error_messages={"required": gettext_lazy("Write the day from which it is in effect.")},
    )


class UnitsForm(forms.Form):
    """Step 2: which agencies before, which after. `change` is what they mean together, once the form is valid."""

    predecessors = forms.ModelMultipleChoiceField(
        Agency.objects.none(),
        label=gettext_lazy("Agencies that are merged"),
        error_messages={"required": gettext_lazy("Choose the agencies.")},
    )
    successor = forms.ModelChoiceField(Agency.objects.none(), label=gettext_lazy("Goes on as"), required=False)
    name = NfcCharField(label=gettext_lazy("Name of the new agency"), max_length=300, required=False)
    short_name = NfcCharField(
        label=gettext_lazy("Short name"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("As in tables, for example Sở KH&CN; empty: the whole name."),
    )
    symbol = NfcCharField(
        label=gettext_lazy("Symbol in document numbers"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("For example SKHCN."),
    )
    others = NfcCharField(
        label=gettext_lazy("Further agencies that come of it"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One name a line; an agency that exists is named as it is. They belong to the same groups; people and open "
            "work go to the one above."
        ),
    )

    FIELDS = {
        ReorganisationKind.RENAME: ("predecessors", "name", "short_name", "symbol"),
        ReorganisationKind.MERGE: ("predecessors", "successor", "name", "short_name", "symbol"),
        ReorganisationKind.SPLIT: ("predecessors", "successor", "name", "short_name", "symbol", "others"),
        ReorganisationKind.ABOLISH: ("predecessors", "successor"),
    }
    LABELS = {
        ReorganisationKind.RENAME: {"predecessors": gettext_lazy("Agency that is renamed")},
        ReorganisationKind.SPLIT: {
            "predecessors": gettext_lazy("Agency that is split"),
            "successor": gettext_lazy("People and open work go to"),
        },
        ReorganisationKind.ABOLISH: {
            "predecessors": gettext_lazy("Agency that is abolished"),
            "successor": gettext_lazy("Its people and open work go to"),
        },
    }

    def __init__(self, data=None, *, decision, user, **kwargs):
        super().__init__(data, **kwargs)
        self.decision, self.change = decision, None
        self.kind, self.day = decision["kind"], decision["effective_on"]
        agencies = Agency.objects.visible_to(user)
        chosen = self._chosen()
        offered = agencies.filter(
            Q(pk__in=chosen) | Q(valid_to__isnull=True) | Q(valid_to__gte=self.day - DAY)
        ).select_related("parent")
        if self.kind != ReorganisationKind.MERGE:
            self.fields["predecessors"] = _one_of(self.fields["predecessors"])
        self.fields["predecessors"].queryset = offered
        self.fields["successor"].queryset = offered
        self.fields["successor"].empty_label = self._nobody()
        for name in [name for name in self.fields if name not in self.FIELDS[self.kind]]:
            del self.fields[name]
        for name, label in self.LABELS.get(self.kind, {}).items():
            self.fields[name].label = label

    def _chosen(self):
        """Keys that were chosen before, whatever has become of the agencies: their fault is said, not hidden."""
        names = ("predecessors", "successor")
        typed = [key for name in names for key in (self.data.getlist(name) if self.is_bound else [])]
        return [key for key in typed if key.isdecimal() and len(key) < 19]

    def _nobody(self):
        return _("nobody") if self.kind == ReorganisationKind.ABOLISH else _("a new agency")

    @property
    def needs_new(self):
        """Whether a new agency may come of it."""
        return "name" in self.fields

    def clean(self):
        data = super().clean()
        chosen = data.get("predecessors")
        if not chosen or "successor" in self.errors:
            return data
        chosen = list(chosen) if self.kind == ReorganisationKind.MERGE else [chosen]
        existing = data.get("successor")
        after = existing or (self._new(data, chosen) if self.needs_new else None)
        before = chosen
        if self.kind == ReorganisationKind.MERGE:
            before = [agency for agency in chosen if agency != existing]
            if len({*chosen, *([existing] if existing else [])}) < 2:
                self.add_error("predecessors", _("Choose at least two agencies, or one and the one it goes into."))
        if existing and data.get("name"):
            self.add_error("name", _("Leave the name empty, or choose “a new agency”."))
        if not self.errors:
            self._state(before, after)
        return data

    def _state(self, before, after):
        """Put the change together, and say what stands against it beside the fields."""
        links = [Link(agency, after) for agency in before]
        links += [Link(before[0], agency, is_main=False) for agency in self._others(before[0], after)]
        decided = ("decision_number", "decided_on", "effective_on")
        change = Change(kind=self.kind, links=tuple(links), **{name: self.decision[name] for name in decided})
        for field, sentence in faults(change):
            self.add_error(field if field in self.fields else None, sentence)
        if not self.errors:
            self.change = change

    def _new(self, data, before):
        """The new agency, unsaved: of the kind and under the parent of the first one before."""
        name = " ".join((data.get("name") or "").split())
        if not name:
            self.add_error("name", _("Write the name of the new agency."))
            return None
        if self.kind == ReorganisationKind.RENAME and name == before[0].name:
            self.add_error("name", _("This is the name it has."))
        return self._agency(name, before, short_name=data.get("short_name"), symbol=data.get("symbol"))

    def _agency(self, name, before, *, short_name="", symbol=""):
        same = [agency for agency in self._standing() if fold(agency.name) == fold(name)]
        if [agency for agency in same if agency not in before]:
            self.add_error("name", _("There is an agency with this name already: %(name)s.") % {"name": same[0].name})
        return Agency(
            name=name,
            short_name=short_name or name[:150],
            symbol=symbol or "",
            kind=before[0].kind,
            parent=next((agency.parent for agency in before if agency.parent_id), None),
        )

    def _standing(self):
        """The locality's agencies on the day, as things are now."""
        return [agency for agency in self.fields["predecessors"].queryset if is_in_force(agency, self.day)]

    def _others(self, before, main):
        """The further agencies of a split: those that exist by their name, the rest new."""
        if "others" not in self.fields:
            return
        standing = {fold(agency.name): agency for agency in self._standing()}
        lines = (" ".join(line.split()) for line in self.cleaned_data["others"].splitlines())
        names = {fold(line): line for line in lines if line and fold(line) != fold(main.name)}
        if not names:
            self.add_error("others", _("Name at least one more agency that comes of the split."))
        for key, name in names.items():
            if len(name) > 300:
                self.add_error("others", _("A name has at most 300 characters."))
            elif standing.get(key) == before:
                self.add_error("others", _("%(agency)s cannot carry on for itself.") % {"agency": before.name})
            else:
                yield standing.get(key) or self._agency(name, [before])


def _one_of(field):
    """The same choice, of one agency only."""
    return forms.ModelChoiceField(
        field.queryset, label=field.label, empty_label=_("Choose…"), error_messages=field.error_messages
    )


class ConfirmForm(forms.Form):
    """Step 4: the person has compared it with the decision."""

    agreed = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick that you have compared it with the decision.")}
    )

    def __init__(self, *args, decision, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = _("I have compared it with %(decision)s") % {
            "decision": decision["decision_number"]
        }


class ReadySetForm(forms.Form):
    """Which changes of the ready-made set are taken over, and by which decision of the locality."""

    changes = forms.MultipleChoiceField(
        label=gettext_lazy("Changes"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Tick at least one change."),
            "invalid_choice": gettext_lazy("One of these changes has been taken over meanwhile."),
        },
    )
    decision_number = NfcCharField(
        label=gettext_lazy("Number of the People's Council's resolution"),
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("for example 12/NQ-HĐND")}),
        error_messages={"required": gettext_lazy("Write the number of the resolution it rests on.")},
    )

    def __init__(self, *args, offers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["changes"].choices = [(offer.key, offer.after) for offer in offers if offer.is_ready]
