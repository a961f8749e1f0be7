"""What the words of a row say of its dates and its target, as part of an activity's state.

Words that were not changed change nothing; words that say no dates or no number leave what was entered by hand.
"""

from ..products import printed_product, read_product
from .annex import heard_product, is_by_hand, read_time_of


def time_state(words, kind, start, deadline):
    return {
        "schedule_text": words,
        "schedule_kind": str(kind),
        "start": start.isoformat() if start else None,
        "deadline": deadline.isoformat() if deadline else None,
    }


def time_said(plan, activity, words):
    """Schedule and dates by the `words` typed for `activity` (None: a new one)."""
    if activity and words == activity.schedule_text:
        return {}
    read = read_time_of(plan, words)
    if activity and not read.is_understood and is_by_hand(activity, plan):
        return {"schedule_text": words}
    return time_state(words, read.kind, read.start, read.deadline)


def product_said(activity, words):
    """Product and target by the `words` typed for `activity` (None: a new one)."""
    if activity and words == printed_product(activity):
        return {}
    read = read_product(words)
    if activity and not read.has_number and heard_product(activity).is_by_hand:
        return {"expected_product": words}
    return {"expected_product": words, "target_quantity": read.quantity, "target_unit": read.unit}
