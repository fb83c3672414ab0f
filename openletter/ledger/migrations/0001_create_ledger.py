from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from openletter.lib.db.triggers import refuse_changes


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("letters", "0001_create_letters"),
        ("signatures", "0001_create_signatures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="letters.letter",
                    ),
                ),
                ("next_index", models.PositiveIntegerField(default=0)),
                ("people", models.PositiveIntegerField(default=0)),
                ("organisations", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "tally",
                "verbose_name_plural": "tallies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "next_index__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("people"), "+", models.F("organisations")
                                ),
                            )
                        ),
                        name="no_number_without_entries",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.PositiveIntegerField(verbose_name="line")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed", "signed"),
                            ("withdrawn", "withdrawn"),
                            ("removed", "removed"),
                            ("restored", "restored"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="time")),
                ("count", models.PositiveIntegerField(verbose_name="number of signatures")),
                ("batch", models.UUIDField(null=True, verbose_name="batch")),
                (
                    "letter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="letters.letter",
                        verbose_name="letter",
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="signatures.signature",
                        verbose_name="signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "constraints": [
                    models.UniqueConstraint(fields=("letter", "index"), name="one_entry_per_index"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "signed")),
                        fields=("signature",),
                        name="one_signed_entry_per_signature",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            *refuse_changes("ledger_ledgerentry", because="the ledger is append only")
        ),
    ]
