from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("key", models.CharField(blank=True, max_length=255, verbose_name="about")),
                ("text", models.CharField(max_length=500, verbose_name="what to do")),
                ("raised_at", models.DateTimeField(verbose_name="raised")),
                ("resolved_at", models.DateTimeField(null=True, verbose_name="resolved")),
            ],
            options={
                "verbose_name": "alarm",
                "verbose_name_plural": "alarms",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resolved_at", None)),
                        fields=("kind", "key"),
                        name="one_open_alarm_per_kind_and_key",
                    )
                ],
            },
        ),
    ]
