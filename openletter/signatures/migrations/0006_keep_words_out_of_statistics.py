from __future__ import annotations

from django.db import migrations

# ANALYZE copies samples of each column into the catalogue, where nobody could erase them. No query
# is planned by these.
_WORDS = ("name", "title", "affiliation", "comment", "email", "email_domain")


def _statistics(target: int) -> str:
    columns = ", ".join(f"ALTER COLUMN {column} SET STATISTICS {target}" for column in _WORDS)
    return f"ALTER TABLE signatures_signature {columns};"


class Migration(migrations.Migration):
    dependencies = [("signatures", "0005_let_signatories_own_their_data")]

    operations = [migrations.RunSQL(_statistics(0), _statistics(-1))]
