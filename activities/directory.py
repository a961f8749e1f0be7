"""The locality's agencies with who reports for them and how they stand with the period: as a tree and as a list."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from agencies.lists import ListColumn
from agencies.models import Agency, AgencyKind
from agencies.tree import Node
from agencies.workbook import Kind

from .submissions import Punctuality, Submission

FOCAL_POINTS = Prefetch(
    "users",
    queryset=User.objects.filter(is_active=True, role=Role.FOCAL_POINT).order_by("full_name", "pk"),
    to_attr="focal_points",
)


@dataclass(frozen=True)
class Entry:
    """An agency in the list.

    `submission` is its duty for the period in the frame: None where it has none, or the reader may not see it.
    """

    agency: Agency
    notes: tuple[str, ...]
    submission: Submission | None
    is_changing: bool = False

    @property
    def focal_points(self):
        return self.agency.focal_points

    @property
    def is_late(self):
        return self.submission and self.submission.punctuality == Punctuality.LATE

    @property
    def is_sent(self):
        return self.submission and self.submission.is_sent


@dataclass(frozen=True)
class Line:
    """A line of the tree: an agency or a heading, and what those below come to."""

    level: int
    node: Node
    entry: Entry | None
    count: int  # agencies on this line and below
    asked: int  # of them, those with a duty for the period
    sent: int
    late: int

    @property
    def key(self):
        """Tells headings apart, for folding."""
        return f"{self.level}-{self.node.agencies[0].pk}"


def directory_lines(top, entries):
    """The lines of a tree (`agencies.tree`), each with what it comes to. `entries`: by key of the agency."""
    for root in top:
        for level, node in root.lines():
            below = [entries[agency.pk] for agency in node.agencies]
            yield Line(
                level=level,
                node=node,
                entry=entries[node.agency.pk] if node.agency else None,
                count=len(below) - bool(node.agency),
                asked=sum(each.submission is not None for each in below),
                sent=sum(bool(each.is_sent) for each in below),
                late=sum(bool(each.is_late) for each in below),
            )


COLUMNS = [
    ListColumn(
        "name",
        _("Agency"),
        value=lambda entry: entry.agency.name,
        order=lambda entry: (entry.agency.name_sort, entry.agency.pk),
    ),
    ListColumn("short_name", _("Short name"), value=lambda entry: entry.agency.short_name, on_page=False),
    ListColumn("symbol", _("Symbol"), value=lambda entry: entry.agency.symbol, on_page=False),
    ListColumn(
        "kind",
        _("Kind"),
        value=lambda entry: entry.agency.get_kind_display(),
        order=lambda entry: (AgencyKind.values.index(entry.agency.kind), entry.agency.name_sort),
    ),
    ListColumn(
        "parent",
        _("Stands under"),
        value=lambda entry: entry.agency.parent.name if entry.agency.parent else "",
        on_page=False,
    ),
    ListColumn("valid_from", _("First day"), Kind.DATE, value=lambda entry: entry.agency.valid_from, on_page=False),
    ListColumn("valid_to", _("Last day"), Kind.DATE, value=lambda entry: entry.agency.valid_to, on_page=False),
    ListColumn("notes", _("Reorganisation"), value=lambda entry: "; ".join(entry.notes), on_page=False),
    ListColumn(
        "focal_points",
        _("Focal point"),
        value=lambda entry: "; ".join(map(str, entry.focal_points)),
        order=lambda entry: str(entry.focal_points[0]) if entry.focal_points else None,
    ),
]
PERIOD_COLUMN = ListColumn(
    "period",
    _("Reporting period"),
    value=lambda entry: entry.submission.punctuality.label if entry.submission else "",
    order=lambda entry: list(Punctuality).index(entry.submission.punctuality) if entry.submission else None,
)
