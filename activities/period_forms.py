"""Is what they typed acceptable? The rules of a calendar, the dates of a period, more time, opening and locking."""

import hashlib

from django import forms
from django.db import models
from django.utils.translation import gettext as _, gettext_lazy

from agencies.holidays import working_days
from plans.forms import NfcCharField, VietnameseDateField, composed

from .calendar import DATES, outlook
from .locks import last_day
from .models import BASE_KINDS, CONSOLIDATED_KINDS, PeriodKind, ReportingPeriod, ReportingRules
from .models.period import LONGEST_GRACE, MOST_EXTENSIONS
from .windows import DAY, MONTHS, overlaps

DAY_OF_MONTH = gettext_lazy("A day of the month is between 1 and 31.")


def reason_field(help_text="", **kwargs):
    return NfcCharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": gettext_lazy("Say why: these words stay with the period.")},
        **kwargs,
    )


def _day_of_month(db_field, **kwargs):
    return db_field.formfield(
        min_value=1, max_value=31, error_messages={"min_value": DAY_OF_MONTH, "max_value": DAY_OF_MONTH}, **kwargs
    )


def _rule(db_field, **kwargs):
    if db_field.name.endswith("_day"):
        return _day_of_month(db_field, **kwargs)
    if db_field.name == "consolidated":
        return forms.MultipleChoiceField(
            label=gettext_lazy("Consolidated reports"),
            choices=[(kind.value, kind.label) for kind in CONSOLIDATED_KINDS],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=gettext_lazy("Their figures are summed from the agencies' periods; nobody reports for them."),
        )
    return db_field.formfield(**kwargs)


class RulesForm(forms.ModelForm):
    """The rules a calendar is made by. `seen` says which rules the person saw the effect of."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ReportingRules
        fields = [
            "base",
            "cutoff_day",
            "agency_due_day",
            "consolidated_due_day",
            "grace_days",
            "extensions_per_period",
            "consolidated",
            "evidence_required",
            "may_approve_own",
        ]
        formfield_callback = _rule
        help_texts = {
            "base": gettext_lazy("With the plan's own dates you add each period by hand."),
            "cutoff_day": gettext_lazy("Of the last month of a period: 14 gives 15/12 to 14/3. 31 is the last day."),
            "agency_due_day": gettext_lazy(
                "At least one working day after the cut-off; weekends and public holidays push it on."
            ),
            "grace_days": gettext_lazy("After the deadline agencies may still send, late; then the period is locked."),
            "extensions_per_period": gettext_lazy("0 allows none."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["base"].choices = [(kind.value, kind.label) for kind in BASE_KINDS]

    def clean_grace_days(self):
        return self._at_most("grace_days", LONGEST_GRACE)

    def clean_extensions_per_period(self):
        return self._at_most("extensions_per_period", MOST_EXTENSIONS)

    def _at_most(self, name, most):
        value = self.cleaned_data[name]
        if value > most:
            raise forms.ValidationError(_("At most %(n)s.") % {"n": most})
        return value

    def clean(self):
        cleaned = super().clean()
        base = MONTHS.get(cleaned.get("base"))
        wrong = [
            PeriodKind(kind).label
            for kind in cleaned.get("consolidated", [])
            if base and (MONTHS[kind] <= base or MONTHS[kind] % base)
        ]
        if wrong:
            sentence = _(
                "Not a sum of the agencies' periods: %(kinds)s. Take it out, or let agencies report more often."
            )
            self.add_error("consolidated", sentence % {"kinds": ", ".join(map(str, wrong))})
        return cleaned

    @property
    def fingerprint(self):
        """Tells these rules from others."""
        typed = sorted((name, str(value)) for name, value in self.cleaned_data.items() if name != "seen")
        return hashlib.sha256(repr(typed).encode()).hexdigest()[:16]

    @property
    def was_seen(self):
        return self.cleaned_data["seen"] == self.fingerprint

    def outlook(self, today):
        """What these rules would do to the plan's calendar."""
        return outlook(self.instance.plan, self.instance, today=today)


def _date(db_field, **kwargs):
    if isinstance(db_field, models.DateField):
        return VietnameseDateField(label=db_field.verbose_name.capitalize(), **kwargs)
    return composed(db_field, **kwargs)


class PeriodForm(forms.ModelForm):
    """A period of the plan's own, or the dates of one there is.

    Its window stays once somebody has reported on it; the lock of a locked one moves by opening it again.
    """

    reason = reason_field(gettext_lazy("Everybody who sees the plan can read it."))
    beyond = forms.BooleanField(label=gettext_lazy("Yes, beyond the time of the plan"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ReportingPeriod
        fields = ["label", *DATES]
        formfield_callback = _date
        labels = {"label": gettext_lazy("Name of the period")}
        help_texts = {"label": gettext_lazy("As reports print it, for example “Sơ kết tháng cao điểm 9/2026”.")}

    def __init__(self, *args, plan, today, is_reported=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan, self.today = plan, today
        period = self.instance
        if not self.is_bound:
            del self.fields["beyond"]
        self.fields["agency_due_on"].label = _("Deadline for agencies")
        self.fields["locks_on"].help_text = _("From this day on nobody can write.")
        if not period.pk:
            self.fields.pop("reason")
            return
        self.initial["version"] = period.version
        if period.kind != PeriodKind.OWN:
            del self.fields["label"]
        if is_reported:
            del self.fields["starts_on"], self.fields["ends_on"]
        if period.locks_on <= today:
            del self.fields["locks_on"]

    def clean(self):
        cleaned = super().clean()
        dates = {name: cleaned.get(name) or self._of_instance(name) for name in DATES}
        if all(dates.values()):
            self._check_order(dates)
            self._check_working_day(dates)
            self._check_neighbours(dates)
        self._check_plan(dates)
        if self.instance.pk and cleaned.get("version") != self.instance.version:
            self.add_error(None, _("Somebody changed this period meanwhile. Look at it once more, then save again."))
        return cleaned

    def _of_instance(self, name):
        return None if name in self.fields else getattr(self.instance, name)

    def _check_order(self, dates):
        orders = [
            (
                "ends_on",
                dates["ends_on"] >= dates["starts_on"],
                _("The cut-off must not come before %(day)s."),
                "starts_on",
            ),
            ("agency_due_on", dates["agency_due_on"] > dates["ends_on"], AFTER, "ends_on"),
            ("locks_on", dates["locks_on"] > dates["agency_due_on"], AFTER, "agency_due_on"),
            (
                "consolidated_due_on",
                dates["consolidated_due_on"] >= dates["agency_due_on"],
                _("The consolidated report cannot be due before the agencies' deadline, %(day)s."),
                "agency_due_on",
            ),
        ]
        for name, holds, sentence, other in orders:
            if not holds:
                where = name if name in self.fields else other
                self.add_error(where, sentence % {"day": f"{dates[other]:%d/%m/%Y}"})
        if "locks_on" in self.fields and dates["locks_on"] <= self.today and "locks_on" not in self.errors:
            if self.instance.pk:
                self.add_error("locks_on", _("This would lock the period at once: use “Lock now”, with a reason."))

    def _check_plan(self, dates):
        """A period that ends after the plan, or before it begins, has to be meant; others are not asked."""
        plan, first, last = self.plan, dates["starts_on"], dates["ends_on"]
        is_asked = {"starts_on", "ends_on"} & set(self.fields) and first and last
        if not is_asked or plan.period_start <= last <= plan.period_end:
            del self.fields["beyond"]
        elif not self.cleaned_data.get("beyond"):
            sentence = _(
                "The plan runs from %(first)s to %(last)s. Mend the dates, or tick this to keep the period so."
            )
            facts = {"first": f"{plan.period_start:%d/%m/%Y}", "last": f"{plan.period_end:%d/%m/%Y}"}
            self.add_error("beyond", sentence % facts)

    def _check_working_day(self, dates):
        """Only where the deadline is being set: what was agreed before stays."""
        due = dates["agency_due_on"]
        if "agency_due_on" in self.errors or due == self.instance.agency_due_on:
            return
        days = working_days(self.plan.locality, [due.year, due.year + 1])
        if not days.is_worked(due):
            found = days.on_or_after(due)
            sentence = _("%(day)s is not a working day; the next one is %(next)s.")
            self.add_error("agency_due_on", sentence % {"day": f"{due:%d/%m/%Y}", "next": f"{found:%d/%m/%Y}"})

    def _check_neighbours(self, dates):
        if not {"starts_on", "ends_on"} & set(self.fields) or {"starts_on", "ends_on"} & set(self.errors):
            return
        here = ReportingPeriod(starts_on=dates["starts_on"], ends_on=dates["ends_on"])
        for other in self.plan.reporting_periods.exclude(pk=self.instance.pk):
            if overlaps(here, other):
                facts = {
                    "period": other.title,
                    "first": f"{other.starts_on:%d/%m/%Y}",
                    "last": f"{other.ends_on:%d/%m/%Y}",
                }
                sentence = _("%(period)s lies at the same time, %(first)s to %(last)s: two periods must not overlap.")
                self.add_error("starts_on", sentence % facts)
                return


AFTER = gettext_lazy("This day must come after %(day)s.")


class ExtendForm(forms.Form):
    """More time for one agency."""

    until = VietnameseDateField(
        label=gettext_lazy("Until the end of"),
        help_text=gettext_lazy("The deadline stays: what is sent after it counts as late."),
    )
    reason = reason_field(gettext_lazy("The agency reads it; it stays with the period."))


class UnlockForm(forms.Form):
    """A locked period opened again."""

    until = VietnameseDateField(label=gettext_lazy("Open until the end of"))
    reason = reason_field(gettext_lazy("All agencies of the period are told."))


class LockForm(forms.Form):
    """A period locked before its day."""

    reason = reason_field()


def offered_until(period, today):
    """The day that the form of an extension or of opening again offers: a week on."""
    return max(last_day(period), today) + 7 * DAY
