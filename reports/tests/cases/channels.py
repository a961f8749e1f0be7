"""Channels, charts by themselves, the summary and the wall."""

from django.urls import reverse

from activities.models import Status
from activities.tests.factories import IndicatorFactory
from plans.tests.factories import ChannelFactory

GET, POST, BOTH = ("get",), ("post",), ("get", "post")
STAFF = {"the coordinator", "another coordinator", "the leader", "the administrator"}


def channel_of(world):
    """The code of a channel that the world's activity uses and counts its target in."""
    channel = world.activity.channels.first()
    if channel is None:
        channel = ChannelFactory()
        world.activity.channels.add(channel)
    if world.activity.indicator_id is None:
        world.activity.indicator = IndicatorFactory(channels=[channel])
        world.activity.target_quantity = 10
        world.activity.save()
    return channel.pk


def chart_of(world):
    channel_of(world)
    return "channels"


def page_of(world):
    return reverse("reports:channel", args=[channel_of(world)])


def drawing_of(world):
    channel, indicator = channel_of(world), world.activity.indicator_id
    return f"{reverse('reports:chart_svg', args=['output'])}?channel={channel}&indicator={indicator}"


def lines_of(world):
    channel_of(world)
    return f"{reverse('reports:output_lines')}?indicator={world.activity.indicator_id}&in=year"


CASES = {
    "reports:channels": (GET, None),
    "reports:channels_xlsx": (GET, None),
    "reports:channel": (GET, lambda world: [(channel_of(world),)]),
    "reports:channel_xlsx": (GET, lambda world: [(channel_of(world),)]),
    "reports:output_lines": (GET, None),
    "reports:chart_svg": (GET, lambda world: [(chart_of(world),)]),
    "reports:chart_png": (GET, lambda world: [(chart_of(world),)]),
    "reports:summary": (GET, None),
    "reports:summary_pdf": (GET, None),
    "reports:wall": (GET, None),
}
ROLES = dict.fromkeys(CASES, STAFF)
PAGES = {
    "lines of an output": ("leader", Status.SUBMITTED, lines_of),
    "lines of an output as a workbook": ("leader", Status.APPROVED, lambda world: f"{lines_of(world)}&export=xlsx"),
    "channels of a plan": ("leader", Status.SUBMITTED, lambda world: reverse("reports:channels")),
    "channels as a workbook": ("leader", Status.APPROVED, lambda world: reverse("reports:channels_xlsx")),
    "channel": ("leader", Status.SUBMITTED, page_of),
    "channel, one output": (
        "coordinator",
        Status.APPROVED,
        lambda w: f"{page_of(w)}?indicator={w.activity.indicator_id}",
    ),
    "chart": ("leader", Status.SUBMITTED, drawing_of),
    "summary": ("leader", Status.SUBMITTED, lambda world: reverse("reports:summary")),
    "summary as PDF": ("coordinator", Status.APPROVED, lambda world: reverse("reports:summary_pdf")),
    "wall": ("leader", Status.SUBMITTED, lambda world: reverse("reports:wall")),
}
OPEN = set()
