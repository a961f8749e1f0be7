"""The lock of a period, below everything that writes: a page, an import, a command, the shell.

A write is judged by the moment it is made at. A request and a command say which that is (`writing_at`); where nobody
says, it is the clock's. Building the past (the demo, tests) is the one thing that lifts the lock, and says so
(`lock_lifted`).
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import clock
from agencies.models import TenantQuerySet

# What of an update its agency writes; the rest is the reviewer's.
AGENCYS_OWN = frozenset(
    {
        "results",
        "difficulties",
        "proposals",
        "nothing_to_report",
        "nothing_reason",
        "submitted_at",
        "saved_at",
        "on_behalf_by",
        "on_behalf_by_id",
        "on_behalf_name",
        "on_behalf_reason",
    }
)
LIFTED = object()
_moment = ContextVar("moment of writing", default=None)


class PeriodLocked(PermissionDenied):
    """The period is closed for writing; the message says since when."""


@contextmanager
def writing_at(moment):
    """What is written inside is written at `moment` (aware datetime)."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


@contextmanager
def lock_lifted():
    """The past is being built, not written in."""
    token = _moment.set(LIFTED)
    try:
        yield
    finally:
        _moment.reset(token)


def day_of_writing():
    """The day by which a write is judged; None where the lock is lifted."""
    moment = _moment.get()
    if moment is LIFTED:
        return None
    return timezone.localtime(moment).date() if moment else clock.today()


def check_open(period, agency_id):
    """Raises PeriodLocked where `agency_id` may not write in `period` at the moment of writing."""
    day = day_of_writing()
    if day is None or day < period.locks_on:
        return
    extensions = apps.get_model("activities", "Extension").objects
    if not extensions.filter(period=period, agency=agency_id, until__gte=day).exists():
        raise PeriodLocked(
            _("%(period)s has been locked since %(day)s: nothing can be changed any more.")
            % {"period": period.title, "day": f"{period.locks_on:%d/%m/%Y}"}
        )


def check_updates_open(updates):
    """`updates` (a queryset, or keys of updates): raises PeriodLocked where one of them is closed for writing."""
    if day_of_writing() is None:
        return
    model = apps.get_model("activities", "QuarterlyUpdate")
    for update in model.objects.filter(pk__in=updates).select_related("period"):
        check_open(update.period, update.agency_id)


class Guarded(models.Model):
    """A row of an update. `written_update()` gives the key of the update it belongs to.

    A row that is moved is written in both places: where it was and where it goes.
    """

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self._check()
        super().save(*args, **kwargs)
        self._held_by = self.__dict__.get(_parent_of(type(self)).attname)

    def delete(self, *args, **kwargs):
        self._check()
        return super().delete(*args, **kwargs)

    @classmethod
    def from_db(cls, db, field_names, values):
        row = super().from_db(db, field_names, values)
        row._held_by = row.__dict__.get(_parent_of(cls).attname)
        return row

    def _check(self):
        if day_of_writing() is None:
            return
        parent, before = _parent_of(type(self)), getattr(self, "_held_by", None)
        moved = before is not None and before != getattr(self, parent.attname)
        check_updates_open([self.written_update(), *(_updates_of(parent, [before]) if moved else ())])


def _parent_of(model):
    """The foreign key along which a row belongs to its update."""
    return model._meta.get_field(model._default_manager.all().UPDATE.split("__")[0])


def _updates_of(parent, keys):
    """Keys of the updates that the rows `parent` points at with `keys` belong to."""
    rows = parent.related_model._base_manager.filter(pk__in=keys)
    return rows.values_list("pk" if parent.name == "update" else "update", flat=True)


class GuardedQuerySet(TenantQuerySet):
    """Writes of many rows at once ask the same; `UPDATE` is the path from the row to its update.

    Of updates themselves only what the agency writes is asked about, as when one of them is saved.
    """

    UPDATE = "update"

    def _check(self):
        if day_of_writing() is not None:
            check_updates_open(list(self.order_by().values_list(self.UPDATE, flat=True).distinct()))

    def update(self, **values):
        if self.UPDATE != "pk" or not AGENCYS_OWN.isdisjoint(values):
            self._check()
            self._check_goal(values)
        return super().update(**values)

    def _check_goal(self, values):
        """Rows moved to another update are written there, too."""
        if self.UPDATE == "pk" or day_of_writing() is None:
            return
        parent = _parent_of(self.model)
        goal = values.get(parent.name, values.get(parent.attname))
        if isinstance(goal, (models.Model, int)):
            check_updates_open(_updates_of(parent, [getattr(goal, "pk", goal)]))

    def delete(self):
        self._check()
        return super().delete()

    def bulk_create(self, rows, *args, **kwargs):
        rows = list(rows)
        if self.UPDATE == "pk":
            for row in rows:
                check_open(row.period, row.agency_id)
        elif day_of_writing() is not None:
            check_updates_open({row.written_update() for row in rows})
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, rows, fields, *args, **kwargs):
        rows = list(rows)
        if self.UPDATE != "pk":
            updates = {row.written_update() for row in rows}
        else:
            updates = set() if AGENCYS_OWN.isdisjoint(fields) else {row.pk for row in rows}
        check_updates_open(updates)
        return super().bulk_update(rows, fields, *args, **kwargs)


class GuardedByPeriod(models.Model):
    """What an agency writes beside its update; `written_in()` gives the period and the key of the agency.

    A row that is moved is written in both places: where it was and where it goes.
    """

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self._check()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self._check()
        return super().delete(*args, **kwargs)

    def _check(self):
        if day_of_writing() is None:
            return
        check_open(*self.written_in())
        stored = None if self._state.adding else type(self)._base_manager.filter(pk=self.pk).first()
        if stored is not None:
            check_open(*stored.written_in())


class PeriodQuerySet(TenantQuerySet):
    """Writes of many rows at once ask the same of each."""

    def _check(self, rows):
        if day_of_writing() is not None:
            for row in rows:
                check_open(*row.written_in())

    def update(self, **values):
        rows = [] if day_of_writing() is None else list(self.order_by())
        self._check(rows)
        self._check(_moved(rows, values))
        return super().update(**values)

    def delete(self):
        self._check(self.order_by())
        return super().delete()

    def bulk_create(self, rows, *args, **kwargs):
        rows = list(rows)
        self._check(rows)
        return super().bulk_create(rows, *args, **kwargs)


def _moved(rows, values):
    """The rows as they stand after an update with `values`; none where it moves them nowhere."""
    for row in rows:
        goals = [(name, value) for name, value in values.items() if isinstance(value, (models.Model, int))]
        goals = [(row._meta.get_field(name), value) for name, value in goals]
        goals = [(field, value) for field, value in goals if field.is_relation]
        for field, value in goals:
            setattr(row, field.attname, getattr(value, "pk", value))
        if goals:
            yield row


def guarded_by_period(path):
    """A manager of rows that belong to the locality along `path` and say themselves what they are written in."""
    return type("RowsOfPeriods", (PeriodQuerySet,), {"LOCALITY": path}).as_manager()


def guarded(path, update):
    """A manager of rows that belong to the locality along `path` and to the update along `update`."""
    return type("GuardedRows", (GuardedQuerySet,), {"LOCALITY": path, "UPDATE": update}).as_manager()
