"""How a session becomes a person: agency, locality and the counts of the frame come in the same query."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from agencies.models import Succession

from .models import Job, JobState, Notification, Role, User


def _count_of(rows, of):
    """How many `rows` there are of what the column `of` names, as part of another query."""
    counted = rows.order_by().values(of).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class AgencyBackend(ModelBackend):
    def get_user(self, user_id):
        carried_on_for = Succession.objects.filter(
            successor=OuterRef("agency"), reorganisation__applied_at__isnull=False
        )
        unread = Notification.objects.filter(person=OuterRef("pk"), read_at__isnull=True)
        failed = Job.objects.filter(locality=OuterRef("agency__locality"), state=JobState.FAILED)
        users = User.objects.select_related("agency__locality").annotate(
            has_predecessors=Exists(carried_on_for),
            unread=_count_of(unread, "person"),
            failed_jobs=Case(When(role=Role.ADMINISTRATOR, then=_count_of(failed, "locality")), default=Value(0)),
        )
        user = users.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
