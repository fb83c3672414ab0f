from __future__ import annotations

from django.db import migrations, models

from openletter.lib.migrating import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("mail", "0005_remember_when_mails_were_tried"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("state", "due"), ("tried_at__isnull", False)),
                fields=["lane", "tried_at"],
                name="mail_tried_in_vain",
            ),
        ),
    ]
