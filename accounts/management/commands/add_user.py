"""manage.py add_user: an account from the shell, for the first people of an installation."""

import secrets

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Role, User
from agencies.models import Agency


class Command(BaseCommand):
    help = "Add a user to an agency and print a password to be changed; agencies are named LOCALITY/AGENCY."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--agency", required=True, metavar="LOCALITY/AGENCY", help="as in ha-noi/so-noi-vu")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", required=True, help="the person's full name")

    def handle(self, *args, username, agency, role, name, **options):
        locality, _slash, slug = agency.partition("/")
        found = Agency.objects.filter(locality__slug=locality, slug=slug).first()
        if found is None:
            raise CommandError(f"There is no agency {agency}.")
        password = secrets.token_urlsafe(12)
        user = User(username=username, agency=found, role=role, full_name=name)
        user.set_password(password)
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        user.save()
        self.stdout.write(f"{username} of {found}: password {password}")
