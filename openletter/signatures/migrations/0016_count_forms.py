from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0015_count_blocks_of_networks")]

    operations = [
        migrations.CreateModel(
            name="FormCount",
            fields=[
                (
                    "key",
                    models.BinaryField(max_length=32, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField(default=1)),
                ("until", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["until"], name="form_count_by_time")],
            },
        ),
    ]
