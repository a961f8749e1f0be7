"""A seal for trying out, where the agency's own would lie. Only where DEBUG is on."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agencies import clock
from agencies.models import Agency

from ...sealing.office_seal import make_test_seal


class Command(BaseCommand):
    help = "Make a test certificate (PKCS#12) with which the server seals what the agency issues."

    def add_arguments(self, parser):
        parser.add_argument("agency", help="short address names: LOCALITY/AGENCY, for instance minh-hoa/so-noi-vu")

    def handle(self, *, agency, **_options):
        if not settings.DEBUG:
            raise CommandError("A test seal is made only where DEBUG is on: what it seals binds nobody.")
        locality, _slash, slug = agency.partition("/")
        row = Agency.objects.filter(locality__slug=locality, slug=slug).select_related("locality").first()
        if row is None:
            raise CommandError(f"There is no agency {agency}.")
        self.stdout.write(f"Test seal of {row}: {make_test_seal(row, now=clock.now())}")
