from __future__ import annotations

from django.db import migrations, models

# What was published before has the sender that its readers see now. It is never changed again.
TAKE = """
ALTER TABLE letters_textversion DISABLE TRIGGER letters_published_version_is_final;
UPDATE letters_textversion AS version SET sender_name = letter.sender_name
FROM letters_letter AS letter
WHERE letter.id = version.letter_id AND version.published_at IS NOT NULL;
ALTER TABLE letters_textversion ENABLE TRIGGER letters_published_version_is_final;
"""


class Migration(migrations.Migration):
    dependencies = [("letters", "0011_let_the_database_fill_columns")]

    operations = [
        migrations.AddField(
            model_name="textversion",
            name="sender_name",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=120,
                verbose_name="sender",
            ),
        ),
        migrations.RunSQL(TAKE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="textversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at", None),
                    models.Q(("sender_name", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_published_version_says_who_writes",
            ),
        ),
        migrations.AlterField(
            model_name="letter",
            name="sender_name",
            field=models.CharField(
                help_text="Who the letter is from. It belongs to what people sign: a published version keeps the sender it was published with, and a change here comes with the next version.",
                max_length=120,
                verbose_name="sender",
            ),
        ),
    ]
