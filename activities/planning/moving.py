"""Words and days of a plan moved by whole years: what last year's plan says, said of another year.

Numbers that are no years stay: numbers of documents with their dates, names of laws, quantities.
"""

import re
from calendar import isleap

YEARS = range(1990, 2111)

_DATE = (
    r"(?<![\d/])(?P<day>\d{1,2})(?P<gap>\s*[./-]\s*|\s+tháng\s+)(?P<month>\d{1,2})"
    r"(?P<gap_2>\s*[./-]\s*|\s+năm\s+)(?P<year>\d{4})(?![\d/])"
)
_ANY_DATE = r"\d{1,2}(?:\s*[./-]\s*|\s+tháng\s+)\d{1,2}(?:\s*[./-]\s*|\s+năm\s+)\d{4}"
_NUMBER = r"(?<![\d/])\d+/(?:\d{4}/)?(?-i:[A-ZĐ])[\w.&-]*|\bsố\s+\d+/\d{4}\b"  # 45/KH-UBND, 09/2019/NĐ-CP, số 45/2026
_DOCUMENT = rf"(?:{_NUMBER})(?:\s*,?\s*(?:ngày\s+)?{_ANY_DATE}|\s+năm\s+\d{{4}})?"
_LAW = r"(?-i:Bộ luật|Luật|Pháp lệnh)\b[^,;.\d]{0,120}\d{4}"
_EACH_YEAR = r"\b(?:mỗi|hằng|hàng|một)\s+năm\s+\d+"  # "mỗi năm 2000 tờ"
_MORE = r"(?:\s*(?:,|-|–|—|và|đến)\s*(?:hết\s+)?(?:năm\s+)?\d{4}(?!\d))"
_SPANS = "|".join(
    (
        rf"\b(?:năm|giai đoạn|thời kỳ)\s+\d{{4}}(?!\d){_MORE}*",
        r"(?<![\d/])\d{4}\s*[-–—]\s*\d{4}(?![\d/])",
        r"(?<=[\dIVX])\s*/\s*\d{4}(?![\d/]|/?\w)",  # quý III/2026, tháng 6/2026
        r"\A\s*\d{4}\s*\Z",
    )
)
_PATTERN = re.compile(rf"(?P<stays>{_DOCUMENT}|{_LAW}|{_EACH_YEAR})|{_DATE}|(?P<spans>{_SPANS})", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def move_day(day, years):
    """The same day `years` later; 29/02 becomes 28/02 where that year has none. None stays None."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def move_words(words, years, *, only=YEARS):
    """`words` with their years moved: "trước ngày 15/02/2026" → "trước ngày 15/02/2027".

    Args:
        only: the years that are meant; a span such as "2021-2030" moves only where both its ends are.
    """
    return _PATTERN.sub(lambda found: _moved(found, years, only), words) if years else words


def move_dates(words, start, deadline, years):
    """An activity's time as printed, with its start and deadline, `years` later: (words, start, deadline)."""
    return move_words(words, years), move_day(start, years), move_day(deadline, years)


def named_years(words):
    """The years that `words` name, apart from those of documents and laws: {2026}."""
    found = set()
    for match in _PATTERN.finditer(words):
        if not match["stays"]:
            found.update(int(year) for year in _YEAR.findall(match.group()) if int(year) in YEARS)
    return found


def _moved(found, years, only):
    named = [int(year) for year in _YEAR.findall(found.group())]
    if found["stays"] or any(year not in only or year not in YEARS for year in named):
        return found.group()
    if found["day"]:
        return _moved_date(found, years)
    return _YEAR.sub(lambda year: str(int(year.group()) + years), found.group())


def _moved_date(found, years):
    """The written date as it was written, with its year moved; no date at all (31/9/2026) moves the same way."""
    year = int(found["year"]) + years
    is_leap_day = (int(found["day"]), int(found["month"])) == (29, 2) and not isleap(year)
    return f"{28 if is_leap_day else found['day']}{found['gap']}{found['month']}{found['gap_2']}{year}"
