"""May this person do this to that activity, period or update? Used by view, button and workflow alike.

What depends on the lock of a period takes the `day`, too.
"""

from django.db.models import OuterRef
from django.utils.translation import gettext_lazy

from plans.models import PlanStatus
from plans.permissions import IN_FORCE, can_edit_plan, is_coordinator_of

from .locks import is_open
from .models import ExplanationStatus, Status, UpdateEvent
from .reporting_rules import rules_of

OPEN_TO_THE_AGENCY = (Status.DRAFT, Status.RETURNED)
OVER = (PlanStatus.CLOSED, PlanStatus.REPLACED)
PLAN_OVER = gettext_lazy("The plan is closed: what was reported stays as it is, and nothing is written any more.")


def takes_writing(period, agency_id, day):
    """The agency may write in the period on `day`; of a plan that is over nothing is written any more."""
    return period.plan.status not in OVER and is_open(period, agency_id, day)


def can_edit_activity(user, activity):
    return can_edit_plan(user, activity.plan)


# Updates


def is_own_update(user, update):
    """Of the person's agency, or of one that it carries on for."""
    return user.is_focal_point and user.is_at(update.agency_id)


def is_on_behalf(user, update):
    """The person fills the update in for its agency."""
    return update.on_behalf_by_id is not None and is_coordinator_of(user, update.period.plan)


def can_view_update(user, update):
    """Its own agency always; the rest of the locality's staff once it has been submitted; other agencies never.

    What the coordinator fills in on behalf of the agency the coordinator sees, too.
    """
    if is_own_update(user, update) or is_on_behalf(user, update):
        return True
    return not user.is_focal_point and update.status != Status.DRAFT


def can_view_evidence(user, item):
    """As its update; while that is being corrected, others do not see what has not been sent."""
    update = item.progress.update
    if not can_view_update(user, update):
        return False
    unsent = update.status == Status.RETURNED and item.added_at > update.submitted_at
    return is_own_update(user, update) or is_on_behalf(user, update) or not unsent


def is_writing(user, update):
    """The update is being written, and it is this person's to write, whether or not the period is still open."""
    return update.status in OPEN_TO_THE_AGENCY and (is_own_update(user, update) or is_on_behalf(user, update))


def can_edit_update(user, update, day):
    """While the period is open for the agency."""
    return is_writing(user, update) and takes_writing(update.period, update.agency_id, day)


def can_submit_update(user, update, day):
    return can_edit_update(user, update, day)


def waits_unread(update):
    """It has been sent, and nobody has begun to review it."""
    return update.status == Status.SUBMITTED and update.review_began_at is None


def can_recall_update(user, update, day):
    """Whoever sent it takes it back, until the review begins or the period is locked."""
    return (
        waits_unread(update)
        and (is_own_update(user, update) or is_on_behalf(user, update))
        and takes_writing(update.period, update.agency_id, day)
    )


def can_act_on_behalf(user, period):
    """The coordinator of a plan in force fills in for an agency that cannot."""
    return is_coordinator_of(user, period.plan) and period.plan.status in IN_FORCE


def can_take_over(user, update):
    """The coordinator fills it in from now on; it is not the reviewer's turn, and nobody does it yet."""
    return (
        can_act_on_behalf(user, update.period)
        and update.status in OPEN_TO_THE_AGENCY
        and update.on_behalf_by_id is None
    )


def can_begin_review(user, update, day=None):
    return update.status == Status.SUBMITTED and is_coordinator_of(user, update.period.plan)


SENT_BY = (
    UpdateEvent.objects.filter(update=OuterRef("pk"), move="submit").order_by("-at", "-pk").values("by")[:1]
)  # for a page of many updates: `annotate(sent_by=Subquery(SENT_BY))`


def has_sent(user, update):
    """The person sent the round that waits: on behalf, or at the agency, in a role they have changed since."""
    if update.on_behalf_by_id is not None:
        return update.on_behalf_by_id == user.pk
    if not hasattr(update, "sent_by"):
        update.sent_by = update.events.filter(move="submit").order_by("at", "pk").values_list("by", flat=True).last()
    return update.sent_by == user.pk


def can_approve_update(user, update, day=None):
    """The plan's coordinator, on an update that waits; by default not one that they have sent themselves."""
    if not can_begin_review(user, update):
        return False
    return rules_of(update.period.plan).may_approve_own or not has_sent(user, update)


def can_return_update(user, update, day):
    """The plan's coordinator, on an update that waits, while the agency could still correct it."""
    return can_begin_review(user, update) and takes_writing(update.period, update.agency_id, day)


def can_view_progress(user):
    """The whole locality's state: everyone who is not the focal point of one agency."""
    return not user.is_focal_point


def can_comment(user, update):
    """Remarks are made by whoever reviews, once the update has been sent."""
    return update.status != Status.DRAFT and is_coordinator_of(user, update.period.plan)


# The calendar


def can_edit_calendar(user, plan):
    """The rules and periods of a plan that is reported for itself: its coordinator, whatever its status but closed."""
    return is_coordinator_of(user, plan) and plan.status not in OVER


def can_extend(user, period):
    """The coordinator of a plan in force: in a draft nobody writes yet, in one that is over nobody any more."""
    return is_coordinator_of(user, period.plan) and period.plan.status in IN_FORCE


# Cooperating agencies


def can_contribute(user, period, agency_id, day):
    """A focal point adds its agency's part while the period is open for it."""
    return user.is_focal_point and user.is_at(agency_id) and takes_writing(period, agency_id, day)


def can_view_contribution(user, contribution, leads):
    """The agency that added it, the agencies that lead the activity, and everybody who sees the locality's state."""
    if not user.is_focal_point or user.is_at(contribution.agency_id):
        return True
    return any(user.is_at(agency.pk) for agency in leads)


# Explanations


def can_ask_explanation(user, plan):
    """Leaders of the locality, and the plan's coordinator."""
    return user.is_leader or is_coordinator_of(user, plan)


def can_view_explanation(user, explanation):
    """The one who was asked, and everybody who sees the whole locality's state."""
    return not user.is_focal_point or user.is_at(explanation.agency_id)


def can_answer_explanation(user, explanation):
    return user.is_focal_point and user.is_at(explanation.agency_id) and explanation.status == ExplanationStatus.ASKED


def can_conclude_explanation(user, explanation):
    """Whoever may ask may conclude, or ask again, what has been answered."""
    return can_ask_explanation(user, explanation.plan) and explanation.status == ExplanationStatus.ANSWERED


def can_withdraw_explanation(user, explanation):
    return can_ask_explanation(user, explanation.plan) and explanation.status in (
        ExplanationStatus.ASKED,
        ExplanationStatus.ANSWERED,
    )


# Reminders


def can_view_reminders(user):
    """As the whole locality's state."""
    return can_view_progress(user)


def can_send_reminders(user, plan):
    """The coordinator of a plan that reminds, while it is in force."""
    return is_coordinator_of(user, plan) and plan.status in IN_FORCE and rules_of(plan).reminds


def can_view_letter(user, letter):
    """Whoever got it, and everybody who follows the reminders."""
    return can_view_reminders(user) or letter.person_id == user.pk
