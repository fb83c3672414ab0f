from __future__ import annotations

from django.db import migrations

# Neither is there in a database that is new.
FORGET = """
DROP INDEX IF EXISTS signature_by_words;
DROP FUNCTION IF EXISTS openletter_folded(text);
"""


class Migration(migrations.Migration):
    dependencies = [("signatures", "0020_let_the_database_fill_columns")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
