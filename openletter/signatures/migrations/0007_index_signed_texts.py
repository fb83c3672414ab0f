from __future__ import annotations

from django.db import migrations, models

from openletter.lib.migrating import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0006_keep_words_out_of_statistics")]

    operations = [
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "published")),
                fields=["translation"],
                name="signature_by_text",
            ),
        ),
    ]
