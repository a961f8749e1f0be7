"""The secret in the address of a person's calendar: who knows it reads, and nothing else."""

import re
import secrets

from .models import User

BYTES = 32


def make_address(user):
    """Give the person an address, or a new one instead of the old, which ends at once."""
    user.calendar_token = secrets.token_urlsafe(BYTES)
    user.save(update_fields=["calendar_token"])


def reader_of(token):
    """The person whose calendar has this secret, while their account is open; else None.

    The database compares the secret, not in constant time: of 256 random bits nobody finds a first half by waiting.
    """
    if not re.fullmatch(r"[\w-]+", token, re.ASCII):
        return None
    people = User.objects.select_related("agency__locality").filter(is_active=True, agency__isnull=False)
    return people.filter(calendar_token=token).first()
