"""The annexes of the quarterly report as tables of printed words: the same on screen and on paper."""

from typing import NamedTuple

from .wording import number_vn, percent_vn, short_date


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
    """A table on pages of its own; `empty` is said where there are no rows. The only annex has no numeral."""

    numeral: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str

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
    """The four annexes as printed, in order."""
    return (_figures(report), _progress(report), _submissions(report), _evidence(report))


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


def _progress(report):
    rows = tuple(
        (
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
        for line in report.activities
    )
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
    return Annex("II", "TIẾN ĐỘ THỰC HIỆN CÁC HOẠT ĐỘNG", columns, rows, "Kế hoạch chưa nêu hoạt động cụ thể.")


def _done_of_target(line):
    """'12/50 lớp'; without a target '12', without anything counted '–/50 lớp' or '–'."""
    done = number_vn(line.quantity_done)
    return f"{done}/{number_vn(line.target)} {line.unit}".rstrip() if line.target else done


def _late(words, days):
    return f"{words} ({number_vn(days)} ngày)" if days else words


def _submissions(report):
    rows = tuple(
        (
            Cell(str(place)),
            Cell(line.agency),
            Cell(short_date(line.due_on)),
            Cell(short_date(line.sent_on) if line.sent_on else "–"),
            Cell(line.punctuality_words, line.punctuality),
            Cell(number_vn(line.days_late) if line.days_late else "–"),
            Cell(line.status_words or "–"),
        )
        for place, line in enumerate(report.submissions, start=1)
    )
    columns = (
        Column("TT", 5, "mid"),
        Column("Cơ quan, đơn vị", 38),
        Column("Hạn gửi", 11, "mid"),
        Column("Ngày gửi", 11, "mid"),
        Column("Tình hình gửi báo cáo", 16),
        Column("Số ngày chậm", 8, "num"),
        Column("Kết quả duyệt", 11),
    )
    empty = "Trong kỳ không có cơ quan, đơn vị phải gửi báo cáo."
    return Annex("III", "TÌNH HÌNH GỬI BÁO CÁO CỦA CÁC CƠ QUAN, ĐƠN VỊ", columns, rows, empty)


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
    return Annex("IV", "DANH MỤC MINH CHỨNG", columns, rows, "Trong kỳ chưa có minh chứng kèm theo báo cáo được duyệt.")
