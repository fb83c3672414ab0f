from __future__ import annotations

from django.db import migrations

# The columns have these already where the migrations that add them ran as they are now. Where they
# ran before, a process that does not know a column could store no row.
DEFAULTS = """
ALTER TABLE signatures_signature
    ALTER COLUMN confirmed_by SET DEFAULT '',
    ALTER COLUMN flags SET DEFAULT '{}',
    ALTER COLUMN keeps_name SET DEFAULT false,
    ALTER COLUMN revision SET DEFAULT 0,
    ALTER COLUMN verdict SET DEFAULT '';
"""


class Migration(migrations.Migration):
    dependencies = [("signatures", "0019_validate_what_is_checked")]

    operations = [migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop)]
