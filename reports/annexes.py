"""The annexes of the quarterly report as tables of printed words: the same on screen and on paper."""

from itertools import count, groupby
from typing import NamedTuple

from activities.planning.annex import roman

from .wording import first_upper, number_vn, percent_vn, short_date


class Column(NamedTuple):
    """`width` in percent of the table; `css` is empty, "num" or "mid", "nw" beside it keeps a cell on one line."""

    head: str
    width: int
    css: str = ""


class Cell(NamedTuple):
    """What stands in a cell; `sign` names the sign of a state, `url` makes the text a link.

    A cell that spans columns is the last of its row; `css` is the column's where the cell has none of its own.
    """

    text: str
    sign: str = ""
    url: str = ""
    css: str = ""
    span: int = 1


class Annex(NamedTuple):
    """A table on pages of its own; `empty` is said where there are no rows. The only annex has no numeral.

    `named_by`: the columns that say what a row is about.
    """

    numeral: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    named_by: tuple[int, ...] = ()

    @property
    def name(self):
        return f"Phụ lục {self.numeral}".strip()

    @property
    def cells(self):
        """The rows, each cell dressed as its column."""
        return [
            [cell._replace(css=cell.css or column.css) for cell, column in zip(row, self.columns, strict=False)]
            for row in self.rows
        ]


def annexes(report):
    """The four annexes as printed, in order; of a correction a fifth, with what it changes."""
    changed = (_differences(report),) if report.differences or report.reason else ()
    return (_figures(report), _progress(report), _submissions(report), _evidence(report), *changed)


def _figures(report):
    rows = tuple(
        (
            Cell(str(place)),
            Cell(figure.channel or "–"),
            Cell(f"{figure.name} ({figure.unit})" if figure.unit else figure.name),
            Cell(number_vn(figure.in_period)),
            Cell(number_vn(figure.cumulative)),
            Cell(number_vn(figure.target)),
            Cell(percent_vn(figure.target_percent)),
        )
        for place, figure in enumerate(report.figures, start=1)
    )
    columns = (
        Column("TT", 5, "mid"),
        Column("Kênh", 23),
        Column("Chỉ tiêu (đơn vị tính)", 36),
        Column("Trong kỳ", 9, "num"),
        Column("Lũy kế", 9, "num"),
        Column("Chỉ tiêu năm", 9, "num"),
        Column("Tỷ lệ", 9, "num"),
    )
    title = "TỔNG HỢP CHỈ TIÊU THEO KÊNH TUYÊN TRUYỀN"
    return Annex("I", title, columns, rows, "Trong kỳ chưa có chỉ tiêu nào được giao hoặc có số liệu được duyệt.")


def _by_plan(lines, row, width):
    """The rows of `lines`; in a report on all plans those of each plan under its number, as in a plan's own annex."""
    rows = []
    for place, (number, of_plan) in enumerate(groupby(lines, lambda line: line.plan_number), start=1):
        if number:
            rows.append((Cell(roman(place), css="mid group"), Cell(number, css="group", span=width - 1)))
        rows += [row(line) for line in of_plan]
    return tuple(rows)


def _progress_row(line):
    return (
        Cell(line.number),
        Cell(line.title),
        Cell(line.leads),
        Cell(line.cooperating),
        Cell(line.time),
        Cell(number_vn(line.quantity_in_period)),
        Cell(_done_of_target(line)),
        Cell(number_vn(line.percent)),
        Cell(_late(line.state_words, line.days_late), line.state),
    )


def _progress(report):
    columns = (
        Column("TT", 6, "mid nw"),
        Column("Nội dung hoạt động", 21),
        Column("Cơ quan chủ trì", 14),
        Column("Cơ quan phối hợp", 13),
        Column("Thời gian", 10),
        Column("Trong kỳ", 7, "num"),
        Column("Lũy kế/chỉ tiêu", 12, "num"),
        Column("Mức độ (%)", 6, "num"),
        Column("Trạng thái", 11),
    )
    rows = _by_plan(report.activities, _progress_row, len(columns))
    empty = f"{first_upper(report.called)} chưa nêu hoạt động cụ thể."
    return Annex("II", "TIẾN ĐỘ THỰC HIỆN CÁC HOẠT ĐỘNG", columns, rows, empty, (0, 1))


def _done_of_target(line):
    """'12/50 lớp'; without a target '12', without anything counted '–/50 lớp' or '–'."""
    done = number_vn(line.quantity_done)
    return f"{done}/{number_vn(line.target)} {line.unit}".rstrip() if line.target else done


def _late(words, days):
    return f"{words} ({number_vn(days)} ngày)" if days else words


def _submissions(report):
    """Who sent what, when; where the report sums several periods each row says of which."""
    by_period = any(line.period_label for line in report.submissions)
    columns = (
        Column("TT", 5, "mid"),
        Column("Cơ quan, đơn vị", 26 if by_period else 38),
        *([Column("Kỳ báo cáo", 12)] if by_period else []),
        Column("Hạn gửi", 11, "mid"),
        Column("Ngày gửi", 11, "mid"),
        Column("Tình hình gửi báo cáo", 16),
        Column("Số ngày chậm", 8, "num"),
        Column("Kết quả duyệt", 11),
    )
    numbers = count(1)
    rows = _by_plan(
        report.submissions,
        lambda line: (
            Cell(str(next(numbers))),
            Cell(line.agency),
            *([Cell(line.period_label)] if by_period else []),
            Cell(short_date(line.due_on)),
            Cell(short_date(line.sent_on) if line.sent_on else "–"),
            Cell(line.punctuality_words, line.punctuality),
            Cell(number_vn(line.days_late) if line.days_late else "–"),
            Cell(decision_words(line) or "–"),
        ),
        len(columns),
    )
    empty = "Trong kỳ không có cơ quan, đơn vị phải gửi báo cáo."
    title = "TÌNH HÌNH GỬI BÁO CÁO" + ("" if report.kind == "agency" else " CỦA CÁC CƠ QUAN, ĐƠN VỊ")
    return Annex("III", title, columns, rows, empty, (1, 2) if by_period else (1,))


def decision_words(line):
    """What was decided on an update (a SubmissionLine), and that it says there was nothing to report."""
    words = line.status_words
    return f"{words or '–'} (không phát sinh)" if line.is_nothing and line.sent_on else words


def _evidence(report):
    rows = tuple(
        (
            Cell(str(place)),
            Cell(line.activity_number),
            Cell(line.agency),
            Cell(line.caption),
            Cell(line.kind),
            Cell(short_date(line.dated_on) if line.dated_on else "–"),
            Cell(line.reference, url=line.reference if line.reference.startswith(("https://", "http://")) else ""),
        )
        for place, line in enumerate(report.evidence, start=1)
    )
    columns = (
        Column("TT", 4, "mid"),
        Column("Hoạt động", 6, "mid nw"),
        Column("Cơ quan, đơn vị", 16),
        Column("Tên minh chứng", 28),
        Column("Loại", 8),
        Column("Ngày", 9, "mid"),
        Column("Tên tệp hoặc đường dẫn", 29),
    )
    empty = "Trong kỳ chưa có minh chứng kèm theo báo cáo được duyệt."
    return Annex("IV", "DANH MỤC MINH CHỨNG", columns, rows, empty, (1, 2, 3))


def _differences(report):
    why = ((Cell("–"), Cell("Lý do thay thế"), Cell(report.reason, span=3)),) if report.reason else ()
    rows = why + tuple(
        (Cell(str(place)), Cell(each.what), Cell(each.place or "–"), Cell(each.before), Cell(each.after))
        for place, each in enumerate(report.differences, start=1)
    )
    columns = (
        Column("TT", 5, "mid"),
        Column("Nội dung thay đổi", 29),
        Column("Vị trí", 16),
        Column("Bản trước", 25),
        Column("Bản này", 25),
    )
    title = f"NỘI DUNG THAY ĐỔI SO VỚI {report.replaces.upper() or 'BẢN TRƯỚC'}"
    return Annex("V", title, columns, rows, "Không có thay đổi.")
