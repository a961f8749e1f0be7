"""Outputs by channel, in the period and cumulative against target."""

from django.http import Http404
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from activities.filters import PLANNED
from activities.frame import periods_of
from activities.permissions import can_view_reminders
from agencies.workbook import given_out

from ..channel_workbook import channel_workbook, channels_workbook
from ..channels import build_channel, build_channels
from ..dashboard.links import activities_of
from ..notes import plan_names, seen_from
from ..pictures import Picture, output_chart
from .asking import asked_by, asked_or_404, looked_at
from .reading import workbook_answer


def channels_by(request, asked):
    """The Channels that `asked` (`asked_by`) means."""
    return build_channels(
        asked.period, periods_of(request), today=request.today, plans=asked.plans, known_on=asked.known_on
    )


def channel_by(request, asked, code, indicator):
    """(Channels, ChannelPage) that `asked` means; a channel that is not known is not there."""
    channels, page = build_channel(
        asked.period,
        periods_of(request),
        code,
        indicator,
        today=request.today,
        plans=asked.plans,
        known_on=asked.known_on,
    )
    if page is None:
        raise Http404
    return channels, page


@require_safe
def channels(request):
    asked = asked_by(request)
    around = looked_at(request, asked, "channels")
    if asked is None:
        return render(request, "reports/channels.html", around | {"found": None})
    found = channels_by(request, asked)
    silent = [(state, _activities_url(asked, found, state.channel.code)) for state in found.silent]
    context = around | {"found": found, "silent": silent, "whose": whose(asked)}
    return render(request, "reports/channels.html", context)


@require_safe
def channel(request, code):
    asked = asked_or_404(request)
    channels, page = channel_by(request, asked, code, request.GET.get("indicator", ""))
    around = looked_at(request, asked, "channels")
    context = around | {
        "found": channels,
        "page": page,
        "channel": code,
        "pictures": [(output, _picture(around["query"], code, output)) for output in page.state.outputs],
        "activities_url": _activities_url(asked, channels, code),
        "can_remind": can_view_reminders(request.user) and not asked.word,
    }
    return render(request, "reports/channel.html", context)


def whose(asked):
    """The plan looked at, or how many, in words."""
    if not asked.word:
        return str(asked.period.plan)
    n = len(asked.plans)
    return ngettext("%(n)s plan together", "%(n)s plans together", n) % {"n": n}


def _activities_url(asked, channels, code):
    """The list of the activities that use the channel, read from the same day."""
    plans = asked.word or asked.period.plan_id
    return activities_of(plans, channels.reading, asked.period, channel=code, state=PLANNED)


def _picture(query, code, output):
    query = f"{query}&{urlencode({'channel': code, 'indicator': output.code})}"
    return Picture("output", output_chart(output), query)


@require_safe
def channels_xlsx(request):
    """Every channel of the plans, one row an output, as a workbook."""
    asked = asked_or_404(request)
    data = channels_workbook(channels_by(request, asked), notes=_notes(request, asked, _("all channels")))
    return workbook_answer(request, asked.period, "cac-kenh", data)


@require_safe
def channel_xlsx(request, code):
    """The outputs of the channel and the agencies of the chosen one, as a workbook."""
    asked = asked_or_404(request)
    _channels, page = channel_by(request, asked, code, request.GET.get("indicator", ""))
    data = channel_workbook(page, notes=_notes(request, asked, page.state.channel))
    return workbook_answer(request, asked.period, f"kenh-{code}", data)


def _notes(request, asked, what):
    return [
        _("Outputs by channel: %(channel)s, %(period)s, %(plan)s")
        % {
            "channel": what,
            "period": asked.period.title,
            "plan": plan_names(asked.plans),
        },
        *seen_from(asked.known_on),
        given_out(request.now),
    ]
