from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations

import openletter.lib.db.search


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0007_add_search_functions"),
        ("signatures", "0013_name_what_erasing_leaves"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signature",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    openletter.lib.db.search.Folded(
                        "name", "represented_by", "title", "affiliation"
                    ),
                    name="gin_trgm_ops",
                ),
                name="signature_by_words",
            ),
        ),
    ]
