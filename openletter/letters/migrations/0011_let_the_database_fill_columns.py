from __future__ import annotations

from django.db import migrations

# As signatures/migrations/0020 does.
DEFAULTS = """
ALTER TABLE letters_letter
    ALTER COLUMN asks_proof SET DEFAULT false,
    ALTER COLUMN retention_months SET DEFAULT 6,
    ALTER COLUMN title SET DEFAULT '';
"""


class Migration(migrations.Migration):
    dependencies = [("letters", "0010_keep_addresses_in_small_letters")]

    operations = [migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop)]
