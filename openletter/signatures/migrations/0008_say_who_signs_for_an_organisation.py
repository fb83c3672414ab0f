from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0007_index_signed_texts")]

    operations = [
        migrations.AddField(
            model_name="signature",
            name="represented_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=300,
                verbose_name="who signs for the organisation",
            ),
        ),
    ]
