from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatures", "0014_index_words_for_search")]

    operations = [
        migrations.AddField(
            model_name="sentform",
            name="block_key",
            field=models.BinaryField(max_length=32, null=True),
        ),
    ]
