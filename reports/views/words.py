"""What views of this app say to people in more than one place."""

from django.utils.translation import gettext_lazy

NOT_FOR_YOU = gettext_lazy("The state of the whole locality is for its coordinator, leaders and administrators.")
BUSY = gettext_lazy("Other documents are being made just now. Please ask for the PDF again in a minute.")
DRAFTS_ONLY = gettext_lazy("Reports are drafts: only the coordinator, leaders and administrators read them.")
