"""A province of 170 units to measure and to try with."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from activities.demo.province import generate_province
from agencies import clock


class Command(BaseCommand):
    help = "Make a fictional province of 170 units, 15 activities and 12 periods, the same for the same seed and day."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=1, help="another seed makes another province")
        parser.add_argument("--on", type=date.fromisoformat, help="the day it stands on (YYYY-MM-DD), default today")

    def handle(self, *, seed, on, **options):
        if seed < 1:
            raise CommandError("The seed is 1 or more.")
        made = generate_province(seed, on or clock.today())
        what = "made" if made.is_new else "was there"
        self.stdout.write(
            f"{made.slug}: {what}; {made.units} units, {made.activities} activities, {made.periods} periods,"
            f" {made.updates} updates"
        )
        self.stdout.write(f"Log in as {made.slug}.coordinator, .leader, .admin or .<agency> (reformcomms-demo)")
