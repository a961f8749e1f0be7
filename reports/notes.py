"""What a file says of itself above its rows: of which plans, and from what day one looks."""

from django.utils.translation import gettext as _


def plan_names(plans):
    return "; ".join(str(plan) for plan in plans)


def of_plans(period, plans):
    """The period, and the plans it is of."""
    words = _("%(period)s of the plans %(plan)s") if len(plans) > 1 else _("%(period)s of plan %(plan)s")
    return words % {"period": period.title, "plan": plan_names(plans)}


def seen_from(known_on):
    """[what counts where one looks from this earlier day]; [] where one looks from today (None)."""
    if known_on is None:
        return []
    said = _(
        "Only what had been sent by the end of %(day)s counts; what an agency corrected later is read as corrected."
    )
    return [said % {"day": f"{known_on:%d/%m/%Y}"}]
