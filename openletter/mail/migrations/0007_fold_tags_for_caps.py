from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0006_index_what_was_tried_in_vain")]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="mailbox_key",
            field=models.BinaryField(max_length=32, null=True),
        ),
    ]
