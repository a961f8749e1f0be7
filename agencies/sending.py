"""What a browser sent, taken whole: a POST is a POST even when it is empty, and a race ends in a sentence."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

QUICKER = _("Somebody changed the same thing at this very moment. Look at it once more, then save again.")
NEVER_SEEN = -1  # the version of a page that does not say which one it showed: nothing has it


def posted(request):
    """What was posted, to bind a form to; None when the page is only being read."""
    return request.POST if request.method == "POST" else None


def saved(form, then=None):
    """Save a valid form; False, with a sentence on the form, when somebody was a moment quicker.

    `then` is done with what was saved, in the same transaction. The forms check what the database checks, so only
    two people at the same moment meet a constraint here.
    """
    try:
        with transaction.atomic():
            row = form.save()
            if then:
                then(row)
    except IntegrityError:
        say_quicker(form)
        return False
    return True


def say_quicker(form):
    """The database refused what the form found in order: somebody else was quicker."""
    form.add_error(None, QUICKER)
