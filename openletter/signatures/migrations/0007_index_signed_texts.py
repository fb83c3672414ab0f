from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0006_keep_words_out_of_statistics")]

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
