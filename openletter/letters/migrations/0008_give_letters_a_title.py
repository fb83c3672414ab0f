from __future__ import annotations

import django.core.validators
from django.db import migrations, models

# The newest text, published before draft, in the reference language before any other.
TAKE = """
UPDATE letters_letter AS letter SET title = COALESCE((
    SELECT text.title FROM letters_translation AS text
    JOIN letters_textversion AS version ON version.id = text.version_id
    WHERE version.letter_id = letter.id
    ORDER BY version.published_at IS NULL, version.number DESC,
             text.language <> letter.reference_language, text.language
    LIMIT 1
), '')
"""


class Migration(migrations.Migration):
    dependencies = [("letters", "0007_add_search_functions")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="title",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The first text starts with this title. From then on, the letter takes its title from the text.",
                max_length=200,
                verbose_name="title",
            ),
        ),
        migrations.RunSQL(TAKE, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="letter",
            name="slug",
            field=models.SlugField(
                error_messages={
                    "unique": "Another letter already has this address. Please choose a different one."
                },
                help_text="The part of the letter's address that follows the site's name.",
                max_length=80,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[a-z0-9]+(?:-[a-z0-9]+)*\\Z",
                        "Use only lower-case letters, digits and single hyphens, as in open-ai.",
                    )
                ],
                verbose_name="address",
            ),
        ),
    ]
