from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        """Work in the background is known by being imported."""
        from . import beginning, large_files, watching  # noqa: F401
        from .dossier import packing  # noqa: F401
        from .sealing import background  # noqa: F401
