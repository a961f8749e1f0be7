"""Makes the font files the portal serves: `manage.py build_assets`. Quick when they are there."""

from django.conf import settings
from django.core.management.base import BaseCommand

from agencies.assets import build_assets


class Command(BaseCommand):
    help = "Make the font files in ASSETS_DIR from the installed font packages."
    requires_system_checks = []

    def handle(self, **options):
        written = build_assets(settings.ASSETS_DIR)
        self.stdout.write(f"{len(written)} asset files written to {settings.ASSETS_DIR}")
