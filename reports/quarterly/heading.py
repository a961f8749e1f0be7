"""The formal frame of the report: who reports to whom, under what number, in what name it is signed."""

from activities.models import PeriodKind
from activities.models.period import ROMAN as QUARTERS
from agencies.models import AgencyKind
from plans.document import KIND_WORDS

from ..wording import (
    about,
    document_number,
    first_lower,
    in_capitals,
    legal_bases,
    long_date,
    place_and_date,
    recipients,
)
from .report import Heading

COMMITTEES = (AgencyKind.PEOPLES_COMMITTEE, AgencyKind.COMMUNE_COMMITTEE)
# How the name of an agency begins, and the position of its head; other agencies have a GIÁM ĐỐC.
HEADS = (
    ("Phòng", "TRƯỞNG PHÒNG"),
    ("Văn phòng", "CHÁNH VĂN PHÒNG"),
    ("Thanh tra", "CHÁNH THANH TRA"),
    ("Chi cục", "CHI CỤC TRƯỞNG"),
    ("Ban", "TRƯỞNG BAN"),
    ("Báo", "TỔNG BIÊN TẬP"),
)


def reporting_agency(plan):
    """Who signs the report: the coordinating agency, or the issuer where the plan names none."""
    return plan.coordinating_agency or plan.issuing_agency


def heading_of(plan, period, today):
    agency = reporting_agency(plan)
    parent = agency.parent
    authority, title = signing_of(agency)
    is_committee = agency.kind in COMMITTEES
    return Heading(
        # People's Committees print no agency above their own name.
        parent_agency=in_capitals(parent.name) if parent and not is_committee else "",
        agency=agency.name.upper(),
        agency_name=agency.name,
        number=document_number(None, "BC", agency.symbol or "…"),
        place_and_date=place_and_date(plan.place or plan.locality.place_name, today, issued=False),
        kind="BÁO CÁO",
        abstract=f"Kết quả thực hiện {kind_word(plan)} {about(plan.title)}, {period_words(period)}",
        addressee=parent.name if parent else "",
        legal_bases=legal_bases([plan_words(plan)]),
        signing_authority=authority,
        signatory_title=title,
        signatory_name="",
        recipients=recipients(
            [*(["Như trên"] if parent else []), f"Các cơ quan, đơn vị thực hiện {kind_word(plan)}", "Lưu: VT"]
        ),
    )


def signing_of(agency):
    """(authority line, position) of the head of `agency`."""
    if agency.kind in COMMITTEES:
        return "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"
    for opening, position in HEADS:
        if agency.name.startswith(opening):
            return "", position
    return "", "GIÁM ĐỐC"


def kind_word(plan):
    return KIND_WORDS.get(plan.kind, "Kế hoạch")


def period_words(period):
    """'quý II năm 2026', as it stands inside a sentence."""
    if period.kind == PeriodKind.QUARTER:
        return f"quý {QUARTERS[period.ordinal]} năm {period.year}"
    return first_lower(period.label)


def plan_words(plan):
    number = f" số {plan.number}" if plan.number else ""
    issued = f" {long_date(plan.issued_on)}" if plan.issued_on else ""
    return f"{kind_word(plan)}{number}{issued} của {plan.issuing_agency_name} về {about(plan.title)}"


def opening_of(plan, period, as_of):
    last_day = as_of if as_of >= period.starts_on else period.ends_on
    return (
        f"{reporting_agency(plan).name} báo cáo kết quả thực hiện {kind_word(plan)} {period_words(period)} "
        f"(số liệu từ {long_date(period.starts_on)} đến {long_date(last_day)}) như sau:"
    )
