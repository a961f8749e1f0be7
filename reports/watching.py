"""Every night all sealed files are compared with their SHA-256, and what an issuing left behind is cleared away.

A difference is told once; it stands on the report's page and among the state of health until the file is whole again.
"""

from collections import defaultdict
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.health import Sign, sign_of_health
from accounts.jobs import CannotDo, work
from accounts.models import Job, JobState, NotificationKind, Role, User
from accounts.notifying import tell
from agencies import clock

from .kept import damage_of
from .models import Comparison, Damage, DamageKind, Report, SealedFile, Signature

KIND, LEFT_BEHIND = "sealed_files", "sealed_left_behind"
FOLDER = "sealed"
KEPT = timedelta(days=366)  # comparisons
OVERDUE = timedelta(days=2)  # without a comparison
YOUNGEST = timedelta(days=1)  # of a file that no row names
MOST_AT_ONCE = 50  # files of ten issuings that were killed; more than that is no accident of ours
AT_ONCE = 500  # names in one question
NAMED = 3  # reports in a sentence


@work(KIND, label=gettext_lazy("Comparing sealed files with their SHA-256"))
def compare_in_background(job, *, day):
    """Compare all that the job's locality has sealed."""
    done = compare_all(job.locality, at=clock.now(), step=job.step)
    if done.damaged:
        said = ngettext(
            "%(n)s of %(all)s files is not what was sealed.",
            "%(n)s of %(all)s files are not what was sealed.",
            done.damaged,
        )
        return said % {"n": done.damaged, "all": done.files}
    said = ngettext("%(n)s file, as it was sealed.", "%(n)s files, all as they were sealed.", done.files)
    return said % {"n": done.files}


def compare_all(locality, *, at, step=None):
    """Read every sealed file and signed copy of `locality`, one after the other; the Comparison, stored.

    `step(done, total)` is told how far it is.
    """
    rows = [*_of(SealedFile, locality), *_of(Signature, locality)]
    found = {}
    for done, row in enumerate(rows, start=1):
        if kind := damage_of(row):
            found[_key(row)] = (row, kind)
        if step:
            step(done, len(rows))
    return _written_down(locality, rows, found, at)


def _of(model, locality):
    fields = ("report", "file", "file_name", "sha256")
    return model.objects.filter(report__locality=locality).exclude(file="").only(*fields).order_by("pk")


def _key(row):
    return type(row), row.pk


@transaction.atomic
def _written_down(locality, rows, found, at):
    """Keep what was found, and tell what is new of it."""
    # Not `FOR UPDATE`: new rows that point to the locality need not wait.
    type(locality).objects.select_for_update(no_key=True).get(pk=locality.pk)
    known = {_key(damage.of): damage for damage in open_damages(locality)}
    over = [damage for key, damage in known.items() if key not in found]
    new = [Damage.found(row, kind, at) for key, (row, kind) in found.items() if key not in known]
    for kind in DamageKind:
        same = [damage.pk for key, damage in known.items() if key in found and found[key][1] == kind != damage.kind]
        if same:
            Damage.objects.filter(pk__in=same).update(kind=kind)
    Damage.objects.filter(pk__in=[damage.pk for damage in over]).update(over_at=at)
    Damage.objects.bulk_create(new)
    Comparison.objects.filter(locality=locality, at__lt=at - KEPT).delete()
    done = Comparison.objects.create(locality=locality, at=at, files=len(rows), damaged=len(found))
    _tell(locality, "damaged", new, at)
    _tell(locality, "whole", over, at)
    return done


def _tell(locality, step, damages, at):
    """Who looks after the reports and the portal, of what was found this time: one notification."""
    if not damages:
        return
    reports = list(Report.objects.filter(pk__in={damage.report_id for damage in damages}).order_by("pk"))
    numbers = [report.document_number for report in reports]
    minders = User.objects.filter(role__in=(Role.ADMINISTRATOR, Role.COORDINATOR), is_active=True)
    tell(
        minders.filter(agency__locality=locality),
        NotificationKind.REPORT,
        key=f"sealed:{step}:{at.isoformat()}",
        url=reverse("reports:detail", args=[reports[0].pk]),
        at=at,
        step=step,
        number=", ".join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else ""),
        n=len(damages),
    )


def open_damages(locality):
    """What is not whole at present of what the locality has sealed, with its reports."""
    rows = Damage.objects.filter(report__locality=locality, over_at__isnull=True)
    return rows.select_related("report", "sealed_file", "signature")


def damages_of(report):
    """What is not whole at present of what was sealed of `report`: [Damage]."""
    rows = report.damages.filter(over_at__isnull=True)
    return list(rows.select_related("sealed_file", "signature"))


def last_comparison(locality):
    """The Comparison of `locality` (or its key) that was made last, or None."""
    return Comparison.objects.filter(locality=locality).first()


# What an issuing that was killed left behind


@work(LEFT_BEHIND, label=gettext_lazy("Clearing away what an issuing left behind"), tries=1)
def clear_in_background(job, *, day):
    """Remove the files in the folder of sealed ones that no row names."""
    gone = clear_left_behind()
    return ngettext("%(n)s file cleared away.", "%(n)s files cleared away.", gone) % {"n": gone} if gone else ""


def clear_left_behind():
    """Delete what was written for a seal that did not come about, a day ago or longer; returns how many files.

    Nothing is deleted before every name has been asked for.

    Raises:
        CannotDo: so many that the database may be the one that is wrong.
    """
    nameless = _nameless(_old_files())
    if len(nameless) > MOST_AT_ONCE:
        said = _("%(n)s files in the store belong to no report. None has been removed: is this the right database?")
        raise CannotDo(said % {"n": len(nameless)}, final=True)
    for name in nameless:
        default_storage.delete(name)
    return len(nameless)


def _old_files():
    """The names of sealed files written before yesterday's hour; by the machine's clock, as files are."""
    try:
        _folders, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return []
    before = timezone.now() - YOUNGEST
    names = [f"{FOLDER}/{file}" for file in files]
    return [name for name in names if default_storage.get_modified_time(name) < before]


def _nameless(names):
    named = set()
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        for model in (SealedFile, Signature):
            named.update(model.objects.filter(file__in=some).values_list("file", flat=True))
    return [name for name in names if name not in named]


# What stands on pages


@sign_of_health
def _health(locality, now):
    """How the sealed files of `locality` are."""
    name, last, damages = _("Sealed files"), last_comparison(locality), list(open_damages(locality))
    if damages:
        return Sign(name, _damaged_words(len(damages)), "; ".join(_of_each_report(damages)[:NAMED]), False)
    if last is None:
        is_any = SealedFile.objects.filter(report__locality=locality).exists()
        return Sign(name, _("not compared yet"), _("they are compared every night"), not is_any)
    files = ngettext("%(n)s whole", "%(n)s whole", last.files) % {"n": last.files}
    return Sign(name, files, _("compared at %(day)s") % _day_of(last.at), now - last.at < OVERDUE)


@sign_of_health
def _health_of_clearing(_locality, now):
    """How the clearing away of what an issuing left behind went last."""
    name = _("Files an issuing left behind")
    ended = Job.objects.filter(kind=LEFT_BEHIND, state__in=(JobState.DONE, JobState.FAILED))
    last = ended.order_by("-finished_at").first()
    if last is None:
        return Sign(name, _("not looked for yet"), _("they are cleared away every night"))
    if last.state == JobState.FAILED:
        return Sign(name, _("not cleared away"), last.error, False)
    value = last.outcome or _("none")
    return Sign(name, value, _("looked for at %(day)s") % _day_of(last.finished_at), now - last.finished_at < OVERDUE)


def _day_of(moment):
    return {"day": f"{timezone.localtime(moment):%H:%M, %d/%m/%Y}"}


def _damaged_words(n):
    return ngettext("%(n)s not what was sealed", "%(n)s not what was sealed", n) % {"n": n}


def _of_each_report(damages):
    """'240/BC-SNV: 240-BC-SNV.pdf, 240-BC-SNV.docx' of each report."""
    files = defaultdict(list)
    for damage in damages:
        files[damage.report].append(damage.file_name)
    return [f"{report.document_number}: {', '.join(names)}" for report, names in files.items()]
