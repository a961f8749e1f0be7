"""How much waits for a person now, counted while the periods of the frame are read: no query more on any page."""

from datetime import timedelta

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from agencies.models import GroupMembership

from .models import Assignment, AssignmentRole, Explanation, ExplanationStatus, Extension, QuarterlyUpdate, Status

SOON = timedelta(days=7)


def with_waiting(periods, user, today):
    """`periods` (a queryset) that know how much of each waits for `user` (`waiting`).

    `waiting_beside` of each is the same number: what waits for the person beside the periods.
    """
    if user.is_coordinator:
        return periods.annotate(waiting=_to_review(user), waiting_beside=Value(0))
    if not (user.is_focal_point and user.agency_id):
        return periods.annotate(waiting=Value(0), waiting_beside=Value(0))
    return periods.annotate(waiting=_to_send(user, today), waiting_beside=_to_explain(user))


def count_waiting(periods):
    """What waits in all of `periods` (a list of those `with_waiting`), and beside them."""
    return sum(period.waiting for period in periods) + max((period.waiting_beside for period in periods), default=0)


def _to_review(user):
    """What was sent for a plan that the person coordinates."""
    own = user.own_agency_ids
    coordinated = Q(plan__coordinating_agency__in=own) | Q(
        plan__coordinating_agency__isnull=True, plan__issuing_agency__in=own
    )
    return Count("updates", filter=coordinated & Q(updates__status=Status.SUBMITTED))


def _to_send(user, today):
    """What was returned to the agency, and, once, what it has to send within a week or should have sent, while it
    can."""
    own = user.own_agency_ids
    returned = Count("updates", filter=Q(updates__status=Status.RETURNED, updates__agency__in=own))
    if user.agency.is_invited:
        return returned
    sent = QuarterlyUpdate.objects.filter(period=OuterRef("pk"), agency__in=own).exclude(status=Status.DRAFT)
    given = Extension.objects.filter(period=OuterRef("pk"), agency__in=own)
    is_due = (
        Q(Exists(_led(own)))
        & ~Exists(sent)
        & Q(starts_on__lte=today, agency_due_on__lte=today + SOON)
        & (Q(locks_on__gt=today) | Q(Exists(given.filter(until__gte=today))))
        & ~Exists(given.filter(until__gt=today + SOON))
    )
    return returned + Case(When(is_due, then=1), default=0, output_field=IntegerField())


def _led(own):
    """The assignments by which one of the agencies `own` leads something on the last day of the period outside."""
    day = OuterRef("ends_on")
    members = GroupMembership.objects.filter(
        _on(OuterRef(OuterRef("ends_on"))), group=OuterRef("group"), agency__in=own
    )
    cancelled = Q(activity__cancelled_on__isnull=False, activity__cancelled_on__lte=day)
    begins_later = Q(activity__start__isnull=False, activity__start__gt=day)
    by_name = Q(agency__in=own) & _on(day, "agency__")
    return Assignment.objects.filter(
        _on(day), by_name | Exists(members), activity__plan=OuterRef("plan"), role=AssignmentRole.LEAD
    ).exclude(cancelled | begins_later)


def _on(day, path=""):
    """In force on `day`."""
    begun = Q(**{f"{path}valid_from__isnull": True}) | Q(**{f"{path}valid_from__lte": day})
    not_over = Q(**{f"{path}valid_to__isnull": True}) | Q(**{f"{path}valid_to__gte": day})
    return begun & not_over


def _to_explain(user):
    """Explanations that the agency is asked for."""
    asked = Explanation.objects.filter(agency__in=user.own_agency_ids, status=ExplanationStatus.ASKED)
    asked = asked.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(asked, output_field=IntegerField()), 0)
