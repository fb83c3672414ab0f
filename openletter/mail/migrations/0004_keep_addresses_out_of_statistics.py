from __future__ import annotations

from django.db import migrations

# ANALYZE would copy samples into the catalogue, where nobody could erase them.
_FORWARD = "ALTER TABLE mail_outgoingmail ALTER COLUMN recipient SET STATISTICS 0;"
_BACKWARD = "ALTER TABLE mail_outgoingmail ALTER COLUMN recipient SET STATISTICS -1;"


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_remember_domains")]

    operations = [migrations.RunSQL(_FORWARD, _BACKWARD)]
