from __future__ import annotations

from django.db import migrations, models

# What was held or removed when its owner took it back stands in the record of who did what.
_REMEMBER = """
UPDATE signatures_signature SET verdict = 'removed' WHERE state = 'removed' AND email_key <> '';
UPDATE signatures_signature AS signature
SET verdict = CASE WHEN entry.before ->> 'state' = 'removed' THEN 'removed'
    ELSE COALESCE(NULLIF(signature.held_because, ''), 'held') END
FROM moderation_auditentry AS entry
WHERE entry.object_kind = 'signature' AND entry.object_id = signature.public_id::text
    AND entry.action IN ('withdraw signature', 'not me')
    AND entry.before ->> 'state' IN ('held', 'removed')
    AND signature.state = 'withdrawn' AND signature.email_key <> '';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0002_forbid_changes_to_the_audit"),
        ("signatures", "0011_number_the_revisions_of_signatures"),
    ]

    operations = [
        migrations.AddField(
            model_name="signature",
            name="verdict",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=60
            ),
        ),
        migrations.RunSQL(_REMEMBER, migrations.RunSQL.noop),
    ]
