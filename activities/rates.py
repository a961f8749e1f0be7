"""How complete and how punctual reporting is, counted as DHIS2 counts it.

Source: DHIS2, "Reporting rate summary" (EXPECTED_REPORTS, ACTUAL_REPORTS, ACTUAL_REPORTS_ON_TIME, REPORTING_RATE,
REPORTING_RATE_ON_TIME; docs.dhis2.org, Analytics). Both rates have what was expected below the line:

    completeness (reporting rate)         received / expected
    timeliness (reporting rate on time)   received on time / expected

- Expected: one update from each agency obliged to report on the period; the invited owe nothing and are in neither.
- Received: sent at least once and not taken back, whatever was decided of it since; "nothing to report" is received.
- On time: first sent by the agencies' deadline. An extension moves the lock, not the deadline: it changes no rate.
- Approved: the coordinator's decision, kept apart from both rates.
- Updated this period: received, and at least one line tells of work (begun or done in the period).
"""

from dataclasses import dataclass

from .models import Status
from .shares import share
from .submissions import Punctuality


@dataclass(frozen=True)
class Rates:
    """Updates, as whole numbers; rates in percent, 0 to 100, one decimal, None where nothing was expected."""

    expected: int
    received: int
    on_time: int
    approved: int
    updated: int
    missing: int  # not received although the deadline has passed

    @property
    def late(self):
        return self.received - self.on_time

    @property
    def outstanding(self):
        """Not received, whether or not the deadline has passed."""
        return self.expected - self.received

    @property
    def completeness(self):
        return share(self.received, self.expected)

    @property
    def timeliness(self):
        return share(self.on_time, self.expected)


def rates_of(rows):
    """The rates of some duties (Submissions): those of one agency, of one period, or of all."""
    owed = [row for row in rows if not row.is_invited]
    return Rates(
        expected=len(owed),
        received=sum(row.is_sent for row in owed),
        on_time=sum(row.punctuality == Punctuality.ON_TIME for row in owed),
        approved=sum(row.status == Status.APPROVED for row in owed),
        updated=sum(row.is_updated for row in owed),
        missing=sum(row.punctuality == Punctuality.MISSING for row in owed),
    )
