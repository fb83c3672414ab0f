from __future__ import annotations

from django.db import migrations, models

from openletter.lib.db.migrating import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("signatures", "0001_create_signatures")]

    operations = [
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "held")),
                fields=["letter", "created_at", "id"],
                name="signature_held",
            ),
        ),
    ]
