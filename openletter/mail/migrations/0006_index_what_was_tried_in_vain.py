from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0005_remember_when_mails_were_tried"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("state", "due"), ("tried_at__isnull", False)),
                fields=["lane", "tried_at"],
                name="mail_tried_in_vain",
            ),
        ),
    ]
