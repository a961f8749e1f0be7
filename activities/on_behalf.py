"""The coordinator fills in an update for an agency that cannot: both names are kept, and both may write."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.access import require

from .models import QuarterlyUpdate, writing_at
from .permissions import OPEN_TO_THE_AGENCY, can_act_on_behalf, can_edit_update
from .saving import LOCKED
from .workflow import ON_BEHALF, record


@transaction.atomic
def take_over(period, agency, *, name, reason, by, at):
    """The agency's update of `period`, begun where there is none, to be filled in by `by` from now on.

    Args:
        name: the person at the agency whose figures they are.

    Raises:
        PermissionDenied: it is not this person's to do, or the period is locked for the agency.
        ValidationError: it has been sent meanwhile.
    """
    require(can_act_on_behalf(by, period))
    with writing_at(at):
        begun, _is_new = QuarterlyUpdate.objects.get_or_create(period=period, agency=agency)
    rows = QuarterlyUpdate.objects.select_for_update(of=("self",)).select_related("period__plan", "agency")
    update = rows.get(pk=begun.pk)
    if update.status not in OPEN_TO_THE_AGENCY:
        raise ValidationError(_("The agency has sent its update meanwhile: there is nothing left to fill in."))
    update.on_behalf_by, update.on_behalf_name, update.on_behalf_reason = by, name, reason
    require(can_edit_update(by, update, timezone.localtime(at).date()), LOCKED)
    update.version += 1
    update.save()
    record(update, ON_BEHALF, by=by, at=at, reason=reason)
    return update
