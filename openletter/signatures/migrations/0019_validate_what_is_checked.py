from __future__ import annotations

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

_ADDED_BEFORE = (
    "an_erased_signature_has_no_address",
    "a_verdict_goes_with_the_hash_of_its_address",
    "what_is_erased_does_not_begin_to_count",
)


class Migration(migrations.Migration):
    # Reads every row, and holds no lock that others wait for.
    dependencies = [("signatures", "0018_index_blocks_of_networks")]

    operations = [ValidateConstraint(model_name="signature", name=name) for name in _ADDED_BEFORE]
