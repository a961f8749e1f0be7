"""The plan as the document it is: one object with every word of it, which PDF and Word only print.

The rows come from a version's content (`activities.versions.content_of`), so that an earlier version prints
as it was. Their words stay as written; numbering, headings and what else the form asks for are the document's. What
the plan does not say is left out, and the numbering closes up. Texts are Vietnamese: it is a document.
"""

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from activities.planning.annex import roman
from agencies.vietnamese import nfc
from plans.document import KIND_WORDS, Part, PlanDocument, ThemeNode
from plans.models import DutyKind, Frequency, PlanKind, PlanStatus

from .annexes import Annex, Cell, Column
from .quarterly import COMMITTEES, Heading, Paragraph, Section, signing_of
from .wording import (
    about,
    document_number,
    first_lower,
    first_upper,
    in_capitals,
    legal_bases,
    long_date,
    number_vn,
    place_and_date,
    point,
    recipients,
    short_date,
    unended,
)

OPEN_DAY = "ngày\u2003\u2003tháng\u2003\u2003năm\u2003\u2003"
ENDED = re.compile(r"[.;:!?…][”\"’)]*$")
ONE_DIGIT = re.compile(r"^(?=[1-9](?!\d))")
STOP = re.compile(r"\s*(?:\./\.|(?<!\.)[.;,])?$")  # what a row ends with, and what is inserted stands before
HOW_OFTEN = {
    Frequency.MONTHLY: "hằng tháng",
    Frequency.QUARTERLY: "hằng quý",
    Frequency.HALF_YEARLY: "6 tháng",
    Frequency.YEARLY: "hằng năm",
}
SEE_ANNEX = (
    "Nội dung {count} hoạt động, cơ quan chủ trì, cơ quan phối hợp, thời gian hoàn thành và sản phẩm dự kiến "
    "(Phụ lục kèm theo)."
)
ANNEX_TITLE = "DANH MỤC HOẠT ĐỘNG VÀ PHÂN CÔNG THỰC HIỆN"
COLUMNS = (
    Column("TT", 6, "mid nw"),
    Column("Nội dung thực hiện", 33, "lines"),
    Column("Cơ quan chủ trì", 16),
    Column("Cơ quan phối hợp", 18),
    Column("Thời gian hoàn thành", 12),
    Column("Sản phẩm dự kiến", 15),
)


@dataclass(frozen=True)
class PlanPaper:
    """Everything the document says: `is_draft` prints a mark, `annexes` is the one of the activities, if any."""

    is_draft: bool
    heading: Heading
    opening: str
    sections: tuple[Section, ...]
    annexes: tuple[Annex, ...]


def build_plan_document(plan, content, *, amendments=()):
    """The document of `plan` as `content` has it. No queries.

    Args:
        plan: with issuing_agency, its parent and locality loaded: whose paper it is.
        content: what a version keeps, or `content_of(plan)`.
        amendments: (number, day of issue) of those that made the content what it is, in order.
    """
    facts = content["facts"]
    document = _parts(content["parts"])
    activities = [row for row in content["activities"] if not row["cancelled_on"]]
    sections = _numbered(
        _purpose(document), _themes(document), _forms(document, activities), _budget(document), _duties(document)
    )
    return PlanPaper(
        is_draft=plan.status == PlanStatus.DRAFT,
        heading=_heading(plan, facts, document, amendments),
        opening=_opening(facts) if sections else "",
        sections=sections,
        annexes=(_annex(activities, content["groups"]),) if activities else (),
    )


def file_name(plan, ordinal=None):
    """'ke-hoach-12-KH-UBND' in plain letters, with '-ban-1' for a version; a draft says that it is one."""
    draft = "du-thao-" if plan.status == PlanStatus.DRAFT else ""
    kind = _plain(KIND_WORDS.get(plan.kind, KIND_WORDS[PlanKind.PLAN]).lower())
    number = _plain(plan.number) or f"{plan.period_start.year}-{plan.pk}"
    return f"{draft}{kind}-{number}{f'-ban-{ordinal}' if ordinal else ''}"


def _plain(text):
    """'271/KH-UBND' as '271-KH-UBND', 'Đề án' as 'De-an'."""
    marks_apart = unicodedata.normalize("NFD", text.translate({ord("đ"): "d", ord("Đ"): "D"}))
    letters = "".join(char for char in marks_apart if not unicodedata.combining(char))
    return re.sub(r"[^A-Za-z0-9]+", "-", letters).strip("-")


# Rows


def _parts(parts):
    """The rows of a version's content as a PlanDocument, their words fit to print."""
    return PlanDocument(**{kind: tuple(_part(kind, row) for row in rows) for kind, rows in parts.items()})


def _part(kind, row):
    words = {name: printable(row[name]) for name in ("text", "note", "extra")}
    own = {name: row[name] for name in ("code", "parent", "more")}
    names = tuple(printable(name) for name in row["names"])
    return Part(kind=kind, pk=row["id"], names=names, version=0, edited_at=None, **own, **words)


def printable(text):
    """`text` in composed letters, one space between words, without empty lines and characters that cannot be seen."""
    lines = (" ".join("".join(map(_seen, line)).split()) for line in text.splitlines())
    return nfc("\n".join(line for line in lines if line))


def _seen(char):
    if char.isspace():
        return " "
    return "" if unicodedata.category(char).startswith("C") else char


def _inserted(text, words):
    """`words` before the stop of `text`: 'Gửi báo cáo đúng hạn.' gives 'Gửi báo cáo đúng hạn (100%).'"""
    end = STOP.search(text).start()
    return f"{text[:end]}{words}{text[end:].lstrip()}"


def _ended(texts, stop=";"):
    """Rows of a list as they end in print: as written, where nothing is written with `stop`, the last with '.'."""
    last = len(texts) - 1
    return [_end(text, "." if place == last else stop) for place, text in enumerate(texts)]


def _end(text, stop):
    if stop == ".":
        text = text.rstrip(" ;,")
    return text if ENDED.search(text) else f"{text.rstrip(' ,')}{stop}"


def _says(text, words):
    """`text` has the `words` in it, whatever their case and the stop they end with."""
    return unended(words).casefold() in " ".join(text.split()).casefold()


def _joined(names, mark=""):
    """Names in a row, parted by semicolons where they have commas of their own; 'Các' begins no word within it."""
    mark = mark or ("; " if any("," in name for name in names) else ", ")
    return mark.join(name if place == 0 else re.sub("^Các ", "các ", name) for place, name in enumerate(names))


# Paragraphs


def _number(place):
    return f"{place + 1}."


def _dash(_place):
    return "-"


def _listed(texts, mark):
    """Texts as marked paragraphs; one that is alone needs no mark."""
    for place, text in enumerate(_ended(texts)):
        yield from _marked(text, mark(place) if len(texts) > 1 else "")


def _marked(text, mark):
    """A text behind its mark; its further lines stand below."""
    first, *others = text.split("\n")
    return [Paragraph(f"{mark} {first}".lstrip()), *map(Paragraph, others)]


def _titled(place, title):
    """The heading of a khoản."""
    return Paragraph("", lead=f"{_number(place)} {title}", level=1)


def _numbered(*sections):
    """The sections that say something, in Roman numerals."""
    said = [section for section in sections if section]
    if said:
        said[-1] = (said[-1][0], _closed(said[-1][1]))
    return tuple(
        Section(roman(place), title, tuple(paragraphs)) for place, (title, paragraphs) in enumerate(said, start=1)
    )


def _closed(paragraphs):
    """The body ends with './.'"""
    *others, last = paragraphs
    text = last.text if last.text.endswith(("...", "./.")) else last.text.removesuffix(".")
    return [*others, replace(last, text=f"{text.removesuffix('./.')}./.")]


# Heading


def _heading(plan, facts, document, amendments):
    agency = plan.issuing_agency
    is_draft = plan.status == PlanStatus.DRAFT
    authority, position, name = (
        printable(facts[each]) for each in ("signing_authority", "signatory_title", "signatory_name")
    )
    if is_draft and not authority and not position:
        authority, position = signing_of(agency)
    written = printable(facts["issuing_agency_name"]) or agency.name
    # People's Committees print no agency above their own name.
    parent = printable(agency.parent.name) if agency.parent and agency.kind not in COMMITTEES else ""
    lines = [row.text for row in document.recipients]
    return Heading(
        parent_agency=in_capitals(parent),
        agency=re.sub(r"^UBND\b", "Ủy ban nhân dân", written).upper(),
        agency_name=written,
        number=_document_number(facts, agency),
        place_and_date=_place_and_date(printable(facts["place"] or plan.locality.place_name), facts["issued_on"]),
        kind=_kind_word(facts).upper(),
        abstract=_abstract(facts),
        addressee="",
        legal_bases=legal_bases([row.text.replace("\n", " ") for row in document.legal_bases]),
        signing_authority=authority.upper(),
        signatory_title=position.upper(),
        signatory_name=name,
        recipients=recipients(lines) if lines or is_draft else (),
        note=_amended(facts, amendments),
    )


def _kind_word(facts):
    return KIND_WORDS.get(facts["kind"], KIND_WORDS[PlanKind.PLAN])


def _document_number(facts, agency):
    """'Số: 08/KH-UBND': numbers below 10 get a zero; open where the plan has no number yet."""
    written = printable(facts["number"])
    if not written:
        return document_number(None, facts["kind"], printable(agency.symbol) or "…")
    return f"Số: {ONE_DIGIT.sub('0', written)}"


def _place_and_date(place, day):
    return place_and_date(place, date.fromisoformat(day), issued=True) if day else f"{place}, {OPEN_DAY}"


def _abstract(facts):
    """The title without the kind of document, which stands above it."""
    title = " ".join(printable(facts["title"]).split())
    opening = f"{_kind_word(facts)} "
    return first_upper(title[len(opening) :] if title.lower().startswith(opening.lower()) else title)


def _amended(facts, amendments):
    if not amendments:
        return ""
    kind = _kind_word(facts)
    named = "; ".join(f"{kind} số {printable(number)} {long_date(day)}" for number, day in amendments)
    return f"(Đã được sửa đổi, bổ sung theo {named})"


def _opening(facts):
    agency = printable(facts["issuing_agency_name"])
    return f"{agency} ban hành {_kind_word(facts)} {about(_abstract(facts))} như sau:"


# Sections: (title, paragraphs), or None where the plan says nothing of it


def _section(*parts, after=""):
    """Parts (word of the title, heading, texts) of a section; where only one says something it needs no heading."""
    said = [part for part in parts if part[2]]
    if not said:
        return None
    title = ", ".join(word for word, _heading, _texts in said) + after
    if len(said) == 1:
        return title, list(_listed(said[0][2], _number))
    paragraphs = []
    for place, (_word, heading, texts) in enumerate(said):
        paragraphs += [_titled(place, heading), *_listed(texts, point)]
    return title, paragraphs


def _purpose(document):
    return _section(
        ("MỤC ĐÍCH", "Mục đích", [_with_target(row) for row in document.objectives]),
        ("YÊU CẦU", "Yêu cầu", [row.text for row in document.requirements]),
    )


def _with_target(objective):
    if not objective.note or _says(objective.text, objective.note):
        return objective.text
    return _inserted(objective.text, f" (chỉ tiêu: {first_lower(unended(objective.note))})")


def _forms(document, activities):
    return _section(
        ("HÌNH THỨC", "Hình thức tuyên truyền", [row.text for row in document.channels]),
        ("HOẠT ĐỘNG", "Hoạt động tuyên truyền", [SEE_ANNEX.format(count=len(activities))] if activities else []),
        after=" TUYÊN TRUYỀN",
    )


def _themes(document):
    """What is said to whom; audiences that no theme names are named before."""
    named = {name for row in document.themes for name in row.names}
    audiences = [row.text for row in document.audiences]
    paragraphs = _theme_paragraphs(document.theme_groups)
    if set(audiences) <= named:
        return ("NỘI DUNG TUYÊN TRUYỀN", paragraphs) if paragraphs else None
    told = Paragraph(f"Đối tượng tuyên truyền: {'; '.join(first_lower(unended(text)) for text in audiences)}.")
    return f"ĐỐI TƯỢNG{', NỘI DUNG' if paragraphs else ''} TUYÊN TRUYỀN", [told, *paragraphs]


def _theme_paragraphs(groups):
    if not any(group.audiences for group in groups):
        return _flat([node for group in groups for node in group.themes])
    return [paragraph for place, khoan in enumerate(_khoans(groups)) for paragraph in _khoan(place, *khoan)]


def _khoans(groups):
    """(title, nodes) by audience; a theme that is only a heading stands for itself."""
    for group in groups:
        if all(node.children for node in group.themes):
            yield from ((_to(group.audiences, _focused(node.theme)), _leaves(node.children)) for node in group.themes)
        else:
            yield _to(group.audiences), group.themes


def _leaves(themes):
    return [ThemeNode(theme, ()) for theme in themes]


def _to(audiences, title=""):
    """'Đối với người dân', or the heading `title` with whom it is for, unless it says so itself."""
    unsaid = [name for name in audiences if not _says(title, name)]
    if not audiences:
        return unended(title) or "Nội dung chung"
    words = _joined([unended(name) if _says(name, "Đối với") else first_lower(unended(name)) for name in unsaid])
    if title:
        return _inserted(unended(title), f" (đối với {words})") if unsaid else unended(title)
    return words if words.startswith("Đối với") else f"Đối với {words}"


def _khoan(place, title, nodes):
    yield _titled(place, title)
    yield from _with_children(nodes, point, _dash)


def _flat(nodes):
    """Themes for nobody in particular: khoản with their points."""
    return list(_with_children(nodes, _number, point))


def _with_children(nodes, mark, mark_below):
    """Themes as marked paragraphs; one with themes below it ends with ':'."""
    texts = [f"{unended(_focused(node.theme))}:" if node.children else _focused(node.theme) for node in nodes]
    stop = "." if any(node.children for node in nodes) else ";"
    for place, (text, node) in enumerate(zip(_ended(texts, stop), nodes, strict=True)):
        yield from _marked(text, mark(place) if len(texts) > 1 else "")
        yield from _listed([_focused(child) for child in node.children], mark_below)


def _focused(theme):
    return _inserted(theme.text, " (nội dung trọng tâm)") if theme.is_focus else theme.text


def _budget(document):
    lines = document.budget_lines
    if not lines:
        return None
    paragraphs = list(_listed([_money(line) for line in lines], _number))
    if sum(line.amount is not None for line in lines) > 1:
        paragraphs.insert(0, Paragraph(f"Tổng kinh phí: {number_vn(document.budget_total)} đồng, gồm:"))
    return "KINH PHÍ THỰC HIỆN", paragraphs


def _money(line):
    bearer = f" ({line.extra})" if line.extra and not _says(line.text, line.extra) else ""
    amount = "" if line.amount is None else f": {number_vn(line.amount)} đồng"
    return _inserted(line.text, f"{amount}{bearer}") if amount or bearer else line.text


def _duties(document):
    """Who is responsible for what, by bearer, then who reports; what the budget says is not said again."""
    budget = [line.text for line in document.budget_lines]
    of_bearer = {}
    for duty in document.duties:
        if not (duty.note == DutyKind.BUDGET and any(_says(text, duty.text) for text in budget)):
            of_bearer.setdefault(duty.extra or _joined(duty.names), []).append(duty.text)
    reporting = [_reporting(row) for row in document.reporting_duties if not _is_told(row, of_bearer)]
    khoans = [*of_bearer.items(), *([("Chế độ báo cáo", reporting)] if reporting else [])]
    if not khoans:
        return None
    if list(of_bearer) == [""] and not reporting:
        return "TỔ CHỨC THỰC HIỆN", list(_listed(of_bearer[""], _number))
    paragraphs = []
    for place, (title, texts) in enumerate(khoans):
        paragraphs += [_titled(place, title or "Nhiệm vụ chung"), *_listed(texts, point)]
    return "TỔ CHỨC THỰC HIỆN", paragraphs


def _is_told(row, of_bearer):
    """A duty of the reporter says it already, and there is no date to add."""
    return not any(row.dates) and any(_says(text, row.text) for text in of_bearer.get(row.note, ()))


def _reporting(row):
    """The duty in its own words; what they do not say (who, to whom, how often, when) is added."""
    text = row.text
    if row.note and not _says(text, row.note):
        text = f"{row.note}: {first_lower(text)}"
    details = [*_how_often(row), *_addressee(row), *_reporting_dates(row)]
    return _inserted(text, f" ({'; '.join(details)})") if details else text


def _how_often(row):
    words = [HOW_OFTEN[code] for code in json.loads(row.code or "[]") if code in HOW_OFTEN]
    unsaid = [each for each in words if not _says(row.text, each.removeprefix("hằng "))]
    return [f"định kỳ {', '.join(unsaid)}"] if unsaid else []


def _addressee(row):
    names = [name for name in re.split(r"[,;]\s*|\s+và\s+", row.extra) if name]
    return [] if all(_says(row.text, name) for name in names) else [f"gửi {row.extra}"]


def _reporting_dates(row):
    cutoff, _apart, due = row.more.partition("\x1f")
    for words, said in (("số liệu tính đến", printable(cutoff)), ("thời hạn gửi báo cáo:", printable(due))):
        if said and not _says(row.text, said):
            yield f"{words} {first_lower(unended(said))}"


# Annex


def _annex(activities, groups):
    """The table of activities; those of no group stand first, under no heading."""
    rows = [_row(activity) for activity in activities if activity["group"] is None]
    grouped = [
        (group, within)
        for group in sorted(groups, key=lambda group: (group["position"], group["id"]))
        if (within := [activity for activity in activities if activity["group"] == group["id"]])
    ]
    for place, (group, within) in enumerate(grouped, start=1):
        rows.append((Cell(roman(place), css="mid group"), Cell(printable(group["title"]), css="group", span=5)))
        rows += [_row(activity) for activity in within]
    return Annex("", ANNEX_TITLE, COLUMNS, tuple(rows), "")


def _row(activity):
    return (
        Cell(printable(activity["number"])),
        Cell("\n".join(filter(None, (printable(activity["title"]), printable(activity["details"]))))),
        Cell(_parties(activity["leads"])),
        Cell(_parties(activity["cooperating"])),
        Cell(_time(activity)),
        Cell(_product(activity)),
    )


def _parties(parties):
    return _joined([printable(party["name"]) for party in parties], "; ")


def _time(activity):
    """The time as written, else its dates."""
    if words := printable(activity["schedule_text"]):
        return first_upper(words)
    start, deadline = (date.fromisoformat(activity[name]) if activity[name] else None for name in ("start", "deadline"))
    if start and deadline:
        return f"Từ ngày {short_date(start)} đến ngày {short_date(deadline)}"
    if deadline:
        return f"Chậm nhất ngày {short_date(deadline)}"
    return f"Từ ngày {short_date(start)}" if start else ""


def _product(activity):
    """The product as written, else the target."""
    written = printable(activity["expected_product"])
    if written or not activity["target_quantity"]:
        return written
    return f"{number_vn(activity['target_quantity'])} {printable(activity['target_unit'])}".rstrip()
