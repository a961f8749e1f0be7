"""The check code of an issued report: short enough to type, too long to guess, and it knows when it was mistyped.

Eleven random characters of 31 (54 bits) and one that is computed from them, in three groups: 7K2F-9QXM-4TRD. As 31 is a
prime, one wrong character and two swapped neighbours are always noticed. 0, O, 1, I and L look alike: none occurs.
"""

import secrets
from typing import NamedTuple

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
GROUP = 4
SHA256_LENGTH = 64
HEXADECIMAL = frozenset("0123456789abcdef")


class Asked(NamedTuple):
    """What somebody typed: a `code` or a `sha256` that can be looked up, or a `fault` (its kind, what it is about)."""

    typed: str
    code: str = ""
    sha256: str = ""
    fault: str = ""
    about: str = ""

    @property
    def name(self):
        """What was typed, or the name of the file, where that says more than its SHA-256."""
        return "" if self.sha256 and read(self.typed).sha256 == self.sha256 else self.typed


def new_code():
    """A code nobody can guess."""
    drawn = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH - 1))
    return in_groups(drawn + _check_character(drawn))


def in_groups(characters):
    return "-".join(characters[start : start + GROUP] for start in range(0, len(characters), GROUP))


def _check_character(characters):
    total = sum(place * ALPHABET.index(each) for place, each in enumerate(characters, start=1))
    return ALPHABET[total * pow(LENGTH, -1, len(ALPHABET)) * -1 % len(ALPHABET)]


def is_sound(characters):
    """Twelve characters of the alphabet whose weighted sum is a multiple of 31."""
    if len(characters) != LENGTH or not set(characters) <= set(ALPHABET):
        return False
    return sum(place * ALPHABET.index(each) for place, each in enumerate(characters, 1)) % len(ALPHABET) == 0


def read(typed):
    """What `typed` asks for: a code, however it is spaced and in whatever case, or a SHA-256."""
    typed = typed.strip()[:200]
    plain = "".join(each for each in typed if not each.isspace() and each not in "-–—_.:")
    hexadecimal = plain.lower()
    if set(hexadecimal) <= HEXADECIMAL and len(plain) > 2 * LENGTH:
        if len(plain) == SHA256_LENGTH:
            return Asked(typed, sha256=hexadecimal)
        return Asked(typed, fault="hash_length", about=str(len(plain)))
    return _read_code(typed, plain.upper())


def _read_code(typed, plain):
    if not plain:
        return Asked(typed, fault="empty")
    if strange := "".join(dict.fromkeys(each for each in plain if each not in ALPHABET)):
        return Asked(typed, fault="characters", about=strange[:10])
    if len(plain) != LENGTH:
        return Asked(typed, fault="length", about=str(len(plain)))
    if not is_sound(plain):
        return Asked(typed, fault="mistyped")
    return Asked(typed, code=in_groups(plain))
