"""User names made from what a person is called, as offices make them: Vì Văn Thoại is thoaivv."""

import re

from agencies.vietnamese import fold

from .models import User


def free_username(email, full_name, taken=()):
    """A user name nobody has: the part of `email` before the @, else of the name; numbered where it is taken.

    Args:
        taken: names given out just now, not saved yet.
    """
    wanted = _plain(email.partition("@")[0]) or from_name(full_name) or "user"
    used = {
        name.casefold() for name in User.people.filter(username__istartswith=wanted).values_list("username", flat=True)
    }
    used.update(name.casefold() for name in taken)
    candidates = (wanted if number == 1 else f"{wanted}{number}" for number in range(1, len(used) + 2))
    return next(name for name in candidates if name not in used)


def from_name(full_name):
    """The given name and the initials of the others, without accents."""
    *others, given = _plain(full_name, keep=" ").split() or [""]
    return given + "".join(word[0] for word in others)


def _plain(words, keep=""):
    return re.sub(rf"[^a-z0-9._\-{keep}]", "", fold(words))[:100]
