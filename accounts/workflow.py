"""What happens to an account, each act written down: invited, entered, changed, locked, unlocked, handed over."""

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, override

from agencies.access import require
from agencies.models import Locality

from .models import Role, User, UserAct, UserEvent
from .permissions import can_invite, can_lock, can_manage_user, can_manage_users, can_unlock

MOST_OF_NOTE = UserEvent._meta.get_field("note").max_length


def record(person, act, *, by, at, note=""):
    if len(note) > MOST_OF_NOTE:
        note = f"{note[: MOST_OF_NOTE - 1]}…"
    return UserEvent.objects.create(user=person, act=act, by=by, by_name=str(by), at=at, note=note)


@transaction.atomic
def invite(person, *, by, at):
    """Save a new person (unsaved so far), who sets the password through the link."""
    require(can_manage_users(by) and person.agency.locality_id == by.agency.locality_id)
    person.invited_at = at
    person.set_unusable_password()
    person.save()
    record(person, UserAct.INVITED, by=by, at=at, note=person.email)
    return person


@transaction.atomic
def invite_again(person, *, by, at):
    """A new link; the one before is void, a password the person has stays until the link is used."""
    person = _locked_row(person)
    require(can_invite(by, person))
    person.invited_at = at
    person.save(update_fields=["invited_at"])
    record(person, UserAct.INVITED, by=by, at=at, note=person.email)
    return person


@transaction.atomic
def enter(person, *, at):
    """The person has set a password (saved with them): the link is used up, and was not used up meanwhile."""
    require(_locked_row(person).invited_at == person.invited_at, _("This link has been used already."))
    person.invited_at = None
    person.save()
    record(person, UserAct.ENTERED, by=person, at=at)


@transaction.atomic
def change(person, *, by, at):
    """Save what was changed in `person`: name, address, role or agency.

    Raises:
        ValidationError: the locality would be left without an administrator.
    """
    require(can_manage_users(by) and person.agency.locality_id == by.agency.locality_id)
    before = _locked_row(person)
    if before.role == Role.ADMINISTRATOR != person.role:
        require_another_administrator(before, by)
    notes = _differences(before, person)
    person.save()
    if notes:
        moved = before.agency_id != person.agency_id
        record(person, UserAct.MOVED if moved else UserAct.CHANGED, by=by, at=at, note="; ".join(notes))


@transaction.atomic
def deactivate(person, *, by, at, note=""):
    """Lock the account; whoever is logged in with it is out at once, and stays out when it is unlocked.

    Raises:
        ValidationError: it is the locality's last administrator.
    """
    person = _locked_row(person)
    require(can_lock(by, person), _("Your own account is locked by another administrator, and only while it is open."))
    if person.role == Role.ADMINISTRATOR:
        require_another_administrator(person, by)
    person.is_active = False
    person.invited_at = None
    person.save(update_fields=["is_active", "invited_at"])
    end_sessions(person)
    record(person, UserAct.DEACTIVATED, by=by, at=at, note=note)
    return person


@transaction.atomic
def activate(person, *, by, at):
    """Unlock the account; the person logs in with the password of before, or through a new link."""
    person = _locked_row(person)
    require(can_unlock(by, person), _("This account is open already."))
    person.is_active = True
    person.invited_at = None if person.has_usable_password() else at
    person.save(update_fields=["is_active", "invited_at"])
    record(person, UserAct.ACTIVATED, by=by, at=at)
    return person


@transaction.atomic
def hand_over(person, *, to, work, lock, by, at):
    """Write down that `person` hands `work` (a list of words) over to `to`, who is invited where unsaved.

    What is open belongs to the agency, so no row moves; from now on everybody knows whose it is.

    Args:
        lock: lock the person's account as well.

    Returns:
        (who takes over, whether they are new)

    Raises:
        ValidationError: whoever should take over has left, or the last administrator would be locked.
    """
    require(can_manage_user(by, person))
    is_new = to.pk is None
    to = invite(to, by=by, at=at) if is_new else _locked_row(to)
    if not to.is_active or to.agency_id != person.agency_id:
        raise ValidationError(_("%(name)s cannot take over any more: choose somebody else.") % {"name": to})
    record(person, UserAct.HANDED_OVER, by=by, at=at, note=_handed(_("to %(name)s: %(work)s"), to, work))
    record(to, UserAct.HANDED_OVER, by=by, at=at, note=_handed(_("from %(name)s: %(work)s"), person, work))
    if lock:
        deactivate(person, by=by, at=at)
    return to, is_new


def _handed(sentence, person, work):
    return sentence % {"name": person, "work": "; ".join(work) or _("nothing was open")}


def end_sessions(person):
    """Log the person out wherever they are logged in."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()


def require_another_administrator(person, by):
    """Refuse what would leave the locality without an administrator who can log in."""
    administrators = User.people.visible_to(by).filter(role=Role.ADMINISTRATOR, is_active=True)
    if not any(each.has_usable_password() for each in administrators.exclude(pk=person.pk)):
        raise ValidationError(
            _("%(name)s is the only administrator of the locality who can log in. Make somebody else one first.")
            % {"name": person}
        )


MOVES = {"invite": invite_again, "lock": deactivate, "unlock": activate}


def _locked_row(person):
    """The person as stored. The whole locality is locked: who is its last administrator hangs on all of them."""
    Locality.objects.select_for_update(of=("self",)).get(agencies=person.agency_id)
    return User.objects.select_related("agency").get(pk=person.pk)


def _differences(before, after):
    """What was changed, in the language of the office: "role: Focal point → Leader"."""
    with override(settings.LANGUAGE_CODE):
        facts = [
            (_("name"), before.full_name, after.full_name),
            (_("user name"), before.username, after.username),
            (_("e-mail"), before.email, after.email),
            (_("role"), before.get_role_display(), after.get_role_display()),
            (_("agency"), before.agency.short_name, after.agency.short_name),
        ]
        return [f"{what}: {old or '–'} → {new or '–'}" for what, old, new in facts if old != new]
