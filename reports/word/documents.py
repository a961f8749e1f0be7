"""Documents as Word files: the plan and the quarterly report."""

from io import BytesIO

from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt

from ..annexes import annexes
from ..quarterly import Run
from ..sealing.qr import check_qr_png
from ..typesetting import LEFT_COLUMN, MM, RIGHT_COLUMN, font_files, heading_lines, reference_line
from .elements import (
    DRAFT,
    LANDSCAPE_WIDTH,
    LOOKS,
    MOTTO,
    NATION,
    TEXT_WIDTH,
    add,
    blank_paper,
    cell_key,
    like,
    longest,
    new_columns,
    new_element,
    new_paragraph,
    new_row,
    new_rule,
    new_run,
    new_table,
    saved,
    set_end,
    set_section,
    short_rule,
)


def plan_docx(document):
    """`document` (a PlanPaper) as the bytes of a Word file: the body portrait, its annex landscape.

    Raises:
        OSError: a font file, needed to measure the heading, is missing; the message names it.
    """
    return _document(document, document.annexes)


def report_docx(report, step=None):
    """`report` (a QuarterlyReport) as the bytes of a Word file: body, annexes, check code.

    The same object gives the same bytes. `step` hears how many rows of the annexes are written.

    Raises:
        OSError: a font file, needed to measure the heading, is missing; the message names it.
    """
    return _document(report, annexes(report), last=_check_block(report), step=step)


def _document(document, tables, *, last=None, step=None):
    paper = blank_paper(document.heading)
    set_heading(paper, document)
    if document.heading.addressee:
        add(paper, new_paragraph("to_one", f"Kính gửi: {document.heading.addressee}"))
    _set_body(paper, document)
    set_end(paper, document.heading)
    written = 0
    for annex in tables:
        _set_annex(paper, annex, reference_line(document.heading))
        written += len(annex.rows)
        if step:
            step(written)
    add(paper, new_paragraph("rule"))
    if last is not None:
        last(paper)
    return saved(paper)


def _check_block(report):
    """What writes the code, its address and the QR picture at the end of the last page; None where there is none."""
    if not report.check_code:
        return None

    def write(paper):
        picture = paper.add_paragraph(style=LOOKS["recipient"].name)
        picture.paragraph_format.keep_with_next, picture.paragraph_format.space_before = True, Pt(12)
        picture.add_run().add_picture(BytesIO(check_qr_png(report.check_url)), width=Mm(25))
        words = f"Mã văn bản: {report.check_code}. Tra cứu tại {report.check_url}"
        paper.add_paragraph(words, style=LOOKS["recipient"].name)

    return write


def set_heading(paper, document):
    heading = document.heading
    lines = heading_lines(heading, font_files())
    left = [new_paragraph("parent", lines.parent)] if lines.parent else []
    left += [new_paragraph("agency", lines.agency), short_rule(lines.agency, "agency", LEFT_COLUMN)]
    motto = new_rule(longest(MOTTO, LOOKS["motto"]), RIGHT_COLUMN * MM)
    under = [new_paragraph("number", heading.number), *([_boxed(DRAFT)] if document.is_draft else [])]
    add(
        paper,
        new_columns(
            (left, [new_paragraph("nation", NATION), new_paragraph("motto", MOTTO), motto]),
            (under, [new_paragraph("day", heading.place_and_date)]),
        ),
        new_paragraph("kind", heading.kind),
        new_paragraph("abstract", lines.abstract),
        short_rule(lines.abstract, "abstract", TEXT_WIDTH),
        *([new_paragraph("note", lines.note)] if lines.note else []),
    )


def _boxed(text):
    paragraph = new_paragraph("draft", text)
    form = OxmlElement("w:rPr")
    form.append(new_element("w:bdr", **{"w:val": "single", "w:sz": "6", "w:space": "2", "w:color": "auto"}))
    paragraph.r_lst[0].insert(0, form)
    return paragraph


def _set_body(paper, document):
    paragraphs = [new_paragraph("basis", text) for text in document.heading.legal_bases]
    paragraphs += [new_paragraph("body", document.opening)] if document.opening else []
    for section in document.sections:
        paragraphs.append(new_paragraph("section", f"{section.numeral}. {section.title}"))
        paragraphs += [_body_paragraph(each) for each in section.paragraphs]
    for paragraph in paragraphs[:1]:
        paragraph.pPr.append(new_element("w:spacing", **{"w:before": "240"}))
    for paragraph in paragraphs[-1:]:  # the signature never stands alone
        paragraph.pPr.insert(1, OxmlElement("w:keepNext"))
    add(paper, *paragraphs)


def _body_paragraph(paragraph):
    """A heading of its own where there is only a lead, else the words in their faces, the lead bold before them."""
    if not paragraph.text:
        return new_paragraph("khoan", paragraph.lead)
    made = new_paragraph("body")
    if paragraph.lead:
        made.append(new_run(f"{paragraph.lead} ", bold=True))
    for run in paragraph.runs or [Run(paragraph.text)]:
        made.append(new_run(run.text, bold=run.bold, italic=run.italic))
    return made


def _set_annex(paper, annex, reference):
    set_section(_new_section(paper), landscape=True)
    widths = [column.width / 100 * LANDSCAPE_WIDTH * MM for column in annex.columns]
    table = new_table(widths, margin=80, border="top left bottom right insideH insideV")
    table.append(new_row([[new_paragraph("head", column.head)] for column in annex.columns], widths, heads=True))
    model = new_row([[new_paragraph(cell_key(column.css), " ")] for column in annex.columns], widths)
    for row in annex.rows:
        table.append(like(model, row) if len(row) == len(annex.columns) else _spanning(row, widths))
    add(
        paper,
        new_paragraph("annex", annex.name),
        new_paragraph("annex_title", annex.title),
        new_paragraph("reference", reference),
        table,
    )


def _new_section(paper):
    """A section on a new page; the paragraph that ends the one before takes no room, or it might need a page."""
    section = paper.add_section(WD_SECTION.NEW_PAGE)
    [*_earlier, end] = paper.element.body.xpath("./w:p[w:pPr/w:sectPr]")
    end.style = "rule"
    return section


def _spanning(row, widths):
    """A group's row: its numeral, and its title over the other columns."""
    keys = ["group_middle" if "mid" in cell.css.split() else "group" for cell in row]
    cells = [[new_paragraph(key, cell.text)] for key, cell in zip(keys, row, strict=True)]
    return new_row(cells, widths, spans=[cell.span for cell in row])
