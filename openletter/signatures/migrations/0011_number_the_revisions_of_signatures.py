from __future__ import annotations

from django.db import migrations, models

from openletter.lib.triggers import Watched, count_changes

_WORDS = ("name", "represented_by", "title", "affiliation", "country", "comment", "kind")


class Migration(migrations.Migration):
    dependencies = [("signatures", "0010_make_room_for_composed_letters")]

    operations = [
        migrations.AddField(
            model_name="signature",
            name="revision",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, verbose_name="revision of the words"
            ),
        ),
        migrations.RunSQL(
            *count_changes("signatures_signature", of=Watched(_WORDS), by="revision")
        ),
    ]
