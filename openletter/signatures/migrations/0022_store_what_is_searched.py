from __future__ import annotations

from django.db import migrations

import openletter.lib.search
from openletter.lib.triggers import Watched, count_changes

_WORDS = ("name", "represented_by", "title", "affiliation", "country", "comment", "kind")
_SEARCHED = ("name", "represented_by", "title", "affiliation")
_TABLE = "signatures_signature"


def _statistics(target: int) -> str:
    return f"ALTER TABLE {_TABLE} ALTER COLUMN search_text SET STATISTICS {target};"


class Migration(migrations.Migration):
    dependencies = [("signatures", "0021_let_signing_fold_nothing")]

    operations = [
        # Rows that are there get theirs from the task that tidies the search.
        migrations.AddField(
            model_name="signature",
            name="search_text",
            field=openletter.lib.search.SearchField(),
        ),
        # As 0006 does for the words themselves: nobody could erase the samples.
        migrations.RunSQL(_statistics(0), _statistics(-1)),
        migrations.RunSQL(
            *count_changes(
                _TABLE,
                of=Watched(_WORDS, made="search_text", made_of=_SEARCHED),
                by="revision",
                formerly=Watched(_WORDS),
            )
        ),
    ]
