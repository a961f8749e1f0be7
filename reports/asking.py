"""What an address of the dashboards asks for: which plans, which period, from what day, beside which other period."""

from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext, gettext_lazy as _

from activities.calendar import current_period
from activities.models import ReportingPeriod
from activities.readings import reading_of
from activities.scopes import corresponding, plans_in, plans_then, there_from, words_for
from plans.models import Plan


@dataclass(frozen=True)
class Asked:
    """`word` names several plans together (`activities.scopes`), or is empty: the period's own plan.

    `unissued`: those that `word` names too, but that had not been issued on `known_on`. `first`: from when one can
    look. `wrong`: by the names of fields what is said of what was asked for and is not shown.
    """

    period: ReportingPeriod
    plans: tuple[Plan, ...] = ()
    unissued: tuple[Plan, ...] = ()
    word: str = ""
    first: date | None = None
    known_on: date | None = None
    against: ReportingPeriod | None = None
    query: dict = field(default_factory=dict)
    wrong: dict = field(default_factory=dict)

    @property
    def is_usual(self):
        return not (self.word or self.known_on or self.against)


def asked_of(data, period, periods, today):
    """What `data` (a query string) asks for; `period` is the frame's, `periods` are all the person reads."""
    key = data.get("plan", "")
    together = plans_in(key, periods) or []
    if not together:
        period = _of_plan(key, period, periods, today)
    first = min(map(there_from, together)) if together else first_day((period.plan,))
    known_on, wrong_day = _day(data.get("as_of", ""), first, today, is_many=bool(together))
    plans = plans_in(key, periods, known_on) if together else [period.plan]
    if period.plan not in plans:
        period = _nearest(period, [each for each in periods if each.plan in plans], known_on or today)
    if together:
        plans = plans_then(plans, period, periods, reading_of(period, periods, today, known_on))
    own = {str(each.pk): each for each in offered(period, periods, known_on or today)}
    against = own.get(data.get("against", ""))
    word = key if together else ""
    wrong = {"as_of": wrong_day}
    if data.get("against") and not against:
        wrong["against"] = gettext("The period to compare with has not begun, or is not one of this plan.")
    query = {
        "period": period.pk,
        "plan": word,
        "as_of": f"{known_on:%Y-%m-%d}" if known_on else "",
        "against": against.pk if against else "",
    }
    return Asked(
        period=period,
        plans=tuple(plans),
        unissued=tuple(plan for plan in together if plan not in plans),
        word=word,
        first=first,
        known_on=known_on,
        against=against,
        query={key: value for key, value in query.items() if value},
        wrong={name: words for name, words in wrong.items() if words},
    )


def offered(period, periods, day):
    """The other periods of its plan that had begun on `day`: with what has not there is nothing to compare."""
    of_plan = [each for each in periods if each.plan_id == period.plan_id and each != period]
    return [each for each in of_plan if each.starts_on <= day]


def first_day(plans):
    """From when one can look: the day the first of `plans` begins, or is issued where that is earlier; or None."""
    days = [day for plan in plans for day in (plan.period_start, plan.issued_on) if day]
    return min(days, default=None)


def _day(typed, first, today, *, is_many):
    """(the earlier day that was asked for or None, what is said where it cannot be shown)."""
    try:
        day = parse_date(typed)
    except ValueError:
        day = None
    if typed and not day:
        return None, gettext("“%(typed)s” is no day; shown as of today.") % {"typed": typed[:40]}
    if day and day > today:
        return None, gettext("%(day)s lies ahead; shown as of today.") % {"day": f"{day:%d/%m/%Y}"}
    if day and day < first:
        said = gettext("%(day)s lies before the plan, which begins on %(first)s; shown as of today.")
        if is_many:
            said = gettext("%(day)s lies before the first of these plans, issued on %(first)s; shown as of today.")
        return None, said % {"day": f"{day:%d/%m/%Y}", "first": f"{first:%d/%m/%Y}"}
    return (day if day != today else None), ""


def _of_plan(key, period, periods, today):
    """The period of the plan `key` that goes with `period`; `period` itself where no such plan is named."""
    own = [each for each in periods if str(each.plan_id) == key]
    if not own or str(period.plan_id) == key:
        return period
    return _nearest(period, own, today)


def _nearest(period, others, today):
    found = corresponding(period, others)
    return next((each for each in others if found.get(each.plan_id) == each), None) or current_period(others, today)


class AskForm(forms.Form):
    """The same as a form."""

    plan = forms.ChoiceField(label=_("Plans"), required=False)
    as_of = forms.DateField(
        label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    against = forms.ChoiceField(label=_("Compare with"), required=False)

    def __init__(self, asked, periods, today, *, compares=True):
        """`compares`: the page shows another period beside this one; else the one chosen is carried on, unseen."""
        self.wrong = asked.wrong
        plans = {each.plan_id: each.plan for each in periods}.values()
        super().__init__(
            initial={
                "plan": asked.word or str(asked.period.plan_id),
                "as_of": asked.known_on,
                "against": str(asked.against.pk) if asked.against else "",
            }
        )
        self.fields["plan"].choices = [*((str(plan.pk), str(plan)) for plan in plans), *words_for(periods)]
        bounds = {"min": asked.first, "max": today}
        self.fields["as_of"].widget.attrs |= {name: f"{day:%Y-%m-%d}" for name, day in bounds.items() if day}
        self.fields["against"].choices = [
            ("", gettext("the period before")),
            *((str(each.pk), each.title) for each in offered(asked.period, periods, asked.known_on or today)),
        ]
        if not compares:
            self.fields["against"].widget = forms.HiddenInput()

    @property
    def rows(self):
        """(field, what is wrong with what was asked for)."""
        return [(each, self.wrong.get(each.name, "")) for each in self.visible_fields()]
