"""The words of a time in a plan, as tokens: what each of them can be, not yet what they mean together."""

import calendar
import re
import unicodedata
from datetime import date
from typing import NamedTuple

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

YEARS = range(1990, 2111)
LONGEST = 300  # characters: what the column of the words holds

IMPLAUSIBLE = _("Check the year: dates lie between 1990 and 2110.")
NO_SUCH_MONTH = _("A year has the months 1 to 12.")
NO_SUCH_QUARTER = _("A year has the quarters I to IV.")
NO_SUCH_DAY = _("The days of a month count from 1.")
_filled = lazy(lambda sentence, values: sentence % values, str)


class Misread(Exception):
    """The words are not understood; `problem` says why, where a person can mend it."""

    def __init__(self, problem=""):
        super().__init__()
        self.problem = problem


class When(NamedTuple):
    """A day, month, quarter, part of a year or year, in numbers that need not be possible.

    `day` is None for what is longer than a day, `year` where the words leave it open.
    """

    unit: str
    first_month: int
    last_month: int
    day: int | None
    year: int | None

    def first(self, open_year):
        year = self._sound_year(open_year)
        return date(year, self.first_month, self.day or 1)

    def last(self, open_year):
        year = self._sound_year(open_year)
        return date(year, self.last_month, self.day or calendar.monthrange(year, self.last_month)[1])

    def _sound_year(self, open_year):
        year = self.year or open_year
        if not 1 <= self.first_month <= self.last_month <= 12:
            raise Misread(NO_SUCH_QUARTER if self.unit == "quarter" else NO_SUCH_MONTH)
        if year not in YEARS:
            raise Misread(IMPLAUSIBLE)
        if self.day is not None:
            _check_day(self.day, self.last_month, year)
        return year


def _check_day(day, month, year):
    days = calendar.monthrange(year, month)[1]
    if day < 1:
        raise Misread(NO_SUCH_DAY)
    if day > days and month == 2:
        raise Misread(_filled(_("February %(year)s has only %(days)s days."), {"year": year, "days": days}))
    if day > days:
        raise Misread(_filled(_("Month %(month)s has only %(days)s days."), {"month": month, "days": days}))


class Token(NamedTuple):
    symbol: str
    value: object = None  # a When, a unit, a count


# What the words of a row of the lexicon are worth: match -> value

UNITS = {"ngày": "day", "tuần": "week", "tháng": "month", "quý": "quarter", "năm": "year"}
COUNTS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}  # năm: a year
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def _day(match):
    month = int(match["month"])
    return When("day", month, month, int(match["day"]), _year_in(match))


def _span(match):
    return SPANS[UNITS[match["unit"]]](match["number"], _year_in(match))


def _part(match):
    months = _count(match)
    first, last = (1, months) if match["end"] == "đầu" else (13 - months, 12)
    return When("part", first, last, None, _year_in(match))


def _year(match):
    return When("year", 1, 12, None, _year_in(match))


def _loose(match):
    return match["number"], _year_in(match), "/" in match[0]


def _unit(match):
    return UNITS[match["unit"]]


def _count(match):
    return COUNTS.get(match["number"]) or int(match["number"])


def _year_in(match):
    found = match.groupdict()
    written = found.get("year") or found.get("in_year")
    return int(written) if written else None


def _month_numbered(number, year):
    month = int(number) if number.isdigit() else 0
    return When("month", month, month, None, year)


def _quarter_numbered(number, year):
    ordinal = int(number) if number.isdigit() else ROMAN.get(number, 0)
    return When("quarter", 3 * ordinal - 2, 3 * ordinal, None, year)


SPANS = {"month": _month_numbered, "quarter": _quarter_numbered}


# Symbol, its words, what they are worth. The first row that fits wins, and ends where a word or number ends.

N, YEAR = "[0-9]{1,2}", "[0-9]{4}"
IN_YEAR = f",? (?:của )?năm (?P<in_year>{YEAR})"
OF_YEAR = f"(?:[/.-](?P<year>{YEAR})|{IN_YEAR})"
UNIT = f"(?P<unit>{'|'.join(UNITS)})(?! {YEAR})"
ONE = "(?:(?:0?1|một) )?"
COUNT = f"(?P<number>[0-9]{{1,3}}|{'|'.join(COUNTS)})"
LATEST = "(?:chậm nhất|muộn nhất)(?: là)?(?: vào| đến(?: hết)?)?"

LEXICON = (
    ("day", f"(?:(?:các )?ngày )?(?P<day>{N})(?P<mark>[/.-])(?P<month>{N})(?P=mark)(?P<year>{YEAR})", _day),
    ("day", f"(?:(?:các )?ngày )?(?P<day>{N})(?P<mark>[/.])(?P<month>{N})(?:{IN_YEAR})?(?!(?P=mark)[0-9])", _day),
    ("day", f"ngày (?P<day>{N}) tháng (?P<month>{N}){OF_YEAR}?", _day),
    ("span", f"(?P<number>{N}|ba|sáu|chín) tháng (?P<end>đầu|cuối) (?:của )?năm(?: (?P<year>{YEAR}))?", _part),
    ("span", f"(?:các )?(?P<unit>tháng|quý) ?(?P<number>{N}|[ivx]+){OF_YEAR}?", _span),
    ("after", "(?:[,;] ?(?:và )?|và )(?:các|những) năm (?:tiếp theo|kế tiếp|sau)", None),
    ("onward", "trở đi", None),
    ("each", f"(?:định kỳ )?(?:hằng|hàng|mỗi|từng) {UNIT}", _unit),
    ("each", f"định kỳ (?:theo )?{UNIT}", _unit),
    ("each", f"{ONE}{UNIT}/{ONE}lần", _unit),
    ("slash", f"/{ONE}{UNIT}", _unit),
    ("per", f"(?:0?1|một) {UNIT}", _unit),
    ("count", f"{COUNT} (?:lần|lượt|số|kỳ|buổi|đợt|cuộc|phiên|chuyên mục|chuyên đề|chương trình)", _count),
    ("periodic", "định kỳ", None),
    ("always", "thường xuyên(?:,? liên tục)?|liên tục(?:,? thường xuyên)?", None),
    ("whole", "cả|suốt|trọn|quanh", None),
    ("stage", "giai đoạn", None),
    ("year", f"(?:(?:các )?năm )?(?P<year>{YEAR})", _year),
    ("this_year", "năm", _year),
    ("before", f"(?:{LATEST} |hạn )?trước", None),
    ("by", f"{LATEST}|không (?:muộn|chậm) hơn|không quá|(?:thời )?hạn(?: chót| cuối)?(?: là|:)?", None),
    ("by", "từ nay đến(?: hết)?|hết", None),
    ("to", "(?:đến|tới)(?: hết)?", None),
    ("from", "(?:bắt đầu |kể )?từ", None),
    ("done", "thời gian hoàn thành:?|hoàn thành|xong", None),
    ("do", "thời gian thực hiện:?|thực hiện|triển khai|tổ chức", None),
    ("in", "trong|vào", None),
    ("sep", "(?:[,;] ?)?và|;", None),
    ("comma", ",", None),
    ("dash", "-", None),
    ("loose", f"(?P<number>{N}|[ivx]+)(?:/(?P<year>{YEAR})|{IN_YEAR})?", _loose),
)
ROWS = tuple((symbol, re.compile(rf"(?:{words})(?!(?<=\w)\w)"), value) for symbol, words, value in LEXICON)


def tidied(words):
    """One form for all the ways to type the same: letters, case, spaces, dashes, the full stop."""
    text = unicodedata.normalize("NFC", re.sub("[\u200b\ufeff\u00ad]", "", words))
    text = re.sub("[‐‑‒–—−]", "-", unicodedata.normalize("NFC", text.casefold()))
    text = re.sub(" ?/ ?", "/", " ".join(text.split()))
    return re.sub(r"(?<=\w) ?[.;]$", "", re.sub("quí|qúi|qúy", "quý", text))


def tokens_of(text):
    """Tidied `text` as tokens. Raises Misread where a word is in no row."""
    if len(text) > LONGEST:
        raise Misread()
    tokens, place = [], 0
    while place < len(text):
        token, place = _token_at(text, place)
        tokens.append(_with_its_unit(token, tokens) if token.symbol == "loose" else token)
        place += text.startswith(" ", place)
    return tokens


def _token_at(text, place):
    for symbol, words, value in ROWS:
        if found := words.match(text, place):
            return Token(symbol, value and value(found)), found.end()
    raise Misread()


def _with_its_unit(token, before):
    """A number without a word: "tháng 6, 7/2026" goes on in months, "trước 6/2026" is a month; else it stays loose."""
    number, year, has_slash = token.value
    unit = "month" if has_slash else ""
    if before and before[-1].symbol in ("comma", "sep", "dash", "to"):
        unit = _unit_of(before[-2]) if before[1:] else ""
    return Token("span", SPANS[unit](number, year)) if unit in SPANS else token


def _unit_of(token):
    return token.value.unit if isinstance(token.value, When) else ""
