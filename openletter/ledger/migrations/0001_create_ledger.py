from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from openletter.lib.db.triggers import refuse_changes

# Adds the next line of a letter's ledger and moves its number, by so many people and organisations
# up or down. Who comes second waits for the row of the number, so that no index is left out.
_APPEND = """
CREATE FUNCTION ledger_append(
    letter bigint, signature bigint, kind text, people integer, organisations integer,
    at timestamptz, batch uuid, OUT index integer, OUT count integer
) LANGUAGE plpgsql AS $$
BEGIN
    LOOP
        UPDATE ledger_tally AS tally SET
            next_index = tally.next_index + 1,
            people = tally.people + ledger_append.people,
            organisations = tally.organisations + ledger_append.organisations
        WHERE tally.letter_id = ledger_append.letter
        RETURNING tally.next_index - 1, tally.people + tally.organisations
            INTO ledger_append.index, ledger_append.count;
        EXIT WHEN FOUND;
        INSERT INTO ledger_tally (letter_id, next_index, people, organisations)
        VALUES (ledger_append.letter, 0, 0, 0) ON CONFLICT DO NOTHING;
    END LOOP;
    INSERT INTO ledger_ledgerentry (letter_id, index, kind, signature_id, at, count, batch)
    VALUES (ledger_append.letter, ledger_append.index, ledger_append.kind,
        ledger_append.signature, ledger_append.at, ledger_append.count, ledger_append.batch);
END $$
"""
_FORGET_APPEND = (
    "DROP FUNCTION ledger_append(bigint, bigint, text, integer, integer, timestamptz, uuid)"
)


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
                "indexes": [
                    models.Index(
                        condition=models.Q(("kind", "signed"), _negated=True),
                        fields=["letter", "index"],
                        name="entry_not_signed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recount",
            fields=[
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="letters.letter",
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("next_index", models.PositiveIntegerField()),
                ("people", models.PositiveIntegerField()),
                ("organisations", models.PositiveIntegerField()),
                ("last_index", models.IntegerField()),
                ("last_count", models.PositiveIntegerField()),
                ("signed_at", models.DateTimeField(null=True)),
                ("signature_id", models.BigIntegerField(default=0)),
                ("is_counted", models.BooleanField(default=False)),
                ("counted", models.IntegerField(default=0)),
                ("counted_people", models.IntegerField(default=0)),
                ("below_index", models.PositiveIntegerField(default=0)),
                ("entries", models.PositiveIntegerField(default=0)),
                ("moved", models.IntegerField(default=0)),
            ],
            options={
                "verbose_name": "recount",
                "verbose_name_plural": "recounts",
            },
        ),
        migrations.RunSQL(_APPEND, _FORGET_APPEND),
        migrations.RunSQL(
            *refuse_changes("ledger_ledgerentry", because="the ledger is append only")
        ),
    ]
