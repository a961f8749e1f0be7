"""Plans from data files into rows: exactly what a file says, once.

A file holds one locality with its agencies and one plan with all its parts. What the file leaves out stays empty.
"""

from pathlib import Path

import yaml
from django.db import transaction

from agencies.models import Agency, AgencyGroup, GroupMembership, Locality
from agencies.vietnamese import nfc
from plans.models import (
    Audience,
    BudgetLine,
    ContentTheme,
    Duty,
    LegalBasis,
    Objective,
    Plan,
    PlanChannel,
    PlanStatus,
    Recipient,
    ReportingDuty,
    Requirement,
)

from .calendar import generate_periods
from .models import Activity, ActivityGroup, Assignment, AssignmentRole, ScheduleKind
from .versions import keep_version

DATA = Path(__file__).resolve().parent.parent / "plans" / "data"
REAL = ("ha-noi", "soc-trang", "thua-thien-hue", "bao-loc", "binh-dinh")


def read_plan(name, year=None):
    """The contents of plans/data/<name>.yaml; `year` fills the placeholders of the fictional province's file."""
    text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
    if year:
        for word, value in (("{year}", year), ("{prev}", year - 1), ("{next}", year + 1)):
            text = text.replace(word, str(value))
    return parse_plan(text)


def parse_plan(text):
    """A plan file's text as data, its words in one composed form."""
    return yaml.safe_load(nfc(text))


@transaction.atomic
def load_plan(data, *, at=None):
    """Load one file's contents: (plan, created). A plan that is there already is left as people made it.

    What was issued is kept as its first version, as of `at` (aware datetime), where it is given.
    """
    locality, _created = Locality.objects.get_or_create(
        slug=data["locality"]["slug"], defaults={k: v for k, v in data["locality"].items() if k != "slug"}
    )
    agencies = load_agencies(locality, data.get("agencies", []))
    groups = load_groups(locality, data.get("groups", []), agencies)
    if plan := Plan.objects.filter(locality=locality, key=data["plan"]["key"]).first():
        return plan, False
    plan = _plan(locality, data["plan"], agencies)
    audiences = _audiences(plan, data.get("audiences", []))
    _words(plan, data)
    _objectives(plan, data.get("objectives", []), audiences)
    themes = _themes(plan, data.get("themes", []), audiences)
    _channels(plan, data.get("channels", []))
    add_activities(plan, data.get("activities", []), themes, agencies, groups, _activity_groups(plan, data))
    _duties(plan, data.get("duties", []), agencies, groups)
    _reporting(plan, data.get("reporting", []), agencies)
    generate_periods(plan)
    if at and plan.status != PlanStatus.DRAFT and plan.issued_on:
        keep_version(plan, issued_on=plan.issued_on, at=at)
    return plan, True


def load_agencies(locality, rows):
    """The locality's agencies by slug; those it has stay as they are."""
    agencies = {agency.slug: agency for agency in locality.agencies.all()}
    for row in rows:
        if row["slug"] not in agencies:
            agencies[row["slug"]] = Agency.objects.create(
                locality=locality,
                slug=row["slug"],
                name=row["name"],
                short_name=row.get("short_name") or row["name"],
                symbol=row.get("symbol") or "",
                kind=row["kind"],
                parent=agencies.get(row.get("parent")),
            )
    return agencies


def load_groups(locality, rows, agencies):
    """The locality's groups by slug, with their members."""
    groups = {group.slug: group for group in locality.agency_groups.all()}
    for row in rows:
        if row["slug"] not in groups:
            group = AgencyGroup.objects.create(
                locality=locality, slug=row["slug"], name=row["name"], note=row.get("note") or ""
            )
            GroupMembership.objects.bulk_create(
                GroupMembership(group=group, agency=agencies[member]) for member in row.get("members") or []
            )
            groups[row["slug"]] = group
    return groups


def _plan(locality, row, agencies):
    issuer = agencies[row["issuing_agency"]]
    signatory, source = row.get("signatory") or {}, row.get("source") or {}
    return Plan.objects.create(
        locality=locality,
        key=row["key"],
        number=row.get("number") or "",
        kind=row.get("kind") or "KH",
        title=row["title"],
        issued_on=row.get("issued_on"),
        place=row.get("place") or "",
        issuing_agency=issuer,
        issuing_agency_name=issuer.name,
        coordinating_agency=agencies.get(row.get("coordinating_agency")),
        period_start=row["period_start"],
        period_end=row["period_end"],
        period_text=row.get("period_text") or "",
        status=row["status"],
        signing_authority=signatory.get("authority") or "",
        signatory_title=signatory.get("title") or "",
        signatory_name=signatory.get("name") or "",
        source_form=source.get("form") or "portal",
        source_title=source.get("title") or "",
        source_publisher=source.get("publisher") or "",
        source_published_on=source.get("published_on"),
        source_author=source.get("author") or "",
        source_note=source.get("note") or "",
    )


def _audiences(plan, texts):
    return {
        text: Audience.objects.create(plan=plan, position=position, text=text)
        for position, text in enumerate(texts, start=1)
    }


def _words(plan, data):
    """The parts that are words and plain facts only."""
    for position, row in enumerate(data.get("legal_bases") or [], start=1):
        LegalBasis.objects.create(
            plan=plan,
            position=position,
            text=row["text"],
            kind=row.get("kind") or "",
            number=row.get("number") or "",
            issued_on=row.get("issued_on"),
            issuing_agency_name=row.get("issuing_agency") or "",
        )
    for position, row in enumerate(data.get("requirements") or [], start=1):
        Requirement.objects.create(plan=plan, position=position, code=row.get("code") or "", text=row["text"])
    for position, row in enumerate(data.get("budget") or [], start=1):
        BudgetLine.objects.create(
            plan=plan,
            position=position,
            text=row["text"],
            bearer_as_printed=row.get("printed") or "",
            amount=row.get("amount"),
        )
    for position, row in enumerate(data.get("recipients") or [], start=1):
        Recipient.objects.create(plan=plan, position=position, text=row["text"])


def _objectives(plan, rows, audiences):
    for position, row in enumerate(rows or [], start=1):
        objective = Objective.objects.create(
            plan=plan, position=position, text=row["text"], target=row.get("target") or ""
        )
        objective.audiences.set(audiences[text] for text in row.get("audiences") or [])


def _themes(plan, rows, audiences):
    themes = {}
    for position, row in enumerate(rows or [], start=1):
        theme = ContentTheme.objects.create(
            plan=plan,
            position=position,
            code=row.get("code") or "",
            text=row["text"],
            parent=themes.get(row.get("parent")),
            is_focus=bool(row.get("focus")),
        )
        theme.audiences.set(audiences[text] for text in row.get("audiences") or [])
        themes[theme.code] = theme
    return themes


def _channels(plan, rows):
    for position, row in enumerate(rows or [], start=1):
        channel = PlanChannel.objects.create(plan=plan, position=position, code=row.get("code") or "", text=row["text"])
        channel.channels.set(row.get("channels") or [])


def _activity_groups(plan, data):
    """The group rows of the annex by title."""
    return {
        title: ActivityGroup.objects.create(plan=plan, position=position, title=title)
        for position, title in enumerate(data.get("activity_groups") or [], start=1)
    }


def add_activities(plan, rows, themes, agencies, groups, activity_groups, first=1):
    """Activities of a file's `rows`, from position `first` on; what they name is looked up in the given mappings."""
    for position, row in enumerate(rows or [], start=first):
        activity = Activity.objects.create(
            plan=plan,
            group=activity_groups.get(row.get("group")),
            position=position,
            number=str(row["code"]),
            title=row["title"],
            details=row.get("details") or "",
            schedule_kind=row.get("schedule") or ScheduleKind.NOT_STATED,
            schedule_text=row.get("schedule_text") or "",
            start=row.get("start"),
            deadline=row.get("deadline"),
            target_quantity=row.get("target_quantity"),
            target_unit=row.get("target_unit") or "",
            indicator_id=row.get("indicator"),
            expected_product=row.get("expected_product") or "",
            note=row.get("note") or "",
        )
        activity.channels.set(row.get("channels") or [])
        activity.themes.set(themes[code] for code in row.get("themes") or [])
        for role in AssignmentRole:
            for place, party in enumerate(row.get(role.value) or [], start=1):
                Assignment.objects.create(
                    activity=activity,
                    role=role,
                    position=place,
                    agency=agencies[party["agency"]] if "agency" in party else None,
                    group=groups[party["group"]] if "group" in party else None,
                    name_as_printed=party.get("printed") or "",
                )


def _duties(plan, rows, agencies, groups):
    for position, row in enumerate(rows or [], start=1):
        duty = Duty.objects.create(
            plan=plan,
            position=position,
            kind=row["kind"],
            text=row["text"],
            bearer_as_printed=row.get("printed") or "",
        )
        duty.agencies.set(agencies[slug] for slug in row.get("agencies") or [])
        duty.groups.set(groups[slug] for slug in row.get("groups") or [])


def _reporting(plan, rows, agencies):
    for position, row in enumerate(rows or [], start=1):
        ReportingDuty.objects.create(
            plan=plan,
            position=position,
            text=row["text"],
            reporter=agencies.get(row.get("reporter")),
            recipient_as_printed=row.get("recipient") or "",
            frequencies=row.get("frequencies") or [],
            cutoff_text=row.get("cutoff") or "",
            due_text=row.get("due") or "",
        )
