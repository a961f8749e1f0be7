"""Sheets, styles and elements of a Word file, set out as the PDF is. The one door of python-docx."""

from copy import deepcopy
from io import BytesIO
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from agencies.vietnamese import without_controls

from ..typesetting import BOLD, LEFT_COLUMN, MM, RIGHT_COLUMN, advances, document_title, font_files, length_of

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


# Paper and styles


def blank_paper(heading):
    paper = Document()
    _set_defaults(paper)
    for key, look in LOOKS.items():
        _add_style(paper, key, look)
    set_section(paper.sections[0])
    _number_pages(paper.sections[0])
    _set_properties(paper, heading)
    return paper


def _set_defaults(paper):
    """Everything in Times New Roman and Vietnamese, nothing from the theme of python-docx's own template."""
    defaults = paper.styles.element.find(qn("w:docDefaults"))
    text = defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for element in list(text):
        text.remove(element)
    text.append(new_element("w:rFonts", **{f"w:{name}": FONT for name in ("ascii", "hAnsi", "eastAsia", "cs")}))
    text.append(new_element("w:sz", **{"w:val": "28"}))
    text.append(new_element("w:szCs", **{"w:val": "28"}))
    text.append(new_element("w:lang", **{"w:val": LANGUAGE, "w:eastAsia": LANGUAGE, "w:bidi": LANGUAGE}))
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
        style.element.get_or_add_pPr().append(new_element("w:outlineLvl", **{"w:val": str(look.level)}))
    if key == "rule":
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)


def set_section(section, *, landscape=False):
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
        numbering = new_element("w:pgNumType")
        section._sectPr.find(qn("w:cols")).addprevious(numbering)
    numbering.set(qn("w:start"), "1")


def _number_pages(section):
    """The page number in the top margin; an annex's section goes on with this header."""
    paragraph = section.header.paragraphs[0]
    paragraph.style = LOOKS["page"].name
    field = new_element("w:fldSimple", **{"w:instr": " PAGE "})
    field.append(new_run("2"))
    paragraph._p.append(field)


def set_foot(section, words):
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


def new_element(tag, **attributes):
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name), value)
    return element


def new_run(text, *, bold=False, italic=False):
    """A run of `text`, its line ends as breaks; in the face of its paragraph but where said otherwise."""
    run = OxmlElement("w:r")
    if bold or italic:
        face = OxmlElement("w:rPr")
        for name in [*(["w:b"] if bold else []), *(["w:i"] if italic else [])]:
            face.append(OxmlElement(name))
        run.append(face)
    for place, line in enumerate(without_controls(text).split("\n")):
        if place:
            run.append(OxmlElement("w:br"))
        words = OxmlElement("w:t")
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(words)
    return run


def new_paragraph(key, text=""):
    paragraph = OxmlElement("w:p")
    form = OxmlElement("w:pPr")
    form.append(new_element("w:pStyle", **{"w:val": key}))
    paragraph.append(form)
    if text:
        paragraph.append(new_run(text))
    return paragraph


def new_rule(length, width):
    """A line of `length` in the middle of `width` (pt), drawn as the upper border of an empty paragraph."""
    side = str(round((width - length) / 2 * 20))
    paragraph = new_paragraph("rule")
    border = OxmlElement("w:pBdr")
    border.append(new_element("w:top", **{"w:val": "single", "w:sz": "6", "w:space": "1", "w:color": "auto"}))
    paragraph.pPr.append(border)
    paragraph.pPr.append(new_element("w:spacing", **{"w:before": "60"}))
    paragraph.pPr.append(new_element("w:ind", **{"w:left": side, "w:right": side}))
    return paragraph


def longest(lines, look):
    measures = advances(font_files()[BOLD], look.size)
    return max(length_of(line, measures) for line in lines.split("\n"))


def add(paper, *elements):
    """Put elements at the end of the body."""
    for element in elements:
        paper.element.body.insert_element_before(element, "w:sectPr")


def new_columns(*rows):
    """The two columns of heading and signature: rows of (left elements, right elements), without borders."""
    table = new_table((LEFT_COLUMN * MM, RIGHT_COLUMN * MM), margin=0)
    for cells in rows:
        table.append(new_row(cells, (LEFT_COLUMN * MM, RIGHT_COLUMN * MM)))
    return table


def new_table(widths, *, margin, border=""):
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


def new_row(cells, widths, *, heads=False, spans=None):
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
    form.append(new_element("w:tcW", **{"w:w": str(round(width * 20)), "w:type": "dxa"}))
    if span > 1:
        form.append(new_element("w:gridSpan", **{"w:val": str(span)}))
    form.append(new_element("w:vAlign", **{"w:val": stand}))
    cell.append(form)
    for element in elements:
        cell.append(element)
    return cell


def short_rule(lines, key, width):
    return new_rule(RULE * longest(lines, LOOKS[key]), width * MM)


def set_end(paper, heading):
    left = [new_paragraph("label", "Nơi nhận:")] if heading.recipients else []
    left += [new_paragraph("recipient", text) for text in heading.recipients]
    signed = [*heading.signing_authority.split("\n"), heading.signatory_title]
    right = [new_paragraph("position", line) for line in signed if line]
    if heading.signatory_name:
        right.append(new_paragraph("signatory", heading.signatory_name))
    add(paper, new_columns((left or [new_paragraph("recipient")], right or [new_paragraph("position")])))


def cell_key(css):
    return "middle" if "mid" in css.split() else "cell"


def like(model, row):
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


EPOCH = (1980, 1, 1, 0, 0, 0)  # what ZIP knows as the beginning of time


def saved(paper):
    """The file's bytes, the same for the same contents: no part of it says when it was written."""
    written, again = BytesIO(), BytesIO()
    paper.save(written)
    with ZipFile(written) as made, ZipFile(again, "w", ZIP_DEFLATED) as archive:
        for name in made.namelist():
            archive.writestr(ZipInfo(name, EPOCH), made.read(name), ZIP_DEFLATED)
    return again.getvalue()
