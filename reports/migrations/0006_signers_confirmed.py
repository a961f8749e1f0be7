"""Somebody says of a signed copy that was brought whether its signer is who was to sign, once and for all.

What was accepted before counts as it did: it is confirmed in the name of whoever brought it, at that time.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reports.models.unchanging

TABLE = "reports_signercheck"
SAID = import_module("reports.migrations.0003_sealed_rows_stay").SAID


def confirm_accepted(apps, _schema_editor):
    copies = apps.get_model("reports", "Signature").objects.filter(is_accepted=True, way="uploaded")
    check = apps.get_model("reports", "SignerCheck")
    check.objects.bulk_create(
        (check(signature=row, is_theirs=True, by_id=row.by_id, by_name=row.by_name, at=row.at) for row in copies),
        batch_size=500,
    )


def seal(_apps, schema_editor):
    unseal(_apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER sealed_{TABLE} BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION reports_sealed_row()"
        )
    else:
        for act in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER sealed_{TABLE}_{act.lower()} BEFORE {act} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            )


def unseal(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS sealed_{TABLE} ON {TABLE}")
    else:
        for act in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS sealed_{TABLE}_{act}")


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0005_dossier_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SignerCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_theirs", models.BooleanField(verbose_name="signed by who was to sign")),
                ("by_name", models.CharField(max_length=150, verbose_name="name at that time")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signer_check",
                        to="reports.signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "check of a signer",
                "verbose_name_plural": "checks of signers",
                "ordering": ["at", "pk"],
            },
            bases=(reports.models.unchanging.Unchanging, models.Model),
        ),
        migrations.RunPython(confirm_accepted, migrations.RunPython.noop),  # its table goes with what it wrote
        migrations.RunPython(seal, unseal),
    ]
