from __future__ import annotations

from django.db import migrations

from openletter.lib.db.triggers import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_create_moderation")]

    operations = [
        migrations.RunSQL(
            *refuse_changes("moderation_auditentry", because="the audit record is append only")
        )
    ]
