"""The formal frame of the report: who reports to whom, under what number, in what name it is signed."""

import re
from dataclasses import dataclass

from activities.models import PeriodKind
from activities.models.period import ROMAN as QUARTERS
from agencies.models import AgencyKind
from plans.document import KIND_WORDS
from plans.models import Plan

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
COMMUNE = re.compile(r"^(?:Ủy ban nhân dân|UBND) (?:xã|phường|đặc khu|thị trấn) ")
AMENDING = re.compile(r"sửa đổi|điều chỉnh|bổ sung", re.IGNORECASE)
IN_GENERAL = "thông tin, tuyên truyền cải cách hành chính"


@dataclass(frozen=True)
class Several:
    """All the plans of a locality that a report is on at once, and the agency that reports on them."""

    plans: tuple[Plan, ...]
    reporter: object

    @property
    def place(self):
        return ""

    @property
    def locality(self):
        return self.reporter.locality


def reporting_agency(plan):
    """Who signs the report: the coordinating agency, or the issuer where the plan names none."""
    return plan.reporter if isinstance(plan, Several) else plan.coordinating_agency or plan.issuing_agency


def heading_of(plan, period, today, *, own=None, amendments=()):
    """The heading of a draft: number and day are left open.

    Args:
        plan: a Plan, or Several.
        amendments: the PlanVersions that amended them, cited after the plans.
        own: the agency whose own report it is; it reports to the one that coordinates the plan.
    """
    agency = own or reporting_agency(plan)
    addressee = _addressee(plan, agency, own)
    authority, title = signing_of(agency)
    is_committee = agency.kind in COMMITTEES
    return Heading(
        # People's Committees print no agency above their own name.
        parent_agency=in_capitals(agency.parent.name) if agency.parent and not is_committee else "",
        agency=agency.name.upper(),
        agency_name=agency.name,
        number=document_number(None, "BC", agency.symbol or "…"),
        place_and_date=place_and_date(place_of(plan, agency), today, issued=False),
        kind="BÁO CÁO",
        abstract=f"Kết quả thực hiện {_whole_name(plan)}, {period_words(period)}",
        addressee=addressee.name if addressee else "",
        legal_bases=legal_bases(_bases(plans_of(plan), amendments)),
        signing_authority=authority,
        signatory_title=agency.head_title.upper() if own and agency.head_title else title,
        signatory_name="",
        recipients=recipients([*(["Như trên"] if addressee else []), *_others(plan, own), "Lưu: VT"]),
    )


def _addressee(plan, agency, own):
    coordinating = reporting_agency(plan)
    return coordinating if own and coordinating != agency else agency.parent


def _others(plan, own):
    return [] if own else [f"Các cơ quan, đơn vị thực hiện {kind_word(plan)}"]


def _whole_name(plan):
    if isinstance(plan, Several):
        return f"{kind_word(plan)} {IN_GENERAL}"
    return f"{kind_word(plan)} {about(plan.title)}"


def plans_of(plan):
    return plan.plans if isinstance(plan, Several) else (plan,)


def place_of(plan, agency):
    """Where the document is dated: a commune names itself."""
    if COMMUNE.match(agency.name):
        return COMMUNE.sub("", agency.name)
    return plan.place or plan.locality.place_name


def signing_of(agency):
    """(authority line, position) of the head of `agency`."""
    if agency.kind in COMMITTEES:
        return "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"
    for opening, position in HEADS:
        if agency.name.startswith(opening):
            return "", position
    return "", "GIÁM ĐỐC"


def called(plan, activity):
    """An activity as a sentence refers to it: its number, in a report on several plans with the plan's."""
    return f"{activity.number} ({activity.plan})" if isinstance(plan, Several) else activity.number


def numbers_of(plan, activities):
    """Activities as a sentence lists them, each once: '1, 8'; in a report on several plans '1, 8 (12/KH-UBND)'."""
    if not isinstance(plan, Several):
        return ", ".join(dict.fromkeys(activity.number for activity in activities))
    numbers = {}
    for activity in activities:
        numbers.setdefault(activity.plan, {})[activity.number] = True
    return ", ".join(f"{', '.join(of_plan)} ({plan})" for plan, of_plan in numbers.items())


def kind_word(plan):
    """'Kế hoạch', as it stands inside a sentence; of several 'các kế hoạch'."""
    return "các kế hoạch" if isinstance(plan, Several) else KIND_WORDS.get(plan.kind, "Kế hoạch")


def period_words(period):
    """'quý II năm 2026', as it stands inside a sentence."""
    match period.kind:
        case PeriodKind.MONTH:
            return f"tháng {period.ordinal} năm {period.year}"
        case PeriodKind.QUARTER:
            return f"quý {QUARTERS[period.ordinal]} năm {period.year}"
        case PeriodKind.HALF_YEAR:
            return f"6 tháng {'đầu' if period.ordinal == 1 else 'cuối'} năm {period.year}"
        case PeriodKind.NINE_MONTHS:
            return f"9 tháng đầu năm {period.year}"
        case PeriodKind.YEAR:
            return f"năm {period.year}"
    return first_lower(period.label)


def next_words(period):
    """'quý IV năm 2026': the time after `period`, in capitals where a title says it; '' where nobody can know."""
    match period.kind, period.ordinal:
        case (PeriodKind.YEAR, _) | (PeriodKind.QUARTER, 4) | (PeriodKind.HALF_YEAR, 2):
            return f"năm {period.year + 1}"
        case PeriodKind.HALF_YEAR, _:
            return f"6 tháng cuối năm {period.year}"
        case PeriodKind.NINE_MONTHS, _:
            return f"quý IV năm {period.year}"
        case PeriodKind.QUARTER, _:
            return "quý tiếp theo"
        case PeriodKind.MONTH, _:
            return "tháng tiếp theo"
    return "kỳ tiếp theo"


def plan_words(plan):
    number = f" số {plan.number}" if plan.number else ""
    issued = f" {long_date(plan.issued_on)}" if plan.issued_on else ""
    return f"{kind_word(plan)}{number}{issued} của {plan.issuing_agency_name} về {about(plan.title)}"


def _bases(plans, amendments):
    """Each plan, and after it what amended it."""
    amended = {plan.pk: [each for each in amendments if each.plan_id == plan.pk] for plan in plans}
    return [words for plan in plans for words in (plan_words(plan), *_amendment_words(plan, amended[plan.pk]))]


def _amendment_words(plan, versions):
    for each in versions:
        number = f" số {each.number}" if each.number else ""
        signed = f"{kind_word(plan)}{number} {long_date(each.issued_on)} của {plan.issuing_agency_name}"
        if AMENDING.search(each.title):
            yield f"{signed} về {about(each.title)}"
        else:
            yield f"{signed} sửa đổi, bổ sung {kind_word(plan)}{f' số {plan.number}' if plan.number else ''}"


def opening_of(plan, period, as_of, *, own=None):
    last_day = as_of if as_of >= period.starts_on else period.ends_on
    what = f"các nhiệm vụ được giao tại {kind_word(plan)}" if own else kind_word(plan)
    if isinstance(plan, Several):
        what = f"{len(plan.plans)} kế hoạch {IN_GENERAL}"
    return (
        f"{(own or reporting_agency(plan)).name} báo cáo kết quả thực hiện {what} {period_words(period)} "
        f"(số liệu từ {long_date(period.starts_on)} đến {long_date(last_day)}) như sau:"
    )
