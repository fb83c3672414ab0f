from __future__ import annotations

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0012_let_verdicts_outlive_withdrawals")]

    operations = [
        AddConstraintNotValid(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verdict", ""), models.Q(("email_key", b""), _negated=True), _connector="OR"
                ),
                name="a_verdict_goes_with_the_hash_of_its_address",
            ),
        ),
        AddConstraintNotValid(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    ("erased_at", None),
                    ("ledger_index__isnull", False),
                    _connector="OR",
                ),
                name="what_is_erased_does_not_begin_to_count",
            ),
        ),
    ]
