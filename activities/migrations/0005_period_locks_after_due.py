from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0004_locks_of_the_periods_there_are")]

    operations = [
        migrations.AddConstraint(
            model_name='reportingperiod',
            constraint=models.CheckConstraint(condition=models.Q(('locks_on__gt', models.F('agency_due_on'))), name='period_locks_after_due', violation_error_message="A period can be locked only after the agencies' deadline."),
        ),
    ]
