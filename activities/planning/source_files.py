"""The files a plan came from or was signed as, kept with it: each content once."""

from django.db import transaction

from plans.models import Plan, PlanFile


@transaction.atomic
def keep_file(plan, upload, checked, *, kind, by, at, version=None):
    """Keep `upload` (checked: a CheckedFile) with `plan`; the file that is there already stays as it is.

    Returns:
        (PlanFile, created).
    """
    Plan.objects.select_for_update().get(pk=plan.pk)  # two clicks keep one file
    there = plan.files.filter(sha256=checked.sha256, removed_at__isnull=True).first()
    if there:
        if version and not there.version_id:
            there.version = version
            there.save(update_fields=["version"])
        return there, False
    kept = PlanFile.objects.create(
        plan=plan,
        version=version,
        kind=kind,
        file=upload,
        file_name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        added_by=by,
        added_at=at,
    )
    return kept, True


def remove_file(plan_file, *, at):
    """Take the file off the plan's page; its bytes stay for the auditor."""
    plan_file.removed_at = at
    plan_file.save(update_fields=["removed_at"])
