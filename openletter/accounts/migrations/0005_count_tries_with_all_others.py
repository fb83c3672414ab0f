from __future__ import annotations

from django.db import migrations

# Names and keys stay the same, so nobody gets new tries by an upgrade.
MOVE = """
INSERT INTO rate_limits_ratelimit (key, free_at) SELECT key, free_at FROM accounts_ratelimit
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_encrypt_second_factors"),
        ("rate_limits", "0001_create_rate_limits"),
    ]

    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.DeleteModel(name="RateLimit"),
    ]
