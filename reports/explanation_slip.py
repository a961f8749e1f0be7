"""The slip of an explanation ("Phiếu giải trình"): one object with every word of it, which screen, PDF and Word print.

An internal paper in the form of Nghị định 30/2020/NĐ-CP: no number and no seal, and it says so at its foot. Texts are
Vietnamese: it is a document.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone

from activities.models import EvidenceKind, MessageKind
from agencies.vietnamese import nfc
from plans.document import KIND_WORDS
from plans.models import PlanKind

from .quarterly import COMMITTEES, Heading
from .wording import in_capitals, long_date, number_vn, short_date

LEADS = {
    MessageKind.ASK: "Hỏi",
    MessageKind.ASK_AGAIN: "Hỏi lại",
    MessageKind.CONCLUDE: "Kết luận",
    MessageKind.WITHDRAW: "Rút yêu cầu",
}
STATES = {
    "overdue": "quá hạn",
    "unassigned": "chưa có đơn vị chủ trì",
    "not-started": "chưa bắt đầu",
    "in-progress": "đang thực hiện",
    "late-done": "hoàn thành chậm",
    "done": "hoàn thành",
    "cancelled": "đã hủy",
}


class Entry(NamedTuple):
    """One word of the thread: `lead` is set bold before the text, `note` comes after it."""

    day: str
    lead: str
    text: str
    note: str = ""


PLACE_FOR_CONCLUSION = Entry(day="…", lead="Kết luận:", text="chưa có")


class Proof(NamedTuple):
    """A piece of evidence. `check`: the SHA-256 of a file, or the address of a link."""

    number: str
    title: str
    check: str


@dataclass(frozen=True)
class ExplanationSlip:
    """Everything the slip says, `printed` at its foot; while it `is_open` the last entry waits for the conclusion."""

    heading: Heading
    opening: str
    entries: tuple[Entry, ...]
    proofs: tuple[Proof, ...]
    is_open: bool
    printed: str
    is_draft: bool = False


def build_explanation_slip(thread, *, at):
    """The slip of `thread` (activities.explaining.Thread) as printed at the moment `at`. No queries.

    The request comes with activity, agency, plan, who asked, their agency and its parent loaded.
    """
    explanation = thread.explanation
    moment = timezone.localtime(at)
    return ExplanationSlip(
        heading=_heading(explanation, thread.words[0].message.by_agency_name),
        opening=_opening(explanation),
        entries=(*map(_entry, thread.words), *([PLACE_FOR_CONCLUSION] if thread.is_open else [])),
        proofs=tuple(_proof(place, item) for place, item in enumerate(thread.evidence, start=1)),
        is_open=thread.is_open,
        printed=f"In từ hệ thống lúc {moment:%H:%M} ngày {moment:%d/%m/%Y}. Phiếu nội bộ, không đóng dấu.",
    )


def file_name(explanation):
    """'phieu-giai-trinh-12', without its extension."""
    return f"phieu-giai-trinh-{explanation.pk}"


def _heading(explanation, asking):
    """The heading of the agency that asked, by its name of then (`asking`)."""
    plan, agency = explanation.plan, explanation.asked_by.agency
    is_same = agency is not None and agency.name == asking and agency.kind not in COMMITTEES
    parent = agency.parent.name if is_same and agency.parent else ""
    number = f" số {plan.number}" if plan.number else ""
    issued = f" {long_date(plan.issued_on)}" if plan.issued_on else ""
    kind = KIND_WORDS.get(plan.kind, KIND_WORDS[PlanKind.PLAN])
    return Heading(
        parent_agency=in_capitals(parent),
        agency=asking.upper(),
        agency_name=asking,
        number="",
        place_and_date="",
        kind="PHIẾU GIẢI TRÌNH",
        abstract=nfc(f"Hoạt động {explanation.activity.number}, {kind}{number}{issued}"),
        addressee="",
        legal_bases=(),
        signing_authority="",
        signatory_title="",
        signatory_name="",
        recipients=(),
    )


def _opening(explanation):
    asked_on = timezone.localtime(explanation.asked_at).date()
    stood = explanation.facts_then or STATES.get(explanation.state_then, "")
    then = f" Tình hình tại {long_date(asked_on)}: {stood.rstrip('.')}." if stood else ""
    return (
        f"Đơn vị giải trình: {explanation.agency.name}. "
        f"Hoạt động: {explanation.activity.title.rstrip('.')}.{then} "
        f"Nội dung yêu cầu giải trình: {explanation.subject}"
    )


def _entry(word):
    message = word.message
    lead = f"Trả lời lần {word.round}" if word.is_answer else LEADS[message.kind]
    who = ", ".join(filter(None, (message.by_name, message.by_agency_name)))
    return Entry(
        day=short_date(timezone.localtime(message.at).date()),
        lead=f"{lead} ({who}):" if who else f"{lead}:",
        text="\n".join(filter(None, (" ".join(line.split()) for line in nfc(message.text).splitlines()))),
        note=_note(word),
    )


def _note(word):
    if word.message.answer_by:
        return f"Hạn trả lời: {short_date(word.message.answer_by)}."
    if not word.is_answer:
        return ""
    proofs = f"Minh chứng: {len(word.evidence):02d} mục." if word.evidence else "Không kèm minh chứng."
    return f"Trả lời chậm {number_vn(word.days_late)} ngày. {proofs}" if word.days_late else proofs


def _proof(place, item):
    is_link = item.kind == EvidenceKind.LINK
    dated = f", ngày {short_date(item.dated_on)}" if item.dated_on else ""
    refused = " (bị từ chối khi quét vi-rút)" if item.is_refused else ""
    return Proof(str(place), nfc(f"{item}{dated}{refused}"), item.url if is_link else f"SHA-256: {item.sha256}")
