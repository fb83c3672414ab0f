from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import openletter.letters.models
import openletter.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0002_forbid_changes_to_published_texts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Update",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(default=openletter.lib.ids.uuid7, editable=False, unique=True),
                ),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="number")),
                (
                    "published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="published"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="letters.letter",
                        verbose_name="letter",
                    ),
                ),
            ],
            options={
                "verbose_name": "update",
                "verbose_name_plural": "updates",
                "ordering": ["letter", "-number"],
            },
        ),
        migrations.CreateModel(
            name="UpdateText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=openletter.letters.models.language_choices,
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="Also the subject line of the e-mail.",
                        max_length=150,
                        verbose_name="title",
                    ),
                ),
                (
                    "markdown",
                    models.TextField(
                        help_text="Markdown: # heading, *stress*, - list, > quote.",
                        max_length=50000,
                        verbose_name="text",
                    ),
                ),
                ("html", models.TextField(editable=False)),
                (
                    "update",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="letters.update",
                    ),
                ),
            ],
            options={
                "verbose_name": "update in a language",
                "verbose_name_plural": "updates by language",
            },
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.UniqueConstraint(
                fields=("letter", "number"), name="one_update_per_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="updatetext",
            constraint=models.UniqueConstraint(
                fields=("update", "language"), name="one_update_text_per_language"
            ),
        ),
    ]
