"""What every file that is given out says of itself."""

from django.utils.translation import gettext as _


def given_out(at):
    """When it was made; `at` in local time."""
    return _("Given out at %(time)s on %(day)s") % {"time": f"{at:%H:%M}", "day": f"{at:%d/%m/%Y}"}
