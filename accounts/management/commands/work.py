"""manage.py work: run what waits in the background, and mind the clock."""

from django.core.management.base import BaseCommand

from accounts.workers import work


class Command(BaseCommand):
    help = (
        "Run background jobs, order what is due by the clock, take up what dead workers left. Ctrl-C or SIGTERM stops."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="end when nothing is left to do")

    def handle(self, *args, once, **options):
        work(once)
