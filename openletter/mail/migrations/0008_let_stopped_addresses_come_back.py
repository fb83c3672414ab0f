from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0007_fold_tags_for_caps")]

    operations = [
        migrations.AddField(
            model_name="suppressedaddress",
            name="excepted_at",
            field=models.DateTimeField(null=True),
        ),
    ]
