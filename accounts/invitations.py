"""The link by which a person sets their first password: good for seven days and for once."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _, gettext_lazy, override

from agencies import clock

from .delivering import send
from .jobs import order, work
from .models import User

VALID_FOR = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


class InvitationTokens(PasswordResetTokenGenerator):
    """Tokens dated at the invitation, so that the administrator is shown the very link that was sent.

    Another invitation, a password or a locked account each make the earlier links void.
    """

    key_salt = "accounts.invitations"

    def make_token(self, user):
        return self._make_token_with_timestamp(user, self._num_seconds(_local(user.invited_at)), self.secret)

    def check_token(self, user, token):
        return bool(user and user.is_active and user.invited_at) and super().check_token(user, token)

    def _make_hash_value(self, user, timestamp):
        return f"{user.pk}{user.password}{user.invited_at.timestamp()}{timestamp}"

    def _now(self):
        return _local(clock.now())


def _local(moment):
    return timezone.make_naive(moment).replace(microsecond=0)


tokens = InvitationTokens()


def expires_at(user):
    """When the person's link ends; None where there is none."""
    return user.invited_at + VALID_FOR if user.is_active and user.invited_at else None


def link_to(user):
    """The path of the person's own link."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("accounts:invitation", args=[uid, tokens.make_token(user)])


def invited(uidb64, token):
    """Whose link this is; None where it is nobody's, or no longer."""
    try:
        pk = int(urlsafe_base64_decode(uidb64).decode())
        user = User.objects.select_related("agency__locality").filter(pk=pk).first()
    except (ValueError, OverflowError):
        return None
    return user if tokens.check_token(user, token) else None


def send_invitations(people, *, by, absolute):
    """A letter with the link to each of `people` who has an address, by job, when what was saved is saved.

    A network without mail is no fault: the administrator sees the links and passes them on.

    Args:
        absolute: makes a path an address (`request.build_absolute_uri`).
    """
    for person in people:
        if person.email:
            order(
                "invitation",
                by=by,
                locality=person.agency.locality,
                subject=f"{person}, {person.email}"[:300],
                person=person.pk,
                invited_at=person.invited_at.timestamp(),
                portal=absolute("/"),
            )


@work("invitation", label=gettext_lazy("Invitation by e-mail"), tries=5, small=True)
def send_invitation(job, *, person, invited_at, portal):
    """Send the link as it is now; an invitation that another has made void is not sent."""
    invited = User.objects.select_related("agency__locality").get(pk=person)
    if not invited.invited_at or invited.invited_at.timestamp() != invited_at or not invited.is_active:
        return _("Not sent: the invitation is over.")
    send(_letter(invited, job.started_by, f"{portal.rstrip('/')}{link_to(invited)}"))


def _letter(person, by, link):
    with override(settings.LANGUAGE_CODE):
        locality = person.agency.locality
        subject = _("Invitation to the portal of %(locality)s") % {"locality": locality.name}
        words = {"person": person, "by": by, "link": link, "locality": locality, "expires_at": expires_at(person)}
        return EmailMessage(
            " ".join(subject.split()), render_to_string("accounts/invitation.txt", words), to=[person.email]
        )
