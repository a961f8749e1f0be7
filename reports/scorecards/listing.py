"""The list of all scorecards: what its query string means, its columns on the page and in the file."""

import re

import django_filters
from django.utils.translation import gettext_lazy as _

from activities.matrix import COUNTS, FEW
from activities.submissions import SHOWN_LABELS, Punctuality
from agencies.filters import AgencyFilter
from agencies.lists import ListColumn
from agencies.models import Agency, AgencyKind
from agencies.workbook import Kind

from .board import showing

NAME = "reports:scorecards"
SHOWS = ("sent", "on_time", "late", "missing", "pending", "updated", "never", "ranked")
LABELS = SHOWN_LABELS | {"never": _("Never on time"), "ranked": _("With a rank")}
SCORE = re.compile(r"\d{1,4}/\d{1,4}")


class ScorecardFilter(AgencyFilter):
    """Which agencies: by name, kind and group; by how they stand in the period; over how many periods.

    `score`, which other pages lead to, is offered only where it is in use: so often on time, as "2/3".
    """

    focal = None
    show = django_filters.ChoiceFilter(
        label=_("Show"),
        choices=[(name, LABELS[name]) for name in SHOWS],
        method="in_memory",
        empty_label=_("all states"),
    )
    score = django_filters.ChoiceFilter(label=_("On time"), method="in_memory", empty_label=_("however often"))
    count = django_filters.ChoiceFilter(
        label=_("Periods"), choices=[(str(n), str(n)) for n in COUNTS], method="in_memory", empty_label=None
    )

    class Meta:
        model = Agency
        fields = ["text", "kind", "group", "show", "score", "count"]

    def __init__(self, data, **how):
        super().__init__(data, **how)
        score = data.get("score", "")
        if SCORE.fullmatch(score):
            self.filters["score"].extra["choices"] = [(score, score)]
        else:
            del self.filters["score"]

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
        if score := self.chosen.get("score"):
            cards = [card for card in cards if card.is_ranked and str(card.on_time) == score]
        return showing(cards, self.chosen.get("show"))


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
    ListColumn("sent", _("Updates sent"), Kind.WHOLE, value=lambda card: card.sent.part, on_page=False),
    ListColumn("owed", _("Updates owed"), Kind.WHOLE, value=lambda card: card.sent.whole, on_page=False),
]
