from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0004_keep_addresses_out_of_statistics"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="tried_at",
            field=models.DateTimeField(null=True, verbose_name="last tried"),
        ),
    ]
