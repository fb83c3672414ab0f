from __future__ import annotations

from django.db import migrations

from openletter.lib.db.triggers import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("signatures", "0001_create_signatures")]

    operations = [
        migrations.RunSQL(
            *refuse_changes("ledger_ledgerentry", because="the ledger is append only")
        )
    ]
