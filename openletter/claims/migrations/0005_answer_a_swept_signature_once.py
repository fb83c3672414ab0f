from __future__ import annotations

from django.db import migrations, models

from openletter.lib.db.migrating import AddIndexConcurrently
from openletter.lib.db.unique_index import UniqueIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("claims", "0004_validate_what_an_appeal_is_against")]

    operations = [
        AddIndexConcurrently(
            model_name="appeal",
            index=UniqueIndex(
                condition=models.Q(("sweep__isnull", False)),
                fields=["sweep", "signature"],
                name="one_appeal_per_swept_signature",
            ),
        )
    ]
