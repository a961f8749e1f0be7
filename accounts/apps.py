from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from . import delivering, invitations, timetable  # noqa: F401  what jobs do here
