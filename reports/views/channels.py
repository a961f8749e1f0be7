"""Outputs by channel, in the period and cumulative against target."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.permissions import can_view_reminders
from agencies.vietnamese import fold

from ..channel_workbook import channel_workbook, channels_workbook
from ..channels import build_channel, build_channels
from ..pictures import Picture, output_chart
from .charts import plan_period, plan_period_or_404
from .reading import file_answer


@require_safe
def channels(request):
    period, periods = plan_period(request)
    found = build_channels(period, periods, today=request.today) if period else None
    query = urlencode({"period": period.pk}) if period else ""
    return render(request, "reports/channels.html", {"found": found, "query": query, "tab": "channels"})


def _page(request, code):
    """(Channels, ChannelPage) of the chosen period; a channel its plan does not use is not there."""
    period, periods = plan_period_or_404(request)
    channels, page = build_channel(period, periods, code, request.GET.get("indicator", ""), today=request.today)
    if page is None:
        raise Http404
    return channels, page


@require_safe
def channel(request, code):
    channels, page = _page(request, code)
    led_through = urlencode({"plan": channels.period.plan_id, "channel": code})
    context = {
        "found": channels,
        "page": page,
        "pictures": [(output, _picture(channels.period, code, output)) for output in page.state.outputs],
        "query": urlencode({"period": channels.period.pk}),
        "activities_url": f"{reverse('activities:list')}?{led_through}",
        "can_remind": can_view_reminders(request.user),
        "tab": "channels",
    }
    return render(request, "reports/channel.html", context)


def _picture(period, code, output):
    query = urlencode({"period": period.pk, "channel": code, "indicator": output.code})
    return Picture("output", output_chart(output), query)


@require_safe
def channels_xlsx(request):
    """Every channel of the plan, one row an output, as a workbook."""
    period, periods = plan_period_or_404(request)
    found = build_channels(period, periods, today=request.today)
    return _workbook(
        request, channels_workbook(found, notes=_notes(request, period, _("all channels"))), period, "cac-kenh"
    )


@require_safe
def channel_xlsx(request, code):
    """The outputs of the channel and the agencies of the chosen one, as a workbook."""
    channels, page = _page(request, code)
    data = channel_workbook(page, notes=_notes(request, channels.period, page.state.channel))
    return _workbook(request, data, channels.period, f"kenh-{code}")


def _notes(request, period, what):
    return [
        _("Outputs by channel: %(channel)s, %(period)s, %(plan)s")
        % {"channel": what, "period": period.title, "plan": period.plan},
        _("Given out at %(time)s on %(day)s") % {"time": f"{request.now:%H:%M}", "day": f"{request.today:%d/%m/%Y}"},
    ]


def _workbook(request, data, period, name):
    label = slugify(fold(period.label.replace("/", "-")))
    name = f"{name}-{label}-{request.today:%Y-%m-%d}.xlsx"
    return file_answer(data, name)
