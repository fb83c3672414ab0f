from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    # Only the catalogue changes: PostgreSQL rewrites no row and no index for a longer varchar.
    dependencies = [("signatures", "0009_keep_who_signs_out_of_statistics")]

    operations = [
        migrations.AlterField(
            model_name="signature",
            name="name",
            field=models.CharField(max_length=300, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="signature",
            name="title",
            field=models.CharField(blank=True, max_length=300, verbose_name="title"),
        ),
        migrations.AlterField(
            model_name="signature",
            name="affiliation",
            field=models.CharField(blank=True, max_length=450, verbose_name="affiliation"),
        ),
    ]
