from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Made an index, once, that cost everybody who signed; 0021 takes it away where it was made."""

    dependencies = [
        ("letters", "0007_add_search_functions"),
        ("signatures", "0013_name_what_erasing_leaves"),
    ]

    operations: list[migrations.RunSQL] = []
