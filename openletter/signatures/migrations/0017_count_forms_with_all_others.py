from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """What was counted for a day at most is forgotten; the caps on mails are others' rows."""

    dependencies = [("signatures", "0016_count_forms")]

    operations = [migrations.DeleteModel(name="FormCount")]
