"""What the query string of the queue means."""

from dataclasses import dataclass
from urllib.parse import urlencode

SHOWS = {"again": "is_sent_again", "late": "is_late", "warned": "has_warnings"}
CLEAN = "clean"


@dataclass(frozen=True)
class Narrowing:
    """What of the queue is shown: of one period, of one group of agencies, of one kind. Nonsense narrows nothing."""

    period: int | None = None
    group: int | None = None
    show: str = ""

    @classmethod
    def of(cls, query):
        """`of` is a period's key, `group` a group's, `show` a key of SHOWS or "clean"."""
        show = query.get("show", "")
        return cls(_key(query.get("of", "")), _key(query.get("group", "")), show if show in (*SHOWS, CLEAN) else "")

    def __bool__(self):
        return self != Narrowing()

    @property
    def query(self):
        """As a query string with its question mark; empty where nothing is narrowed."""
        said = {"of": self.period, "group": self.group, "show": self.show}
        written = urlencode({name: value for name, value in said.items() if value})
        return f"?{written}" if written else ""

    def lets_pass(self, row, groups):
        """`row` is a Waiting; `groups` {AgencyGroup: {agency_id}}."""
        if self.period and row.update.period_id != self.period:
            return False
        if self.group and row.update.agency_id not in _members(groups, self.group):
            return False
        if self.show == CLEAN:
            return not row.has_warnings
        return not self.show or getattr(row, SHOWS[self.show])


def _key(text):
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _members(groups, pk):
    return next((members for group, members in groups.items() if group.pk == pk), set())
