from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations, models

from openletter.lib.migrating import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("signatures", "0022_store_what_is_searched")]

    operations = [
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("search_text", ""), models.Q(("name", ""), _negated=True)),
                fields=["id"],
                name="signature_without_search_text",
            ),
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                condition=models.Q(("confirmed_at__isnull", False)),
                name="signature_by_words",
            ),
        ),
    ]
