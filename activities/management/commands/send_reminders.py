"""manage.py send_reminders: write the letters that are due on a day and order their sending; for a timer, once a day.

Asked again for the same day it writes none.
"""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from activities.reminding.sending import send_reminders
from agencies import clock
from agencies.models import Locality


class Command(BaseCommand):
    help = "Write the letters due on a day, one for each person who has something to do, and send them by job."

    def add_arguments(self, parser):
        parser.add_argument("--on", type=_day, default=None, metavar="YYYY-MM-DD", help="the day; today without it")
        parser.add_argument("--locality", metavar="SLUG", help="only this locality")

    def handle(self, *args, on=None, locality=None, **options):
        localities = Locality.objects.filter(slug=locality) if locality else Locality.objects.all()
        if locality and not localities:
            raise CommandError(f"There is no locality {locality}.")
        day = on or clock.today()
        sent = sum(send_reminders(each, day, clock.now()) for each in localities)
        self.stdout.write(f"sent {sent}")


def _day(written):
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise CommandError(f"{written} is no day: write it as 2026-09-17.") from error
