"""How a session becomes a person: the agency and its locality come in the same query."""

from django.contrib.auth.backends import ModelBackend

from .models import User


class AgencyBackend(ModelBackend):
    def get_user(self, user_id):
        user = User.objects.select_related("agency__locality").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
