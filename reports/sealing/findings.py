"""What was found out about a signed PDF, in words: what was checked, what was not, and why a file was refused."""

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from agencies.templatetags.look import number_vi

GOOD, DOUBT, BAD = "good", "doubt", "bad"
KB, MB = 1024, 1024 * 1024


class Line(NamedTuple):
    """One finding: `level` GOOD, DOUBT (not known) or BAD, what was found, and the detail."""

    level: str
    words: str
    detail: str


def size_words(size):
    """'612 KB', '1,2 MB'; a file of less than a kilobyte has its bytes."""
    if size < KB:
        return f"{number_vi(size)} B"
    return f"{number_vi(round(size / KB))} KB" if size < MB else f"{number_vi(size / MB, 1)} MB"


def lines_of(signature, sealed_size):
    """The lines of an accepted Signature: same bytes, intact, and what nobody has checked."""
    found = signature.findings
    return [
        Line(GOOD, _("Exactly the sealed document"), _appended(found, sealed_size)),
        *(_intact(each) for each in found["signatures"]),
        *(line for each in found["signatures"] if (line := _validity(each))),
        *([_test()] if any(each["is_test"] for each in found["signatures"]) else []),
        _not_checked(signature),
    ]


def _appended(found, sealed_size):
    said = {"added": size_words(found["appended"]), "sealed": size_words(sealed_size)}
    return (
        _("The signed file adds %(added)s after exactly the %(sealed)s that were sealed; no other byte differs.") % said
    )


def _intact(signature):
    said = {"signer": signature["signer"], "time": _time(signature["signed_at"])}
    if not signature["signed_at"]:
        told = _("Signed by: %(signer)s. The signature does not say when.")
    elif signature["is_stamped"]:
        told = _("Signed by: %(signer)s. Time by a time stamp: %(time)s.")
    else:
        told = _("Signed by: %(signer)s. Time written in the signature: %(time)s (the signer's own clock).")
    return Line(GOOD, _("Signature intact"), told % said + _seen(signature["pages"]))


def _seen(pages):
    if not pages:
        return ""
    places = ", ".join(map(str, pages))
    return " " + ngettext("It is seen on page %(pages)s.", "It is seen on pages %(pages)s.", len(pages)) % {
        "pages": places
    }


def _validity(signature):
    """A line where the certificate was not valid at the time the signature names."""
    at = signature["signed_at"]
    if not at:
        return None
    moment, start, end = map(_moment, (at, signature["valid_from"], signature["valid_until"]))
    if start <= moment <= end:
        return None
    said = {"start": f"{start:%d/%m/%Y}", "end": f"{end:%d/%m/%Y}"}
    detail = _("It is valid from %(start)s to %(end)s; the signature names a time outside.") % said
    return Line(BAD, _("The certificate was not valid at that time"), detail)


def _test():
    return Line(
        DOUBT,
        _("A test certificate"),
        _("It was made for trying out and binds nobody. Replace it before anything is issued in earnest."),
    )


def _not_checked(signature):
    until = timezone.localtime(signature.valid_until) if signature.valid_until else None
    said = {"issuer": signature.issuer or _("unknown"), "until": f"{until:%d/%m/%Y}" if until else "–"}
    return Line(
        DOUBT,
        _("Revocation not checked, nor who stands behind the certificate"),
        _(
            "The server does not reach the issuer (%(issuer)s), so it is not known whether the certificate had been "
            "revoked before it signed. It is valid until %(until)s. To be sure, open the file with their software."
        )
        % said,
    )


def _moment(written):
    moment = datetime.fromisoformat(written)
    return timezone.localtime(moment if timezone.is_aware(moment) else timezone.make_aware(moment))


def _time(written):
    return f"{_moment(written):%H:%M:%S, %d/%m/%Y}" if written else ""


# Why a file was refused


def refusal_words(found):
    """(why, where it differs) of a refused file's findings."""
    match found["refusal"]:
        case "not_sealed":
            return _("It is not the sealed document."), _where(found)
        case "changed":
            return _("Something other than a signature was added to the sealed document."), _where(found)
        case "hides":
            words = _("The signature drawn on page %(page)s hides too much of it.") % found
            return words, _("Choose a smaller picture of the signature.")
        case "broken":
            return _("The signature does not stand the check: its bytes are not those that were signed."), ""
        case "unsigned":
            return _("There is no signature in it."), _("Sign the sealed PDF first, then bring it here.")
        case "encrypted":
            return _("It is protected by a password."), _("Sign it without protecting it.")
        case "no_pdf":
            return _("It is not a PDF."), ""
        case "too_many":
            return _("It was changed and signed far more often than anybody signs a document."), ""
        case "too_slow":
            return _("It could not be judged in the time there is."), ""
    return _("It is damaged and cannot be read."), ""


def _where(found):
    said = []
    if number := found.get("version"):
        said.append(_("It is the signed PDF of another version, %(number)s.") % {"number": number})
    elif found.get("page") and "before" in found:
        said.append(_("It differs on page %(page)s: “%(after)s” instead of “%(before)s”.") % found)
    elif found.get("pages_after"):
        said.append(_("It has %(pages_after)s pages instead of %(pages_before)s.") % found)
    elif found["refusal"] == "not_sealed":
        said.append(_("It may have been printed and scanned, or saved anew by another program."))
    return " ".join(said)
