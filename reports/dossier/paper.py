"""The self-score as a document, and the index of the package: one object with every word, which the PDF only prints.

Texts are Vietnamese: it is a document.
"""

from dataclasses import dataclass
from typing import NamedTuple

from agencies.templatetags.look import percent_vi
from agencies.vietnamese import nfc

from ..annexes import Annex, Cell, Column
from ..models import Measure
from ..quarterly import COMMITTEES, Heading, plan_words, reporting_agency, signing_of
from ..wording import (
    document_number,
    in_capitals,
    legal_bases,
    long_date,
    number_vn,
    place_and_date,
    recipients,
    short_date,
)
from .points import points_written
from .proposing import ANY, PLAN, REPORTS

LABELS = {ANY: "ít nhất một minh chứng", PLAN: "kế hoạch đã ký", REPORTS: "báo cáo đã ban hành trong năm"}
MEASURED = {
    Measure.ACTIVITIES_DONE: "{part}/{whole} hoạt động phải xong đến {day} đã xong ({percent})",
    Measure.TARGETS_REACHED: "{part}/{whole} chỉ tiêu đã đạt tính đến {day} ({percent})",
    Measure.REPORTED_ON_TIME: "{part}/{whole} lượt báo cáo đến hạn trước {day} gửi đúng hạn ({percent})",
}
COLUMNS = (
    Column("TT", 9, "nw"),
    Column("Tiêu chí", 25),
    Column("Điểm tối đa", 9, "num"),
    Column("Tự chấm", 9, "num"),
    Column("Cách tính và căn cứ", 37),
    Column("Minh chứng", 11, "mid"),
)
FILE_COLUMNS = (
    Column("TT", 5, "mid"),
    Column("Tiêu chí", 7, "mid nw"),
    Column("Tên minh chứng", 24),
    Column("Nguồn", 17),
    Column("Tệp trong gói hoặc đường dẫn", 26),
    Column("SHA-256", 21),
)


class Line(NamedTuple):
    """A criterion as printed. `css`: "group" for one that sums others."""

    code: str
    title: str
    most: str
    points: str
    how: str
    evidence: str
    css: str = ""


@dataclass(frozen=True)
class DossierPaper:
    """Everything the document says; with `annexes` it is the index of a package."""

    heading: Heading
    opening: str
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    remarks: tuple[str, ...]
    annexes: tuple[Annex, ...] = ()
    is_draft: bool = False


def file_name(dossier):
    """'ho-so-kiem-chung-2026-12', without its extension."""
    return f"ho-so-kiem-chung-{dossier.year}-{dossier.pk}"


def build_dossier_paper(page, *, today, files=None):
    """The document of `page` (a DossierPage). No queries where the plan's agencies are loaded.

    Args:
        files: what was packed (PackedItems), for the index of a package.
    """
    dossier = page.dossier
    return DossierPaper(
        heading=_heading(dossier, today),
        opening=nfc(
            f"{reporting_agency(dossier.plan).name} tự chấm điểm theo bộ tiêu chí “{dossier.criteria.title}”, năm "
            f"{dossier.year} (bản {dossier.criteria.ordinal}), số liệu đến {long_date(page.day)}. Kết quả: "
            f"{points_written(page.points)}/{points_written(page.most)} điểm, {page.ready}/{len(page.leaves)} tiêu chí "
            f"sẵn sàng, {number_vn(page.pieces)} minh chứng, còn thiếu {number_vn(page.missing)}."
        ),
        columns=COLUMNS,
        rows=tuple(_line(row, page.day) for row in page.rows),
        remarks=_remarks(dossier, files),
        annexes=() if files is None else (_annex(files),),
        is_draft=page.is_open,
    )


def _heading(dossier, today):
    plan = dossier.plan
    agency = reporting_agency(plan)
    authority, position = signing_of(agency)
    has_parent = bool(agency.parent) and agency.kind not in COMMITTEES
    return Heading(
        parent_agency=in_capitals(agency.parent.name) if has_parent else "",
        agency=agency.name.upper(),
        agency_name=agency.name,
        number=document_number(None, "BC", agency.symbol or "…"),
        place_and_date=place_and_date(plan.place or plan.locality.place_name, today, issued=False),
        kind="BÁO CÁO",
        abstract=f"Tự chấm điểm và danh mục tài liệu kiểm chứng năm {dossier.year}",
        addressee=agency.parent.name if agency.parent else "",
        legal_bases=legal_bases([plan_words(plan)]),
        signing_authority=authority,
        signatory_title=nfc(agency.head_title).upper() or position,
        signatory_name=nfc(agency.head_name),
        recipients=recipients([*(["Như trên"] if agency.parent else []), "Lưu: VT"]),
    )


def _remarks(dossier, files):
    checked = dossier.criteria.checked_note
    said = [
        f"Mức điểm, sàn và công thức đã đối chiếu với {checked}."
        if checked
        else "Mức điểm, sàn và công thức chưa đối chiếu với văn bản của Bộ Nội vụ."
    ]
    if files is not None:
        said.append("Danh mục tệp kèm mã SHA-256 tại Phụ lục; mã của mọi tệp trong gói có ở tệp MANIFEST.sha256.")
        if bad := [each for each in files if each.problem]:
            said.append(f"Có {number_vn(len(bad))} tệp không đóng gói được nguyên vẹn, nêu tại Phụ lục.")
    return tuple(said)


def _line(row, day):
    criterion = row.criterion
    return Line(
        code=criterion.code,
        title=nfc(criterion.title),
        most=points_written(criterion.most),
        points=points_written(row.points),
        how=nfc(_how(row, day)),
        evidence=f"{number_vn(row.pieces_count)}/{number_vn(row.wanted_count)}" if row.wanted_count else "–",
        css="group" if row.is_sum else "",
    )


def _how(row, day):
    if row.is_sum:
        return "Tổng các tiêu chí thành phần"
    criterion = row.criterion
    said = [_measured(row, day), _steps(row)]
    if row.is_by_hand:
        computed = f" (mức tính được: {points_written(row.computed)})" if row.computed is not None else ""
        said.append(f"Tự chấm{computed}: {criterion.own_explanation}")
    elif criterion.own_explanation:
        said.append(criterion.own_explanation)
    if row.missing:
        named = "; ".join(LABELS.get(each.key, each.key) for each in row.missing)
        reason = criterion.own_missing_reason if row.is_explained else "chưa giải trình"
        said.append(f"Thiếu: {named}. Lý do: {reason}")
    return ". ".join(part.strip().rstrip(".") for part in said if part) + "."


def _measured(row, day):
    measured = row.measured
    if row.criterion.measure == Measure.EVIDENCE_THERE:
        return "Có minh chứng" if measured.part else "Chưa có minh chứng"
    if not measured or not measured.whole:
        return "Chưa có số liệu đến hạn" if row.criterion.measure else ""
    facts = {"part": number_vn(measured.part), "whole": number_vn(measured.whole), "percent": percent_vi(row.percent)}
    said = MEASURED[row.criterion.measure].format(day=short_date(day), **facts)
    return f"{said}, dưới sàn {row.rule.floor}%" if row.is_below_floor else said


def _steps(row):
    if not row.steps or row.criterion.measure == Measure.EVIDENCE_THERE:
        return ""
    most = points_written(row.criterion.most)
    said = [
        f"{_range(step)}: {f'tỷ lệ × {most}' if step.proportional else points_written(step.points)}"
        for step in row.steps
    ]
    return f"Mức điểm: {'; '.join(said)}"


def _range(step):
    if step.high is None:
        return f"{step.low}%" if step.low == 100 else f"từ {step.low}%"
    return f"dưới {step.high}%" if step.low == 0 else f"từ {step.low}% đến dưới {step.high}%"


def _annex(files):
    rows = tuple(
        (
            Cell(str(place)),
            Cell(each.code),
            Cell(nfc(each.title)),
            Cell(nfc(each.source)),
            Cell(nfc(f"{each.where} ({each.problem})" if each.problem and each.where else each.where or each.problem)),
            Cell(each.sha256 or "–"),
        )
        for place, each in enumerate(files, start=1)
    )
    return Annex("", "DANH MỤC TÀI LIỆU KIỂM CHỨNG", FILE_COLUMNS, rows, "Hồ sơ chưa có minh chứng nào.")
