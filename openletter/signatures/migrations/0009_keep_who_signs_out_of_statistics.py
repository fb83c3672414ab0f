from __future__ import annotations

from django.db import migrations


def _statistics(target: int) -> str:
    return f"ALTER TABLE signatures_signature ALTER COLUMN represented_by SET STATISTICS {target};"


class Migration(migrations.Migration):
    # As 0006 does for the other words: nobody could erase the samples.
    dependencies = [("signatures", "0008_say_who_signs_for_an_organisation")]

    operations = [migrations.RunSQL(_statistics(0), _statistics(-1))]
