from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "activities"

    def ready(self):
        """Work in the background is known by being imported."""
        from . import exporting, scanning  # noqa: F401
        from .reminding import sending  # noqa: F401
