"""Figures as charts: which of them are drawn, in what order and in which words."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from agencies.templatetags.look import number_vi, percent_vi

from .channels import signed
from .drawing import Bar, BarChart, LineChart, Point, Series, kept

FLOORS = ((70, 10), (50, 10), (0, 25))  # where a scale of rates may begin, and its step, in percent


@dataclass(frozen=True)
class Picture:
    """A chart in a page: as SVG where it has been drawn before (`svg`), and where it is given out (`query`)."""

    name: str
    chart: BarChart | LineChart
    query: str

    @property
    def svg(self):
        return kept(self.chart)


def output_chart(output):
    """An Output period by period: a stock's bars each begin at zero, a flow's where the last period ended."""
    figure = output.figure
    return BarChart(
        title=f"{figure.label} ({figure.unit_label})",
        description=_output_words(output),
        bars=tuple(_step_bar(step, figure.is_stock) for step in output.steps),
        full=output.full,
        mark=output.mark,
        label_width=104,
        note_width=62,
        words_width=66,
    )


def _step_bar(step, is_stock):
    begins = 0 if is_stock or step.cumulative is None else step.cumulative - (step.in_period or 0)
    return Bar(
        label=step.period.title,
        value=step.cumulative,
        words=number_vi(step.cumulative),
        begins=begins,
        note=signed(step.change),
    )


def _output_words(output):
    steps = "; ".join(f"{step.period.title}: {number_vi(step.cumulative)}" for step in output.steps)
    if not output.figure.target:
        return steps
    target = _("%(percent)s of the year's target of %(target)s") % {
        "percent": percent_vi(output.figure.target_percent),
        "target": number_vi(output.figure.target),
    }
    return f"{steps}; {target}"


def targets_chart(figures, share):
    """Figures with a target on one scale of percent, in their order, beside the mark of the time that has passed."""
    return BarChart(
        title=_("Output against the year's targets"),
        description="; ".join(f"{figure.label}: {percent_vi(figure.target_percent)}" for figure in figures),
        bars=tuple(_target_bar(figure, share) for figure in figures),
        full=100,
        mark=share or None,
        width=640,
        label_width=250,
        note_width=130,
        words_width=76,
    )


def _target_bar(figure, share):
    percent = figure.target_percent
    return Bar(
        label=f"{figure.label} ({figure.unit_label})",
        value=None if percent is None else min(percent, Decimal(100)),
        words=percent_vi(percent),
        note=f"{number_vi(figure.cumulative)} / {number_vi(figure.target)}",
        is_behind=(percent or 0) < share,
    )


def brief_targets_chart(figures, share):
    """`targets_chart` for half a sheet: names on one line, shares alone."""
    chart = targets_chart(figures, share)
    return replace(
        chart,
        bars=tuple(replace(bar, label=figure.label, note="") for bar, figure in zip(chart.bars, figures, strict=True)),
        width=330,
        label_width=156,
        note_width=0,
        words_width=70,
        most_lines=1,
    )


def brief_rates_chart(title, rates):
    """(label, percent or None) pairs, oldest first, as bars for half a sheet."""
    return BarChart(
        title=title,
        description="; ".join(f"{label}: {percent_vi(percent)}" for label, percent in rates),
        bars=tuple(Bar(label, percent, percent_vi(percent)) for label, percent in rates),
        full=100,
        width=330,
        label_width=116,
        words_width=70,
        most_lines=1,
    )


def trend_chart(board):
    """The on-time rates of the periods that have one (`Dashboard.rated`), or None."""
    rates = [(totals.short, totals.on_time_rate) for totals in board.rated]
    return rates_chart(_("Agencies on time"), rates) if rates else None


def rates_chart(title, rates, *, target=None):
    """A line through `rates`: (label, percent or None) pairs, oldest first; `target` in percent, a dashed rule."""
    known = [percent for _label, percent in rates if percent is not None]
    lowest = min([*known, *([target] if target else [])], default=0)
    floor, step = next((floor, step) for floor, step in FLOORS if floor <= lowest)
    return LineChart(
        title=title,
        description="; ".join(f"{label}: {percent_vi(percent)}" for label, percent in rates),
        series=(Series("", tuple(Point(label, percent, percent_vi(percent)) for label, percent in rates)),),
        ticks=tuple((percent, f"{percent}%") for percent in range(floor, 101, step)),
        target=(target, _("target %(percent)s") % {"percent": percent_vi(target, 0)}) if target else None,
    )
