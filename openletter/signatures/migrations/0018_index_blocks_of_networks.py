from __future__ import annotations

from django.db import migrations, models

from openletter.lib.migrating import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0017_count_forms_with_all_others")]

    operations = [
        AddIndexConcurrently(
            model_name="sentform",
            index=models.Index(
                condition=models.Q(("block_key__isnull", False)),
                fields=["block_key", "at"],
                name="form_by_block",
            ),
        ),
    ]
