from __future__ import annotations

from django.db import migrations, models

from openletter.lib.migrating import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mail", "0008_let_stopped_addresses_come_back")]

    operations = [
        AddIndexConcurrently(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("mailbox_key__isnull", False)),
                fields=["mailbox_key", "first_due_at"],
                name="mail_to_tagged_address",
            ),
        ),
    ]
