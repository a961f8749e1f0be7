"""manage.py apply_reorganisations: carry out every reorganisation whose day has come; for a timer shortly after 0 h."""

from django.core.management.base import BaseCommand

from activities.reorganising import apply_due
from agencies import clock


class Command(BaseCommand):
    help = "Carry out every reorganisation whose day has come; asked again, it does nothing."

    def handle(self, *args, **options):
        self.stdout.write(f"{apply_due(clock.today(), clock.now())} reorganisations carried out")
