"""manage.py load_plans: the catalogues and the five real plans."""

from django.core.management.base import BaseCommand

from activities.catalogue import load_catalogues
from activities.loading import REAL, load_plan, read_plan


class Command(BaseCommand):
    help = "Load the channel and indicator catalogues and the five real plans; what is there already stays."

    def handle(self, *args, **options):
        load_catalogues()
        created = sum(load_plan(read_plan(name))[1] for name in REAL)
        self.stdout.write(f"{created} plans loaded, {len(REAL) - created} were there")
