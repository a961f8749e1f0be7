"""The database itself refuses to change or delete what has been sealed, whoever asks.

Each trigger names its own table alone, and it is gone when SQLite builds that table anew: a later migration that alters
one of them runs `seal` again at its end (a test asks whether all are there).
"""

from django.db import migrations

# table: which of its rows are sealed (SQL on OLD)
TABLES = {
    "reports_report": "OLD.status = 'issued'",
    "reports_sealedfile": "OLD.id IS NOT NULL",
    "reports_signature": "OLD.id IS NOT NULL",
}
SAID = "What has been issued is sealed: it does not change."


def seal(_apps, schema_editor):
    unseal(_apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION reports_sealed_row() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SAID}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for table, rows in TABLES.items():
            schema_editor.execute(
                f"CREATE TRIGGER sealed_{table} BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW WHEN ({rows}) EXECUTE FUNCTION reports_sealed_row()"
            )
    else:
        for table, rows in TABLES.items():
            for act in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER sealed_{table}_{act.lower()} BEFORE {act} ON {table} "
                    f"WHEN {rows} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
                )


def unseal(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS sealed_{table} ON {table}")
        schema_editor.execute("DROP FUNCTION IF EXISTS reports_sealed_row()")
    else:
        for table in TABLES:
            for act in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS sealed_{table}_{act}")


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_dossier_evidence")]
    operations = [migrations.RunPython(seal, unseal)]
