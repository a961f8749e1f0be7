"""How a session becomes a person: the agency and its locality come in the same query."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef

from agencies.models import Succession

from .models import User


class AgencyBackend(ModelBackend):
    def get_user(self, user_id):
        carried_on_for = Succession.objects.filter(
            successor=OuterRef("agency"), reorganisation__applied_at__isnull=False
        )
        users = User.objects.select_related("agency__locality").annotate(has_predecessors=Exists(carried_on_for))
        user = users.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
