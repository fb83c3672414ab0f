from __future__ import annotations

import django.contrib.postgres.functions
from django.db import migrations, models

import openletter.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_create_accounts"),
    ]

    operations = [
        # Users who are there already get theirs from the database, each another one.
        migrations.AddField(
            model_name="user",
            name="public_id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=openletter.lib.ids.uuid7,
                editable=False,
                unique=True,
            ),
        ),
    ]
