"""Letters as Word files: the chasing letter, the slip of an explanation."""

from docx.oxml import OxmlElement

from ..typesetting import LEFT_COLUMN, MM, RIGHT_COLUMN, font_files, heading_lines, subject_lines
from .documents import set_heading
from .elements import (
    LOOKS,
    MOTTO,
    NATION,
    TEXT_WIDTH,
    add,
    blank_paper,
    cell_key,
    longest,
    new_columns,
    new_element,
    new_paragraph,
    new_row,
    new_rule,
    new_table,
    saved,
    set_end,
    set_foot,
    short_rule,
)


def explanation_docx(slip):
    """`slip` (an ExplanationSlip) as the bytes of a Word file.

    Raises:
        OSError: a font file, needed to measure the heading, is missing; the message names it.
    """
    paper = blank_paper(slip.heading)
    set_heading(paper, slip)
    opening = new_paragraph("body", slip.opening)
    opening.pPr.append(new_element("w:spacing", **{"w:before": "240"}))
    add(paper, opening, _exchange(slip), new_paragraph("body"))
    if slip.proofs:
        add(paper, new_paragraph("khoan", "Danh mục minh chứng"), _proofs(slip), new_paragraph("body"))
    set_foot(paper.sections[0], slip.printed)
    return saved(paper)


def chasing_docx(letter):
    """`letter` (a ChasingLetter) as the bytes of a Word file.

    Raises:
        OSError: a font file, needed to measure the heading, is missing; the message names it.
    """
    paper = blank_paper(letter.heading)
    _set_letterhead(paper, letter.heading, subject_lines(letter.subject, font_files()))
    _set_addressees(paper, letter.addressees)
    *closing, last = [new_paragraph("body", text) for text in letter.closing]
    closing[0].pPr.append(new_element("w:spacing", **{"w:before": "160", "w:after": "120"}))
    last.pPr.insert(1, OxmlElement("w:keepNext"))  # the signature never stands alone
    add(paper, new_paragraph("body", letter.opening), _late_table(letter), new_paragraph("rule"), *closing, last)
    set_end(paper, letter.heading)
    add(paper, new_paragraph("rule"))
    return saved(paper)


def _set_letterhead(paper, heading, subject):
    """The head of a công văn: its subject stands under the number, no kind across the page."""
    lines = heading_lines(heading, font_files())
    left = [new_paragraph("parent", lines.parent)] if lines.parent else []
    left += [new_paragraph("agency", lines.agency), short_rule(lines.agency, "agency", LEFT_COLUMN)]
    motto = new_rule(longest(MOTTO, LOOKS["motto"]), RIGHT_COLUMN * MM)
    right = [new_paragraph("nation", NATION), new_paragraph("motto", MOTTO), motto]
    number = [new_paragraph("number", heading.number), new_paragraph("subject", subject)]
    add(paper, new_columns((left, right), (number, [new_paragraph("day", heading.place_and_date)])))


def _set_addressees(paper, addressees):
    if len(addressees) == 1:
        return add(paper, new_paragraph("to_one", f"Kính gửi: {addressees[0]}"))
    widths = [25 * MM, 25 * MM, (TEXT_WIDTH - 50) * MM]
    table = new_table(widths, margin=0)
    for place, name in enumerate(addressees):
        label = "" if place else "Kính gửi:"
        table.append(
            new_row([[new_paragraph("to")], [new_paragraph("to", label)], [new_paragraph("to", name)]], widths)
        )
    return add(paper, new_paragraph("to"), table, new_paragraph("to"))


def _late_table(letter):
    widths = [column.width / 100 * TEXT_WIDTH * MM for column in letter.columns]
    table = new_table(widths, margin=80, border="top left bottom right insideH insideV")
    table.append(new_row([[new_paragraph("head", column.head)] for column in letter.columns], widths, heads=True))
    keys = [cell_key(column.css) for column in letter.columns]
    for row in letter.rows:
        table.append(new_row([[new_paragraph(key, text)] for key, text in zip(keys, row, strict=True)], widths))
    return table


def _exchange(slip):
    widths = [26 * MM, (TEXT_WIDTH - 26) * MM]
    table = new_table(widths, margin=80, border="top left bottom right insideH insideV")
    table.append(new_row([[new_paragraph("head", "Ngày")], [new_paragraph("head", "Nội dung")]], widths, heads=True))
    for day, lead, text, note in slip.entries:
        lines = [new_paragraph("cell", line) for line in [*text.split("\n"), *([note] if note else [])]]
        table.append(new_row([[new_paragraph("middle", day)], [new_paragraph("group", lead), *lines]], widths))
    return table


def _proofs(slip):
    widths = [12 * MM, 68 * MM, (TEXT_WIDTH - 80) * MM]
    table = new_table(widths, margin=80, border="top left bottom right insideH insideV")
    heads = ("TT", "Tên minh chứng", "Mã kiểm tra hoặc đường dẫn")
    table.append(new_row([[new_paragraph("head", head)] for head in heads], widths, heads=True))
    for proof in slip.proofs:
        cells = [[new_paragraph("middle", proof.number)], [new_paragraph("cell", proof.title)]]
        table.append(new_row([*cells, [new_paragraph("cell", proof.check)]], widths))
    return table
