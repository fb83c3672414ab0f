from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# Django's own operation says the same, among other things that it might do.
_MAY_BE_NONE = "ALTER TABLE claims_appeal ALTER COLUMN removal_id DROP NOT NULL"
_IS_ALWAYS = "ALTER TABLE claims_appeal ALTER COLUMN removal_id SET NOT NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0002_create_claims"),
        ("moderation", "0001_create_moderation"),
        ("sweeps", "0003_tell_those_who_are_removed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            _MAY_BE_NONE,
            _IS_ALWAYS,
            state_operations=[
                migrations.AlterField(
                    "appeal",
                    "removal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="moderation.auditentry",
                    ),
                )
            ],
        ),
        migrations.AddField(
            "appeal",
            "sweep",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sweeps.sweep",
            ),
        ),
        migrations.AddField(
            "appeal",
            "agreed_by",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "appeal",
            "outcome",
            models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("granted", "restored"),
                    ("denied", "stays removed"),
                    ("over", "decided in another way"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        AddConstraintNotValid(
            "appeal",
            models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("agreed_by", None),
                    models.Q(("decided_by", models.F("agreed_by")), _negated=True),
                    _connector="OR",
                ),
                name="whoever_agreed_to_a_sweep_decides_no_appeal_against_it",
            ),
        ),
        AddConstraintNotValid(
            "appeal",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removal", None), ("sweep__isnull", False)),
                    models.Q(("removal__isnull", False), ("sweep", None)),
                    _connector="OR",
                ),
                name="an_appeal_is_against_one_removal",
            ),
        ),
    ]
