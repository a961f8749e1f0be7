"""How plans stand seen from one day: what a period is compared by."""

from dataclasses import dataclass
from functools import cached_property

from activities.filters import is_due_within, on_track
from activities.models import ReportingPeriod
from activities.progress import FINISHED, TO_HANDLE, Standing, State, count_by_state
from activities.readings import Reading

from .proofs import Coverage
from .totals import PeriodTotals

SOON = "30"  # days, a span of the list of activities


@dataclass(frozen=True)
class Glance:
    """A period (and those that go with it in other plans), read from a day; `rows` are worst first, starred before.

    `due`: all reporting periods of the plans, by which silence is judged.
    """

    period: ReportingPeriod
    reading: Reading
    rows: tuple[Standing, ...]
    due: tuple[ReportingPeriod, ...]
    totals: PeriodTotals
    coverage: Coverage

    @cached_property
    def by_state(self):
        """{State: n}, zeros included."""
        return count_by_state(self.rows)

    @cached_property
    def _judged(self):
        return on_track(self.rows, self.due, self.reading)

    @property
    def on_track(self):
        return len(self._judged[0])

    @property
    def silent(self):
        """Standings without a report, though one was due."""
        return tuple(self._judged[1])

    @cached_property
    def to_handle(self):
        return tuple(row for row in self.rows if row.state in TO_HANDLE)

    @cached_property
    def soon(self):
        """Unfinished, due within 30 days; nearest first."""
        found = [row for row in self.rows if row.state not in FINISHED and is_due_within(row, SOON, self.reading.day)]
        return tuple(sorted(found, key=lambda row: row.activity.deadline))

    @property
    def activity_count(self):
        return len(self.rows) - self.by_state[State.CANCELLED]
