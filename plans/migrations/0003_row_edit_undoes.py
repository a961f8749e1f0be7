"""An edit of a row may take back an earlier one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0002_planning_workspace'),
    ]

    operations = [
        migrations.AddField(
            model_name='rowedit',
            name='undoes',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='undone_by', to='plans.rowedit', verbose_name='undoes'),
        ),
    ]
