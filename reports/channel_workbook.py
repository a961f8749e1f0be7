"""A channel as a workbook: its outputs period by period, and who brought the chosen one."""

from django.utils.translation import gettext as _, gettext_lazy

from agencies.workbook import Column, Kind, Sheet, write_workbook

STOCK = gettext_lazy("stock: the last value counts, periods are not added")
FLOW = gettext_lazy("flow: the periods of the year are added")


def channels_workbook(channels, *, notes):
    """Every channel (a Channels), one row an output, as bytes."""
    rows = [{"channel": str(state.channel)} | _output_row(output) for state, output in channels.outputs]
    periods = [step.period for step in channels.outputs[0][1].of_year] if channels.outputs else []
    columns = [Column("channel", _("Channel"), width=30), *_output_columns(periods)]
    return write_workbook([Sheet(_("Outputs by channel"), columns, rows, notes)])


def channel_workbook(page, *, notes):
    """`page` (a ChannelPage) as bytes."""
    rows = [_output_row(output) for output in page.state.outputs]
    sheets = [Sheet(_("Outputs"), _output_columns(page.periods), rows, notes)]
    if page.chosen:
        sheets.append(_givers(page))
    return write_workbook(sheets)


def _output_columns(periods):
    return [
        Column("code", _("Code"), width=10),
        Column("name", _("Indicator"), width=40),
        Column("unit", _("Unit"), width=14),
        Column("kind", _("How it is added up"), width=30),
        Column("before", _("End of the year before"), Kind.WHOLE),
        *(Column(f"p{period.pk}", period.title, Kind.WHOLE) for period in periods),
        Column("cumulative", _("Cumulative"), Kind.WHOLE),
        Column("target", _("Year's target"), Kind.WHOLE),
        Column("percent", _("Share reached"), Kind.PERCENT),
    ]


def _output_row(output):
    figure = output.figure
    before = next((step.cumulative for step in output.steps if step.is_before), None)
    return {f"p{step.period.pk}": step.in_period for step in output.of_year} | {
        "code": figure.code,
        "name": figure.label,
        "unit": figure.unit_label,
        "kind": str(STOCK if figure.is_stock else FLOW),
        "before": before,
        "cumulative": figure.cumulative,
        "target": figure.target,
        "percent": figure.target_percent,
    }


def _givers(page):
    columns = [
        Column("agency", _("Agency"), width=38),
        *(Column(f"p{period.pk}", period.title, Kind.WHOLE) for period in page.periods),
        Column("cumulative", _("Cumulative"), Kind.WHOLE),
        Column("target", _("Its own target"), Kind.WHOLE),
        Column("percent", _("Share reached"), Kind.PERCENT),
    ]
    rows = [
        {f"p{period.pk}": value for period, value in giver.by_period}
        | {
            "agency": giver.agency.name,
            "cumulative": giver.cumulative,
            "target": giver.target,
            "percent": giver.percent,
        }
        for giver in page.givers
    ]
    return Sheet(page.chosen.code, columns, rows, [page.chosen.figure.label])
