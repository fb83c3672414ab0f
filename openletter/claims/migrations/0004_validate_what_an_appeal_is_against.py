from __future__ import annotations

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_let_sweeps_be_objected_to")]

    operations = [
        ValidateConstraint("appeal", "whoever_agreed_to_a_sweep_decides_no_appeal_against_it"),
        ValidateConstraint("appeal", "an_appeal_is_against_one_removal"),
    ]
