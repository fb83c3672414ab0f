from __future__ import annotations

from django.db import migrations, models

WRITING = (
    "Line breaks stay. Markdown: # heading, *stress*, - list, > quote, [words](https://…)."
    " All else is shown as it is written."
)


class Migration(migrations.Migration):
    dependencies = [("letters", "0005_let_retention_be_final")]

    operations = [
        migrations.AlterField(
            model_name="translation",
            name="markdown",
            field=models.TextField(help_text=WRITING, max_length=100000, verbose_name="text"),
        ),
        migrations.AlterField(
            model_name="updatetext",
            name="markdown",
            field=models.TextField(help_text=WRITING, max_length=50000, verbose_name="text"),
        ),
    ]
