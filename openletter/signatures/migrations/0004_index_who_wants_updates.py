from __future__ import annotations

from django.db import migrations, models

from openletter.lib.migrating import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0003_add_mailings")]

    operations = [
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "published"), ("wants_updates", True)),
                fields=["letter", "id"],
                name="signature_wants_updates",
            ),
        ),
    ]
