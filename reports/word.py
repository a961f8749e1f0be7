"""Paper to go on writing on: the plan as a Word file, set out as its PDF is. The one door of python-docx."""

from copy import deepcopy
from io import BytesIO
from typing import NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from agencies.vietnamese import without_controls

from .typesetting import (
    BOLD,
    LEFT_COLUMN,
    MM,
    RIGHT_COLUMN,
    advances,
    document_title,
    font_files,
    heading_lines,
    length_of,
    reference_line,
    subject_lines,
)

FONT = "Times New Roman"
LANGUAGE = "vi-VN"
PAPER = (210, 297)  # mm
MARGINS = {"top_margin": 20, "right_margin": 15, "bottom_margin": 20, "left_margin": 30}  # mm
TEXT_WIDTH = LEFT_COLUMN + RIGHT_COLUMN  # mm
LANDSCAPE_WIDTH = PAPER[1] - MARGINS["left_margin"] - MARGINS["right_margin"]
HEADER_DISTANCE = 7  # mm: the number stands in the middle of the top margin
INDENT = 12.7  # mm
LINES = 1.13  # of Word's single spacing, which is 1.15 of the size: as the PDF's
RULE = 0.4  # of the text above it, where the form asks for a third to a half
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
DRAFT = "DỰ THẢO"


class Look(NamedTuple):
    """A paragraph style: `size`, `before`, `after` in pt, `indent` of its first line in mm, `level` of the outline."""

    name: str
    size: float = 14
    bold: bool = False
    italic: bool = False
    align: ALIGN = ALIGN.CENTER
    indent: float = 0
    before: float = 0
    after: float = 0
    lines: float = 1.0
    level: int | None = None
    keep: bool = False


LOOKS = {
    "parent": Look("Cơ quan chủ quản", 12),
    "agency": Look("Cơ quan ban hành", 12, bold=True),
    "nation": Look("Quốc hiệu", 12, bold=True),
    "motto": Look("Tiêu ngữ", 13, bold=True),
    "number": Look("Số, ký hiệu", 13, before=6),
    "day": Look("Địa danh, thời gian", 13, italic=True, before=6),
    "draft": Look("Dự thảo", 12, before=6),
    "kind": Look("Tên loại", bold=True, before=18),
    "abstract": Look("Trích yếu", bold=True),
    "note": Look("Ghi chú trích yếu", italic=True, before=4),
    "basis": Look("Căn cứ", italic=True, align=ALIGN.JUSTIFY, indent=INDENT, after=6, lines=LINES),
    "body": Look("Nội dung", align=ALIGN.JUSTIFY, indent=INDENT, after=6, lines=LINES),
    "section": Look("Mục", bold=True, align=ALIGN.LEFT, indent=INDENT, after=6, lines=LINES, level=0, keep=True),
    "khoan": Look("Khoản", bold=True, align=ALIGN.LEFT, indent=INDENT, after=6, lines=LINES, level=1, keep=True),
    "label": Look("Nơi nhận", 12, bold=True, italic=True, align=ALIGN.LEFT),
    "recipient": Look("Dòng nơi nhận", 11, align=ALIGN.LEFT),
    "position": Look("Chức vụ người ký", bold=True),
    "signatory": Look("Họ tên người ký", bold=True, before=28 * MM),
    "annex": Look("Phụ lục", bold=True, level=0),
    "annex_title": Look("Tên phụ lục", bold=True),
    "reference": Look("Dẫn chiếu phụ lục", italic=True, before=2, after=10),
    "head": Look("Đầu cột", 12, bold=True),
    "cell": Look("Ô bảng", 12, align=ALIGN.LEFT, lines=1.05),
    "middle": Look("Ô bảng giữa", 12, lines=1.05),
    "group": Look("Nhóm hoạt động", 12, bold=True, align=ALIGN.LEFT, keep=True),
    "group_middle": Look("Số nhóm hoạt động", 12, bold=True, keep=True),
    "page": Look("Số trang", 14),
    "subject": Look("Trích yếu công văn", 12, before=6),
    "to": Look("Kính gửi", align=ALIGN.LEFT),
    "to_one": Look("Kính gửi một nơi", before=18, after=12),
    "rule": Look("Đường kẻ", 1, align=ALIGN.LEFT),
}


def plan_docx(document):
    """`document` (a PlanPaper) as the bytes of a Word file: the body portrait, its annex landscape.

    Raises:
        OSError: a font file, needed to measure the heading, is missing; the message names it.
    """
    paper = _blank_paper(document.heading)
    _set_heading(paper, document)
    _set_body(paper, document)
    _set_end(paper, document.heading)
    for annex in document.annexes:
        _set_annex(paper, annex, reference_line(document.heading))
    _add(paper, _paragraph("rule"))
    written = BytesIO()
    paper.save(written)
    return written.getvalue()


def explanation_docx(slip):
    """`slip` (an ExplanationSlip) as the bytes of a Word file.

    Raises:
        OSError: a font file, needed to measure the heading, is missing; the message names it.
    """
    paper = _blank_paper(slip.heading)
    _set_heading(paper, slip)
    opening = _paragraph("body", slip.opening)
    opening.pPr.append(_element("w:spacing", **{"w:before": "240"}))
    _add(paper, opening, _exchange(slip), _paragraph("body"))
    if slip.proofs:
        _add(paper, _paragraph("khoan", "Danh mục minh chứng"), _proofs(slip), _paragraph("body"))
    _set_foot(paper.sections[0], slip.printed)
    written = BytesIO()
    paper.save(written)
    return written.getvalue()


def chasing_docx(letter):
    """`letter` (a ChasingLetter) as the bytes of a Word file.

    Raises:
        OSError: a font file, needed to measure the heading, is missing; the message names it.
    """
    paper = _blank_paper(letter.heading)
    _set_letterhead(paper, letter.heading, subject_lines(letter.subject, font_files()))
    _set_addressees(paper, letter.addressees)
    *closing, last = [_paragraph("body", text) for text in letter.closing]
    closing[0].pPr.append(_element("w:spacing", **{"w:before": "160", "w:after": "120"}))
    last.pPr.insert(1, OxmlElement("w:keepNext"))  # the signature never stands alone
    _add(paper, _paragraph("body", letter.opening), _late_table(letter), _paragraph("rule"), *closing, last)
    _set_end(paper, letter.heading)
    _add(paper, _paragraph("rule"))
    written = BytesIO()
    paper.save(written)
    return written.getvalue()


def _set_letterhead(paper, heading, subject):
    """The head of a công văn: its subject stands under the number, no kind across the page."""
    lines = heading_lines(heading, font_files())
    left = [_paragraph("parent", lines.parent)] if lines.parent else []
    left += [_paragraph("agency", lines.agency), _short_rule(lines.agency, "agency", LEFT_COLUMN)]
    motto = _rule(_longest(MOTTO, LOOKS["motto"]), RIGHT_COLUMN * MM)
    right = [_paragraph("nation", NATION), _paragraph("motto", MOTTO), motto]
    number = [_paragraph("number", heading.number), _paragraph("subject", subject)]
    _add(paper, _columns((left, right), (number, [_paragraph("day", heading.place_and_date)])))


def _set_addressees(paper, addressees):
    if len(addressees) == 1:
        return _add(paper, _paragraph("to_one", f"Kính gửi: {addressees[0]}"))
    widths = [25 * MM, 25 * MM, (TEXT_WIDTH - 50) * MM]
    table = _table(widths, margin=0)
    for place, name in enumerate(addressees):
        label = "" if place else "Kính gửi:"
        table.append(_row([[_paragraph("to")], [_paragraph("to", label)], [_paragraph("to", name)]], widths))
    return _add(paper, _paragraph("to"), table, _paragraph("to"))


def _late_table(letter):
    widths = [column.width / 100 * TEXT_WIDTH * MM for column in letter.columns]
    table = _table(widths, margin=80, border="top left bottom right insideH insideV")
    table.append(_row([[_paragraph("head", column.head)] for column in letter.columns], widths, heads=True))
    keys = [_cell_key(column.css) for column in letter.columns]
    for row in letter.rows:
        table.append(_row([[_paragraph(key, text)] for key, text in zip(keys, row, strict=True)], widths))
    return table


def _exchange(slip):
    widths = [26 * MM, (TEXT_WIDTH - 26) * MM]
    table = _table(widths, margin=80, border="top left bottom right insideH insideV")
    table.append(_row([[_paragraph("head", "Ngày")], [_paragraph("head", "Nội dung")]], widths, heads=True))
    for day, lead, text, note in slip.entries:
        lines = [_paragraph("cell", line) for line in [*text.split("\n"), *([note] if note else [])]]
        table.append(_row([[_paragraph("middle", day)], [_paragraph("group", lead), *lines]], widths))
    return table


def _proofs(slip):
    widths = [12 * MM, 68 * MM, (TEXT_WIDTH - 80) * MM]
    table = _table(widths, margin=80, border="top left bottom right insideH insideV")
    heads = ("TT", "Tên minh chứng", "Mã kiểm tra hoặc đường dẫn")
    table.append(_row([[_paragraph("head", head)] for head in heads], widths, heads=True))
    for proof in slip.proofs:
        cells = [[_paragraph("middle", proof.number)], [_paragraph("cell", proof.title)]]
        table.append(_row([*cells, [_paragraph("cell", proof.check)]], widths))
    return table


# Paper and styles


def _blank_paper(heading):
    paper = Document()
    _set_defaults(paper)
    for key, look in LOOKS.items():
        _add_style(paper, key, look)
    _set_section(paper.sections[0])
    _number_pages(paper.sections[0])
    _set_properties(paper, heading)
    return paper


def _set_defaults(paper):
    """Everything in Times New Roman and Vietnamese, nothing from the theme of python-docx's own template."""
    defaults = paper.styles.element.find(qn("w:docDefaults"))
    text = defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for element in list(text):
        text.remove(element)
    text.append(_element("w:rFonts", **{f"w:{name}": FONT for name in ("ascii", "hAnsi", "eastAsia", "cs")}))
    text.append(_element("w:sz", **{"w:val": "28"}))
    text.append(_element("w:szCs", **{"w:val": "28"}))
    text.append(_element("w:lang", **{"w:val": LANGUAGE, "w:eastAsia": LANGUAGE, "w:bidi": LANGUAGE}))
    spacing = defaults.find(f"{qn('w:pPrDefault')}/{qn('w:pPr')}/{qn('w:spacing')}")
    spacing.set(qn("w:after"), "0")
    spacing.set(qn("w:line"), "240")
    settings = paper.settings.element
    settings.find(qn("w:themeFontLang")).set(qn("w:val"), LANGUAGE)
    compatibility = settings.find(f"{qn('w:compat')}/{qn('w:compatSetting')}[@{qn('w:name')}='compatibilityMode']")
    compatibility.set(qn("w:val"), "15")


def _add_style(paper, key, look):
    style = paper.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
    style.element.set(qn("w:styleId"), key)
    style.base_style, style.quick_style = paper.styles["Normal"], True
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(look.size), look.bold, look.italic
    fonts = style.element.rPr.rFonts
    for script in ("eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
    form = style.paragraph_format
    form.alignment, form.first_line_indent = look.align, Mm(look.indent)
    form.space_before, form.space_after, form.line_spacing = Pt(look.before), Pt(look.after), look.lines
    form.keep_with_next, form.widow_control = look.keep, True
    if look.level is not None:
        style.element.get_or_add_pPr().append(_element("w:outlineLvl", **{"w:val": str(look.level)}))
    if key == "rule":
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)


def _set_section(section, *, landscape=False):
    """A4 with the margins of the form; page numbers from 1, the first one not shown."""
    width, height = PAPER[::-1] if landscape else PAPER
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    for name, margin in MARGINS.items():
        setattr(section, name, Mm(margin))
    section.header_distance = section.footer_distance = Mm(HEADER_DISTANCE)
    section.different_first_page_header_footer = True
    numbering = section._sectPr.find(qn("w:pgNumType"))
    if numbering is None:
        numbering = _element("w:pgNumType")
        section._sectPr.find(qn("w:cols")).addprevious(numbering)
    numbering.set(qn("w:start"), "1")


def _number_pages(section):
    """The page number in the top margin; an annex's section goes on with this header."""
    paragraph = section.header.paragraphs[0]
    paragraph.style = LOOKS["page"].name
    field = _element("w:fldSimple", **{"w:instr": " PAGE "})
    field.append(_run("2"))
    paragraph._p.append(field)


def _set_foot(section, words):
    """Words in the bottom margin of every page."""
    for footer in (section.first_page_footer, section.footer):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = LOOKS["recipient"].name
        paragraph.add_run(words)


def _set_properties(paper, heading):
    """Title, author and language; the days of python-docx's own template go, and its picture."""
    properties = paper.core_properties
    for element in list(properties._element):
        properties._element.remove(element)
    properties.title = without_controls(document_title(heading))[:255]
    properties.author = properties.last_modified_by = without_controls(heading.agency_name or heading.agency)[:255]
    properties.language = LANGUAGE
    relations = paper.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[key]


# Elements


def _element(tag, **attributes):
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name), value)
    return element


def _run(text):
    """A run of `text`, its line ends as breaks."""
    run = OxmlElement("w:r")
    for place, line in enumerate(without_controls(text).split("\n")):
        if place:
            run.append(OxmlElement("w:br"))
        words = OxmlElement("w:t")
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(words)
    return run


def _paragraph(key, text=""):
    paragraph = OxmlElement("w:p")
    form = OxmlElement("w:pPr")
    form.append(_element("w:pStyle", **{"w:val": key}))
    paragraph.append(form)
    if text:
        paragraph.append(_run(text))
    return paragraph


def _rule(length, width):
    """A line of `length` in the middle of `width` (pt), drawn as the upper border of an empty paragraph."""
    side = str(round((width - length) / 2 * 20))
    paragraph = _paragraph("rule")
    border = OxmlElement("w:pBdr")
    border.append(_element("w:top", **{"w:val": "single", "w:sz": "6", "w:space": "1", "w:color": "auto"}))
    paragraph.pPr.append(border)
    paragraph.pPr.append(_element("w:spacing", **{"w:before": "60"}))
    paragraph.pPr.append(_element("w:ind", **{"w:left": side, "w:right": side}))
    return paragraph


def _longest(lines, look):
    measures = advances(font_files()[BOLD], look.size)
    return max(length_of(line, measures) for line in lines.split("\n"))


def _add(paper, *elements):
    """Put elements at the end of the body."""
    for element in elements:
        paper.element.body.insert_element_before(element, "w:sectPr")


def _columns(*rows):
    """The two columns of heading and signature: rows of (left elements, right elements), without borders."""
    table = _table((LEFT_COLUMN * MM, RIGHT_COLUMN * MM), margin=0)
    for cells in rows:
        table.append(_row(cells, (LEFT_COLUMN * MM, RIGHT_COLUMN * MM)))
    return table


def _table(widths, *, margin, border=""):
    """An empty table of fixed columns (pt); `margin` between border and text in twentieths of a pt."""
    edges = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in border.split())
    columns = "".join(f'<w:gridCol w:w="{round(width * 20)}"/>' for width in widths)
    return parse_xml(
        f"<w:tbl {nsdecls('w')}><w:tblPr>"
        f'<w:tblW w:w="{round(sum(widths) * 20)}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:top w:w="{margin * 5 // 8}" w:type="dxa"/><w:left w:w="{margin}" w:type="dxa"/>'
        f'<w:bottom w:w="{margin * 5 // 8}" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid></w:tbl>"
    )


def _row(cells, widths, *, heads=False, spans=None):
    """A row that stays on one page, of cells that are lists of paragraphs; `heads` is repeated on every page."""
    row = OxmlElement("w:tr")
    form = OxmlElement("w:trPr")
    form.append(OxmlElement("w:cantSplit"))
    if heads:
        form.append(OxmlElement("w:tblHeader"))
    row.append(form)
    place = 0
    for elements, span in zip(cells, spans or [1] * len(cells), strict=True):
        row.append(_cell(elements, sum(widths[place : place + span]), span, "center" if heads else "top"))
        place += span
    return row


def _cell(elements, width, span, stand):
    cell, form = OxmlElement("w:tc"), OxmlElement("w:tcPr")
    form.append(_element("w:tcW", **{"w:w": str(round(width * 20)), "w:type": "dxa"}))
    if span > 1:
        form.append(_element("w:gridSpan", **{"w:val": str(span)}))
    form.append(_element("w:vAlign", **{"w:val": stand}))
    cell.append(form)
    for element in elements:
        cell.append(element)
    return cell


# The document


def _set_heading(paper, document):
    heading = document.heading
    lines = heading_lines(heading, font_files())
    left = [_paragraph("parent", lines.parent)] if lines.parent else []
    left += [_paragraph("agency", lines.agency), _short_rule(lines.agency, "agency", LEFT_COLUMN)]
    motto = _rule(_longest(MOTTO, LOOKS["motto"]), RIGHT_COLUMN * MM)
    under = [_paragraph("number", heading.number), *([_boxed(DRAFT)] if document.is_draft else [])]
    _add(
        paper,
        _columns(
            (left, [_paragraph("nation", NATION), _paragraph("motto", MOTTO), motto]),
            (under, [_paragraph("day", heading.place_and_date)]),
        ),
        _paragraph("kind", heading.kind),
        _paragraph("abstract", lines.abstract),
        _short_rule(lines.abstract, "abstract", TEXT_WIDTH),
        *([_paragraph("note", lines.note)] if lines.note else []),
    )


def _short_rule(lines, key, width):
    return _rule(RULE * _longest(lines, LOOKS[key]), width * MM)


def _boxed(text):
    paragraph = _paragraph("draft", text)
    form = OxmlElement("w:rPr")
    form.append(_element("w:bdr", **{"w:val": "single", "w:sz": "6", "w:space": "2", "w:color": "auto"}))
    paragraph.r_lst[0].insert(0, form)
    return paragraph


def _set_body(paper, document):
    paragraphs = [_paragraph("basis", text) for text in document.heading.legal_bases]
    paragraphs += [_paragraph("body", document.opening)] if document.opening else []
    for section in document.sections:
        paragraphs.append(_paragraph("section", f"{section.numeral}. {section.title}"))
        paragraphs += [
            _paragraph("body", each.text) if each.text else _paragraph("khoan", each.lead)
            for each in section.paragraphs
        ]
    for paragraph in paragraphs[:1]:
        paragraph.pPr.append(_element("w:spacing", **{"w:before": "240"}))
    for paragraph in paragraphs[-1:]:  # the signature never stands alone
        paragraph.pPr.insert(1, OxmlElement("w:keepNext"))
    _add(paper, *paragraphs)


def _set_end(paper, heading):
    left = [_paragraph("label", "Nơi nhận:")] if heading.recipients else []
    left += [_paragraph("recipient", text) for text in heading.recipients]
    signed = [*heading.signing_authority.split("\n"), heading.signatory_title]
    right = [_paragraph("position", line) for line in signed if line]
    if heading.signatory_name:
        right.append(_paragraph("signatory", heading.signatory_name))
    _add(paper, _columns((left or [_paragraph("recipient")], right or [_paragraph("position")])))


def _set_annex(paper, annex, reference):
    _set_section(_new_section(paper), landscape=True)
    widths = [column.width / 100 * LANDSCAPE_WIDTH * MM for column in annex.columns]
    table = _table(widths, margin=80, border="top left bottom right insideH insideV")
    table.append(_row([[_paragraph("head", column.head)] for column in annex.columns], widths, heads=True))
    model = _row([[_paragraph(_cell_key(column.css), " ")] for column in annex.columns], widths)
    for row in annex.rows:
        table.append(_like(model, row) if len(row) == len(annex.columns) else _spanning(row, widths))
    _add(
        paper,
        _paragraph("annex", annex.name),
        _paragraph("annex_title", annex.title),
        _paragraph("reference", reference),
        table,
    )


def _new_section(paper):
    """A section on a new page; the paragraph that ends the one before takes no room, or it might need a page."""
    section = paper.add_section(WD_SECTION.NEW_PAGE)
    [*_earlier, end] = paper.element.body.xpath("./w:p[w:pPr/w:sectPr]")
    end.style = "rule"
    return section


def _cell_key(css):
    return "middle" if "mid" in css.split() else "cell"


def _like(model, row):
    """A copy of the model row with the words of `row`: building each anew would take ten times as long."""
    made = deepcopy(model)
    for cell, words in zip(made.tc_lst, row, strict=True):
        first = cell.p_lst[0]
        head, *rest = without_controls(words.text).split("\n")
        for line in rest:
            more = deepcopy(first)
            cell.append(more)
            more.r_lst[0].t_lst[0].text = line
        first.r_lst[0].t_lst[0].text = head
    return made


def _spanning(row, widths):
    """A group's row: its numeral, and its title over the other columns."""
    keys = ["group_middle" if "mid" in cell.css.split() else "group" for cell in row]
    cells = [[_paragraph(key, cell.text)] for key, cell in zip(keys, row, strict=True)]
    return _row(cells, widths, spans=[cell.span for cell in row])
