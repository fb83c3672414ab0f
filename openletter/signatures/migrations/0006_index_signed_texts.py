from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0005_let_signatories_own_their_data")]

    operations = [
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "published")),
                fields=["translation"],
                name="signature_by_text",
            ),
        ),
    ]
