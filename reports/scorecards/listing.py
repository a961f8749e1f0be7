"""The list of all scorecards: what its query string means, its columns on the page and in the file."""

import django_filters
from django.utils.translation import gettext_lazy as _

from activities.matrix import COUNTS, FEW
from activities.submissions import SHOWN_LABELS, Punctuality, only
from agencies.filters import AgencyFilter
from agencies.lists import ListColumn
from agencies.models import Agency, AgencyKind
from agencies.workbook import Kind

NAME = "reports:scorecards"
SHOWS = ("sent", "on_time", "late", "missing", "pending", "updated", "never")
LABELS = SHOWN_LABELS | {"never": _("Never on time")}


class ScorecardFilter(AgencyFilter):
    """Which agencies: by name, kind and group; by how they stand in the period; over how many periods."""

    focal = None
    show = django_filters.ChoiceFilter(
        label=_("Show"),
        choices=[(name, LABELS[name]) for name in SHOWS],
        method="in_memory",
        empty_label=_("all states"),
    )
    count = django_filters.ChoiceFilter(
        label=_("Periods"), choices=[(str(n), str(n)) for n in COUNTS], method="in_memory", empty_label=None
    )

    class Meta:
        model = Agency
        fields = ["text", "kind", "group", "show", "count"]

    def in_memory(self, agencies, _name, _chosen):
        return agencies

    @property
    def chosen(self):
        return self.form.cleaned_data if self.form.is_valid() else {}

    @property
    def periods(self):
        return int(self.chosen.get("count") or FEW)

    def keep(self, cards):
        """Those of `cards` that were asked for, in their order. A query only where one chose agencies."""
        if any(self.chosen.get(name) for name in ("text", "kind", "group")):
            asked = set(self.qs.values_list("pk", flat=True))
            cards = [card for card in cards if card.agency.pk in asked]
        return showing(cards, self.chosen.get("show"))


def showing(cards, show):
    """The cards whose duty in the period in question `show` names; "never": on time in none of their periods."""
    if show == "never":
        return [card for card in cards if card.is_ranked and not card.on_time.part]
    kept = {row.agency.pk for row in only([card.current for card in cards], show)}
    return [card for card in cards if card.agency.pk in kept]


def _within_group(value):
    """An order that never leaves the group: communes stay with communes, whatever they are sorted by."""
    return lambda card: (AgencyKind.values.index(card.agency.kind), value(card))


COLUMNS = [
    ListColumn(
        "place",
        _("Rank"),
        Kind.WHOLE,
        value=lambda card: card.place,
        order=_within_group(lambda card: card.place or 0),
    ),
    ListColumn(
        "name",
        _("Agency"),
        width=38,
        value=lambda card: card.agency.name,
        order=_within_group(lambda card: card.agency.name_sort),
    ),
    ListColumn("kind", _("Kind"), width=24, value=lambda card: card.agency.get_kind_display(), on_page=False),
    ListColumn(
        "punctuality",
        _("In this period"),
        width=20,
        value=lambda card: card.current.punctuality.label,
        order=_within_group(lambda card: (list(Punctuality).index(card.current.punctuality), -card.current.days_late)),
    ),
    ListColumn("done", _("Done"), order=_within_group(lambda card: card.done.order), in_file=False),
    ListColumn("on_time", _("On time"), order=_within_group(lambda card: card.on_time.order), in_file=False),
    ListColumn(
        "updated", _("Updated this period"), order=_within_group(lambda card: card.updated.order), in_file=False
    ),
    ListColumn(
        "previous", _("Rank in the period before"), Kind.WHOLE, value=lambda card: card.previous_place, on_page=False
    ),
    ListColumn("done_n", _("Activities done"), Kind.WHOLE, value=lambda card: card.done.part, on_page=False),
    ListColumn("led", _("Activities led"), Kind.WHOLE, value=lambda card: card.done.whole, on_page=False),
    ListColumn("on_time_n", _("Periods on time"), Kind.WHOLE, value=lambda card: card.on_time.part, on_page=False),
    ListColumn("due", _("Periods due"), Kind.WHOLE, value=lambda card: card.on_time.whole, on_page=False),
    ListColumn("updated_n", _("Activities updated"), Kind.WHOLE, value=lambda card: card.updated.part, on_page=False),
    ListColumn("days", _("Days late"), Kind.WHOLE, value=lambda card: card.current.days_late or None, on_page=False),
]
