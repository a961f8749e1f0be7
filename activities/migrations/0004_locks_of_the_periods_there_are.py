"""Every period there is gets the day from which it is locked: fifteen days after the agencies' deadline."""

from datetime import timedelta

from django.db import migrations

DAYS = 15


def lock(apps, schema_editor):
    for period in apps.get_model("activities", "ReportingPeriod").objects.all():
        period.locks_on = period.agency_due_on + timedelta(days=DAYS)
        period.save(update_fields=["locks_on"])


class Migration(migrations.Migration):
    dependencies = [("activities", "0003_updates_of_a_province")]

    operations = [migrations.RunPython(lock, migrations.RunPython.noop)]
