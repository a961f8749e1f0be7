"""Vietnamese as documents print it: dates, numbers, symbols, points, headings of Nghị định 30/2020/NĐ-CP."""

import re

from agencies.templatetags.look import percent_vi

BULLET = re.compile(r"^\s*(?:[-–—+*•·]\s+|[-•](?!\d))")
POINTS = "abcdđeghiklmnopqrstuvxy"
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def number_vn(value):
    """1234567 as '1.234.567'; 1234.5 as '1.234,5'; None as an en dash."""
    if value is None:
        return "–"
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,"))


def percent_vn(value):
    """90.2 as '90,2%', 80 as '80,0%', but '0%' and '100%'; None as an en dash."""
    return percent_vi(value)


def short_date(day):
    """24/02/2012: two digits each."""
    return f"{day:%d/%m/%Y}"


def long_date(day):
    """'ngày 05 tháng 02 năm 2026': days below 10 and the months 1 and 2 get a leading zero, other months none."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


OPEN = "\u2003\u2003"  # a place left open on paper, to be filled in by hand


def place_and_date(place, day, *, issued):
    """The place and time line; a draft leaves the day open, as one leaves it on paper."""
    if issued:
        return f"{place}, {long_date(day)}"
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{place}, ngày{OPEN}tháng {month} năm {day.year}"


def document_number(number, kind, symbol):
    """'Số: 07/BC-SNV'; without a number the space stays open: 'Số:        /BC-SNV'."""
    shown = f"{number:02d}" if number else OPEN
    return f"Số: {shown}/{kind}-{symbol}"


def point(place):
    """The mark of the point at `place` (from 0): 'a)', 'b)', ... 'đ)' stands after d, there is no f.

    After the last letter points go on in pairs: 'aa)', 'ab)'.
    """
    lead, last = divmod(place, len(POINTS))
    return f"{POINTS[lead - 1] if lead else ''}{POINTS[last]})"


def in_capitals(name, short="UBND"):
    """An agency's name in the heading: capitals, the People's Committee abbreviated where it stands above."""
    return name.replace("Ủy ban nhân dân", short).upper()


def legal_bases(texts):
    """Legal bases as printed: each begins with 'Căn cứ', ends with ';', the last with '.'."""
    lines = [text.strip().rstrip(";.") for text in texts]
    lines = [line if line.startswith(("Căn cứ", "Theo", "Thực hiện", "Xét")) else f"Căn cứ {line}" for line in lines]
    return tuple(f"{line}{'.' if place == len(lines) - 1 else ';'}" for place, line in enumerate(lines))


def recipients(texts):
    """Recipients as printed: '- ...;' with the archive line last, ending with a full stop."""
    lines = [text.strip().rstrip(";.") for text in texts]
    archive = [line for line in lines if line.startswith("Lưu")] or ["Lưu: VT"]
    others = [line for line in lines if not line.startswith("Lưu")]
    return tuple(f"- {line};" for line in others) + (f"- {archive[0]}.",)


def first_upper(text):
    return text[:1].upper() + text[1:]


def first_lower(text):
    """Lower the first letter, unless it begins an abbreviation ('UBND') or a proper name ('Bộ Nội vụ', 'Hà Nội').

    A name is known by its second word: 'Nội' is capitalised, 'truyền' is not.
    """
    word, _space, rest = text.partition(" ")
    second = rest.partition(" ")[0]
    if (word.isupper() and len(word) > 1) or second.istitle():
        return text
    return text[:1].lower() + text[1:]


def about(title):
    """A document's title as it stands after 'về' or 'Kế hoạch': 'Về việc tuyên truyền' gives 'tuyên truyền'."""
    title = title.strip()
    for opening in ("Kế hoạch ", "Chương trình ", "Đề án ", "Về việc ", "Về "):
        if title.lower().startswith(opening.lower()) and title[len(opening) :].strip():
            title = title[len(opening) :].strip()
    return first_lower(title)


def one_line(text):
    """Text typed on several lines as one: bullets fall away, items are parted by ';'."""
    joined = ""
    for line in text.splitlines():
        words = " ".join(BULLET.sub("", line).split())
        if not words:
            continue
        if not joined or joined.endswith((".", ":", "!", "?", "…")):
            joined = f"{joined} {words}".lstrip()
        else:
            joined = f"{joined.rstrip(';,')}; {first_lower(words)}"
    return joined.rstrip(" ;")


def unended(text):
    """One line without the stop (or './.') it ends with, ready to stand inside a sentence; an ellipsis stays."""
    text = one_line(text)
    return text if text.endswith(("…", "...")) else text.removesuffix("./.").rstrip(" .;,")


def sentence(text):
    """One line that begins with a capital and ends with one full stop, or with its own '…', '!' or '?'."""
    text = first_upper(unended(text))
    return text if text.endswith(("…", "...", "!", "?")) or not text else f"{text}."


def some(names, limit=4):
    """'A, B, C' or, of many, 'A, B, C, D và 8 đơn vị khác'."""
    if len(names) <= limit:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} và {len(names) - limit} đơn vị khác"
