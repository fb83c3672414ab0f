from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0003_add_mailings")]

    operations = [
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "published"), ("wants_updates", True)),
                fields=["letter", "id"],
                name="signature_wants_updates",
            ),
        ),
    ]
