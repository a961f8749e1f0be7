"""The chart of a scorecard: activities updated, period by period, beside the mean of the group."""

from django.utils.translation import gettext as _

from agencies.templatetags.look import percent_vi

from ..drawing import Bar, BarChart

NOTE = 100


def updated_chart(scorecard):
    """The BarChart of a Scorecard that has a card; no line: a period without a report makes it lie."""
    return BarChart(
        title=_("Activities updated in each period"),
        description=_("%(agency)s: %(periods)s. Beside each the mean of the group.")
        % {"agency": scorecard.agency.name, "periods": "; ".join(map(_said, scorecard.trend))},
        bars=tuple(map(_bar, scorecard.trend)),
        full=100,
        width=400,
        label_width=92,
        note_width=NOTE,
        words_width=56,
    )


def _said(line):
    return f"{line.period.title} {percent_vi(line.updated.percent)}"


def _bar(line):
    return Bar(
        label=line.period.title,
        value=line.updated.percent,
        words=percent_vi(line.updated.percent),
        note=_("group %(percent)s") % {"percent": percent_vi(line.group_updated.percent)},
    )
