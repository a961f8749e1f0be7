"""Rounds of an update, side by side."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.access import require

from ..permissions import can_view_update, is_writing
from ..rounds import SAME, compare, now_of, shown_to
from .updates import NOT_YOURS, update_or_404

NOTHING = {"activities": []}  # what a first round is compared with


@require_safe
def update_rounds(request, pk):
    """Two rounds of the update, the last two unless others are asked for (`?a=1&b=2`).

    Whoever writes it may lay what stands now beside what was sent.
    """
    update = update_or_404(request, pk)
    require(can_view_update(request.user, update), NOT_YOURS)
    rounds = shown_to(request.user, update, update.events.all())
    if not rounds:
        raise Http404
    if is_writing(request.user, update):
        rounds.append(now_of(update))
    before, after = _chosen(request, rounds)
    lines = compare(before.content if before else NOTHING, after.content)
    context = {
        "update": update,
        "rounds": rounds,
        "before": before,
        "after": after,
        "changed": [line for line in lines if line.change != SAME] if before else lines,
        "unchanged": [line for line in lines if line.change == SAME] if before else [],
    }
    return render(request, "activities/rounds.html", context)


def _chosen(request, rounds):
    """(the round before, the round after); without a round before where there is only one."""
    by_key = {each.key: each for each in rounds}
    after = by_key.get(request.GET.get("b"), rounds[-1])
    place = rounds.index(after)
    before = by_key.get(request.GET.get("a"), rounds[place - 1] if place else None)
    return (None if before is after else before), after
