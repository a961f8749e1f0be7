"""Documents of a dossier's own: proof that no update brought, put under a criterion and taken away again."""

from django.db import transaction

from activities.attachments import set_aside

from ..models import DossierDocument
from .proposing import check_wanted, lock_open


@transaction.atomic
def attach_documents(dossier, criterion, form, *, proves="", by, at):
    """Keep what is sound of `form` (a cleaned AttachmentForm) under `criterion`; the new DossierDocuments.

    Raises:
        ValidationError: the dossier was closed or put on other criteria meanwhile, or `proves` is nothing that the
            criterion wants.
    """
    lock_open(dossier, criterion)
    check_wanted(criterion, proves)
    rows = form.attach(DossierDocument, {"dossier": dossier, "criterion": criterion}, by=by, at=at)
    DossierDocument.objects.filter(pk__in=[row.pk for row in rows]).update(proves=proves)
    return rows


@transaction.atomic
def remove_document(document):
    """Delete `document` together with its file; False where somebody has done so already.

    Raises:
        ValidationError: the dossier was closed meanwhile.
    """
    lock_open(document.dossier)
    gone, _rows = DossierDocument.objects.filter(pk=document.pk).delete()
    if gone:
        set_aside(document)
    return bool(gone)
