"""What has been sealed is neither changed nor deleted: refused here, and once more by the database (migrations)."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.models import TenantQuerySet


class Sealed(PermissionDenied):
    """The row has been sealed."""

    def __init__(self):
        super().__init__(_("What has been issued is sealed: it does not change. A correction is a new version."))


class UnchangingQuerySet(TenantQuerySet):
    """`SEALED`: which of the rows do not change any more."""

    SEALED = Q()

    def _check(self):
        if self.order_by().filter(self.SEALED).exists():
            raise Sealed

    def update(self, **values):
        self._check()
        return super().update(**values)

    def delete(self):
        self._check()
        return super().delete()


def unchanging(path, sealed=None):
    """A manager of rows that belong to the locality along `path`; `sealed` (Q): those that stay, all without it."""
    return type("SealedRows", (UnchangingQuerySet,), {"LOCALITY": path, "SEALED": sealed or Q()}).as_manager()


class Unchanging:
    """For a model whose `objects` are `unchanging`: its rows are not saved again, nor deleted, once they are sealed."""

    def save(self, *args, **kwargs):
        self._check_open()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self._check_open()
        return super().delete(*args, **kwargs)

    def _check_open(self):
        if not self._state.adding:
            type(self).objects.filter(pk=self.pk)._check()
