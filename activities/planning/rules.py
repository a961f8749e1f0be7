"""The rules a plan is read by, each a function from a Reading to its findings."""

import re
from collections import defaultdict

from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from agencies.validity import is_in_force
from agencies.vietnamese import fold
from plans.models import Audience, ContentTheme, PlanChannel, PlanStatus

from ..models import ScheduleKind
from .findings import ERROR, WARNING, Finding, Repair
from .numbers import next_number, number_used

SHORTEST_WORD = 2  # letters; shorter ones say nothing of what two sentences share
ALIKE = 0.75  # share of a duty's words that an activity repeats

RULES = {
    "facts": gettext_lazy("Abstract, period, issuing and coordinating agency are stated"),
    "number": gettext_lazy("The number has not been used"),
    "no_activity": gettext_lazy("The plan has activities"),
    "lead": gettext_lazy("Every activity has a lead agency"),
    "invited_lead": gettext_lazy("No activity is led by an invited organisation"),
    "unknown_agency": gettext_lazy("Every agency named is one of the locality's"),
    "ended_agency": gettext_lazy("Every agency named exists on the day"),
    "empty_group": gettext_lazy("Every group named has members on the day"),
    "time": gettext_lazy("Every activity has a time"),
    "outside": gettext_lazy("Every deadline lies in the plan's period"),
    "target": gettext_lazy("Every activity has a measurable target"),
    "theme": gettext_lazy("Every content theme is served by an activity"),
    "channel": gettext_lazy("Every form of communication is used by an activity"),
    "audience": gettext_lazy("Every audience is addressed"),
    "duty": gettext_lazy("No duty repeats an activity"),
    "reporting": gettext_lazy("Every reporting duty has its dates"),
}


def _of_activity(reading, activity, rule, severity, title, reason="", repairs=(), more=""):
    """A finding whose place is a row of the annex."""
    place = _("Annex, row %(number)s") % {"number": activity.number}
    if activity.group_id:
        place = _("Annex, %(group)s, row %(number)s") % {"group": activity.group.title, "number": activity.number}
    return Finding(
        rule=rule,
        severity=severity,
        subject=f"activity-{activity.pk}{more}",
        title=title % {"number": activity.number},
        place=place,
        url=_row_url(reading.plan, activity),
        reason=reason or activity.title,
        repairs=tuple(repairs),
    )


def _row_url(plan, activity):
    if plan.status == PlanStatus.DRAFT:
        return reverse("activities:edit", args=[activity.pk])
    return activity.get_absolute_url()


def _part_url(plan, part):
    name = "plans:edit" if plan.status == PlanStatus.DRAFT else "plans:detail"
    return f"{reverse(name, args=[plan.pk])}#{part}"


def facts(reading):
    plan = reading.plan
    missing = [
        label
        for label, stated in (
            (_("the abstract"), plan.title.strip()),
            (_("the place of issuance"), plan.place.strip()),
            (_("the coordinating agency"), plan.coordinating_agency_id),
        )
        if not stated
    ]
    if missing:
        yield Finding(
            "facts",
            ERROR,
            "facts",
            _("The heading is incomplete"),
            _("Facts of the plan"),
            reverse("plans:facts", args=[plan.pk]),
            _("Still to be stated: %(names)s") % {"names": ", ".join(missing)},
            (Repair(_("Complete the facts"), reverse("plans:facts", args=[plan.pk])),),
        )


def number(reading):
    plan = reading.plan
    if not plan.number or plan.status != PlanStatus.DRAFT:
        return
    used = number_used(plan, plan.number, reading.day.year)
    if used:
        yield Finding(
            "number",
            ERROR,
            "number",
            _("Number %(number)s of %(year)s has been used") % {"number": plan.number, "year": str(reading.day.year)},
            _("Issuing, number"),
            "#id_number",
            _("“%(title)s” bears it since %(day)s") % {"title": used.title, "day": f"{used.issued_on:%d/%m/%Y}"},
            (
                Repair(
                    _("Use the next number, %(number)s") % {"number": next_number(plan, reading.day.year)},
                    action="next_number",
                ),
            ),
        )


def no_activity(reading):
    if not reading.activities:
        yield Finding(
            "no_activity",
            WARNING,
            "plan",
            _("The plan has no activity"),
            _("Annex"),
            _grid_url(reading.plan),
            _("Without activities nobody is obliged to report, and no progress can be seen"),
            (Repair(_("Add activities"), _grid_url(reading.plan)),),
        )


def _grid_url(plan):
    return reverse("activities:grid", args=[plan.pk])


def lead(reading):
    for activity in reading.activities:
        if reading.leads(activity):
            continue
        invitation = any(party.is_invited for party in reading.parties(activity))
        repairs = [Repair(_("Choose the lead"), _row_url(reading.plan, activity))]
        if choices := _likely_leads(reading, activity):
            repairs.insert(0, Repair(_("Assign the lead"), action="lead", choices=choices))
        yield _of_activity(
            reading,
            activity,
            "lead",
            WARNING if invitation else ERROR,
            _("Activity %(number)s has no lead agency"),
            _("Invited organisations take part; nobody has to report it") if invitation else "",
            repairs,
        )


def _likely_leads(reading, activity):
    """The plan's coordinator, while it exists: ((id, label), ...)."""
    agency = reading.plan.coordinating_agency
    return ((str(agency.pk), agency.name),) if agency and is_in_force(agency, reading.day) else ()


def invited_lead(reading):
    for activity in reading.activities:
        leads = reading.leads(activity)
        if leads and all(each.is_invited for each in leads):
            yield _of_activity(
                reading,
                activity,
                "invited_lead",
                WARNING,
                _("Activity %(number)s is led by an invited organisation"),
                _("%(names)s: invited, owes no report and is never late")
                % {"names": "; ".join(each.label for each in leads)},
                (Repair(_("Choose another lead"), _row_url(reading.plan, activity)),),
            )


def unknown_agency(reading):
    for activity in reading.activities:
        for party in reading.parties(activity):
            if not party.is_identified:
                yield _of_activity(
                    reading,
                    activity,
                    "unknown_agency",
                    WARNING,
                    _("Activity %(number)s names an agency that is not known"),
                    _("“%(name)s” is kept as written and obliges nobody") % {"name": party.label},
                    (Repair(_("Choose the agency"), _row_url(reading.plan, activity)),),
                    more=f"-{fold(party.label)[:80]}",
                )


def ended_agency(reading):
    """Agencies that are not there on the day: in the heading, in duties, in the annex."""
    yield from _ended_in_heading(reading)
    yield from _ended_in_duties(reading)
    for activity in reading.activities:
        for party in reading.parties(activity):
            if not party.agency_id or is_in_force(party.agency, reading.day):
                continue
            successors = reading.successors[party.agency_id]
            repairs = [Repair(_("Choose another agency"), _row_url(reading.plan, activity))]
            if successors:
                choices = tuple((str(each.pk), each.name) for each in successors)
                repairs.insert(0, Repair(_("Put the successor in its place"), action="successor", choices=choices))
            yield _of_activity(
                reading,
                activity,
                "ended_agency",
                ERROR,
                _("Activity %(number)s names an agency that does not exist on the day"),
                _absent(party.label, reading),
                repairs,
                more=f"-{party.agency_id}",
            )


def _ended_in_heading(reading):
    plan = reading.plan
    for agency in filter(None, {plan.issuing_agency, plan.coordinating_agency}):
        if not is_in_force(agency, reading.day):
            url = reverse("plans:facts", args=[plan.pk])
            yield Finding(
                "ended_agency",
                ERROR,
                f"heading-{agency.pk}",
                _("The heading names an agency that does not exist on the day"),
                _("Facts of the plan"),
                url,
                _absent(agency.name, reading),
                (Repair(_("Choose another agency"), url),),
            )


def _ended_in_duties(reading):
    for part, rows in (("duties", reading.document.duties), ("reporting_duties", reading.document.reporting_duties)):
        for row in rows:
            for name in (*row.names, row.note if part == "reporting_duties" else ""):
                if name in reading.absent:
                    url = _part_url(reading.plan, f"{part}-{row.pk}")
                    yield Finding(
                        "ended_agency",
                        ERROR,
                        f"{part}-{row.pk}-{reading.absent[name].pk}",
                        _("A duty names an agency that does not exist on the day"),
                        _("Organisation of the work"),
                        url,
                        f"{_absent(name, reading)}. {row.text[:200]}",
                        (Repair(_("Choose another agency"), url),),
                    )


def _absent(name, reading):
    return _("%(name)s does not exist on %(day)s") % {"name": name, "day": f"{reading.day:%d/%m/%Y}"}


def empty_group(reading):
    groups = {}
    for activity in reading.activities:
        for party in reading.parties(activity):
            if party.group_id and not reading.members[party.group_id]:
                groups.setdefault(party.group_id, (party.group, []))[1].append(activity)
    for group, activities in groups.values():
        numbers = ", ".join(activity.number for activity in activities)
        yield Finding(
            "empty_group",
            WARNING,
            f"group-{group.pk}",
            _("The group “%(name)s” has no member on the day") % {"name": group.name},
            _("Annex, rows %(numbers)s") % {"numbers": numbers},
            _grid_url(reading.plan),
            _("Nobody is obliged by it until it has members"),
            (Repair(_("Open the activities"), _grid_url(reading.plan)),),
        )


def time(reading):
    for activity in reading.activities:
        if activity.deadline or activity.schedule_kind != ScheduleKind.NOT_STATED:
            continue
        words = activity.schedule_text
        unread = _("Activity %(number)s: the time could not be read as dates")
        yield _of_activity(
            reading,
            activity,
            "time",
            WARNING,
            unread if words else _("Activity %(number)s has no time"),
            _("“%(words)s”; without a deadline it is never overdue") % {"words": words} if words else "",
            (Repair(_("Enter the deadline"), _row_url(reading.plan, activity)),),
        )


def outside(reading):
    plan = reading.plan
    for activity in reading.activities:
        day = activity.deadline
        if not day or plan.period_start <= day <= plan.period_end:
            continue
        repairs = [Repair(_("Enter another date"), _row_url(plan, activity))]
        nearer = nearest_in_period(day, plan)
        if nearer and (not activity.start or activity.start <= nearer):
            label = _("Change to %(day)s") % {"day": f"{nearer:%d/%m/%Y}"}
            repairs.insert(0, Repair(label, action="deadline"))
        yield _of_activity(
            reading,
            activity,
            "outside",
            ERROR,
            _("Activity %(number)s has a deadline outside the plan's period"),
            _("“%(words)s”: %(day)s is not in %(start)s–%(end)s")
            % {
                "words": activity.schedule_text,
                "day": f"{day:%d/%m/%Y}",
                "start": f"{plan.period_start:%d/%m/%Y}",
                "end": f"{plan.period_end:%d/%m/%Y}",
            },
            repairs,
        )


def nearest_in_period(day, plan):
    """The same day and month in a year of the plan's period, nearest to `day`; None where there is none."""
    for year in sorted(range(plan.period_start.year, plan.period_end.year + 1), key=lambda year: abs(year - day.year)):
        try:
            moved = day.replace(year=year)
        except ValueError:  # 29/02
            continue
        if plan.period_start <= moved <= plan.period_end:
            return moved
    return None


def target(reading):
    for activity in reading.activities:
        if activity.target_quantity is None:
            product = activity.expected_product
            yield _of_activity(
                reading,
                activity,
                "target",
                WARNING,
                _("Activity %(number)s has no measurable target"),
                _("The product says “%(product)s”; there is no figure to compare with") % {"product": product}
                if product
                else "",
                (Repair(_("Add a quantity"), _row_url(reading.plan, activity)),),
            )


def theme(reading):
    served = {each.pk for activity in reading.activities for each in activity.themes.all()}
    parents = {row.parent for row in reading.document.themes if row.pk in served}
    children = defaultdict(set)
    for row in reading.document.themes:
        children[row.parent].add(row.pk)
    for row in reading.document.themes:
        under_served_parent = row.parent in served
        if row.pk not in served | parents and not under_served_parent and not children[row.pk]:
            yield _of_part(
                reading,
                "theme",
                "themes",
                row,
                ContentTheme,
                _("No activity serves this content"),
                _("Serve it by an activity"),
            )


def channel(reading):
    used = {each.name for activity in reading.activities for each in activity.channels.all()}
    for row in reading.document.channels:
        if row.names and not used & {*row.names}:
            yield _of_part(
                reading,
                "channel",
                "channels",
                row,
                PlanChannel,
                _("No activity uses this form of communication"),
                _("Use it in an activity"),
            )


def _of_part(reading, rule, part, row, model, title, label):
    return Finding(
        rule,
        WARNING,
        f"{part}-{row.pk}",
        title,
        str(model._meta.verbose_name_plural).capitalize(),
        _part_url(reading.plan, f"{part}-{row.pk}"),
        f"{row.code} {row.text}".strip()[:300],
        (Repair(label, _grid_url(reading.plan)),),
    )


def audience(reading):
    document = reading.document
    addressed = {name for row in (*document.themes, *document.objectives) for name in row.names}
    for row in document.audiences:
        if row.text not in addressed:
            yield _of_part(
                reading,
                "audience",
                "audiences",
                row,
                Audience,
                _("No content theme and no objective addresses this audience"),
                _("Open the activities"),
            )


def duty(reading):
    words = {activity.pk: _words(f"{activity.title} {activity.details}") for activity in reading.activities}
    for place, row in enumerate(reading.document.duties, start=1):
        said = _words(row.text)
        twin = next((each for each in reading.activities if said and _share(said, words[each.pk]) >= ALIKE), None)
        if twin:
            yield Finding(
                "duty",
                WARNING,
                f"duties-{row.pk}",
                _("Duty %(place)s repeats activity %(number)s") % {"place": place, "number": twin.number},
                _("Organisation of the work"),
                _part_url(reading.plan, f"duties-{row.pk}"),
                row.text[:300],
                (Repair(_("See the activity"), _row_url(reading.plan, twin)),),
            )


def _words(text):
    return {word for word in re.findall(r"\w+", fold(text)) if len(word) >= SHORTEST_WORD}


def _share(said, others):
    """How much of what is `said` the `others` say as well: 0 to 1."""
    return len(said & others) / len(said)


def reporting(reading):
    for place, row in enumerate(reading.document.reporting_duties, start=1):
        if not row.dates:
            yield Finding(
                "reporting",
                WARNING,
                f"reporting_duties-{row.pk}",
                _("Reporting duty %(place)s has no dates") % {"place": place},
                _("Reporting"),
                _part_url(reading.plan, f"reporting_duties-{row.pk}"),
                row.text[:300],
                (Repair(_("Enter the dates"), _part_url(reading.plan, f"reporting_duties-{row.pk}")),),
            )


CHECKS = (
    facts,
    number,
    no_activity,
    lead,
    invited_lead,
    unknown_agency,
    ended_agency,
    empty_group,
    time,
    outside,
    target,
    theme,
    channel,
    audience,
    duty,
    reporting,
)
