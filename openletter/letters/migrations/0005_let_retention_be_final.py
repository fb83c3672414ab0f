from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("letters", "0004_give_letters_retention_and_proof")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="retention_ended_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("retention_ended_at", None),
                    models.Q(
                        ("closes_at__isnull", False),
                        ("closes_at__lte", models.F("retention_ended_at")),
                    ),
                    _connector="OR",
                ),
                name="a_letter_whose_retention_ended_stays_closed",
                violation_error_message="This letter closed so long ago that the personal data of its signers is deleted. It can never be opened again, because nobody would recognise who has signed already. Please begin a new letter.",
            ),
        ),
    ]
