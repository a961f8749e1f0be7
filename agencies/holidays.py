"""Working days: weekends, public holidays, and the Saturdays worked to make up for a day off; kept as rows.

Source of what is filled in: the `holidays` library, which follows Bộ luật lao động Art. 112 and the yearly decisions
on days off moved. A locality keeps its own list; nothing that a person changed is filled over.
"""

from datetime import date, timedelta

from .models import Holiday

DAY = timedelta(days=1)
SATURDAY = 5
FIRST_YEAR, LAST_YEAR = 2000, 2100  # of any date of a plan
COUNTRY, LANGUAGE = "VN", "vi"
MADE_UP = "Làm bù ngày nghỉ được hoán đổi"  # the name of a row is Vietnamese, as those of the library are


class WorkingDays:
    """Which days are worked, by the rows of one locality; without rows Monday to Friday."""

    def __init__(self, holidays=()):
        rows = list(holidays)
        self._off = {row.day for row in rows if not row.is_worked}
        self._on = {row.day for row in rows if row.is_worked}

    def is_worked(self, day):
        return day in self._on or (day.weekday() < SATURDAY and day not in self._off)

    def on_or_after(self, day):
        """`day` itself, or the first working day after it."""
        while not self.is_worked(day):
            day += DAY
        return day

    def next_after(self, day):
        return self.on_or_after(day + DAY)

    def between(self, first, last):
        """How many working days lie after `first`, up to and with `last`."""
        return sum(self.is_worked(first + n * DAY) for n in range(1, (last - first).days + 1))


def public_holidays(year):
    """The country's days off in `year` and the weekend days worked instead: [(day, name, is_worked)], by day."""
    import holidays  # slow to load, and needed once a year

    country = holidays.country_holidays(COUNTRY, years=year, language=LANGUAGE)
    off = [(day, name, False) for day, name in country.items() if day.year == year]
    on = [(day, MADE_UP, True) for day in country.weekend_workdays if day.year == year]
    return sorted(off + on)


def fill(locality, year):
    """Take over the public holidays of `year` that the locality's list lacks; returns how many.

    A day that is in the list stays as it is, whatever it is called there.
    """
    there = set(Holiday.objects.filter(locality=locality, day__year=year).values_list("day", flat=True))
    missing = [each for each in public_holidays(year) if each[0] not in there]
    Holiday.objects.bulk_create(
        [Holiday(locality=locality, day=day, name=name, is_worked=is_worked) for day, name, is_worked in missing],
        ignore_conflicts=True,
    )
    return len(missing)


def working_days(locality, years):
    """The locality's working days of `years`; a year nobody has touched yet is filled in first."""
    rows = _rows_of(locality, years)
    empty = {*years} - {row.day.year for row in rows}
    for year in sorted(empty):
        fill(locality, year)
    return WorkingDays(_rows_of(locality, years) if empty else rows)


def names_of(locality, first, last):
    """What the days from `first` to `last` are called that the locality's offices are closed, or open on a weekend:
    {day: name}. One query; a year nobody has touched yet goes by the country's days.
    """
    years = range(first.year, last.year + 1)
    rows = [(row.day, row.name) for row in _rows_of(locality, years)]
    for year in {*years} - {day.year for day, _name in rows}:
        rows += [(day, name) for day, name, _is_worked in public_holidays(year)]
    return {day: name for day, name in rows if first <= day <= last}


def _rows_of(locality, years):
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    return list(Holiday.objects.filter(locality=locality, day__range=(first, last)))
