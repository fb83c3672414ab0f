from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import openletter.lib.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("letters", "0001_create_letters"),
        ("signatures", "0001_create_signatures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Sweep",
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
                (
                    "domain",
                    models.CharField(
                        blank=True, default="", max_length=255, verbose_name="e-mail domain"
                    ),
                ),
                ("network_key", models.BinaryField(default=b"", max_length=32)),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        verbose_name="name, title or affiliation",
                    ),
                ),
                (
                    "signed_from",
                    models.DateTimeField(blank=True, null=True, verbose_name="signed from"),
                ),
                (
                    "signed_to",
                    models.DateTimeField(blank=True, null=True, verbose_name="signed until"),
                ),
                (
                    "flag",
                    models.CharField(
                        blank=True, default="", max_length=20, verbose_name="suspicion"
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        blank=True, default="", max_length=60, verbose_name="held because"
                    ),
                ),
                (
                    "country",
                    models.CharField(blank=True, default="", max_length=2, verbose_name="country"),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True, default="", max_length=10, verbose_name="language of the text"
                    ),
                ),
                (
                    "signed_in_state",
                    models.CharField(blank=True, default="", max_length=10, verbose_name="state"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("looking", "looking for signatures"),
                            ("found", "ready to be looked at"),
                            ("asked", "waiting for a second moderator"),
                            ("running", "running"),
                            ("stopped", "stopped"),
                            ("done", "done"),
                            ("undoing", "being undone"),
                            ("undone", "undone"),
                            ("discarded", "discarded"),
                        ],
                        default="looking",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("cursor", models.BigIntegerField(default=0, editable=False)),
                ("newest", models.BigIntegerField(default=0, editable=False)),
                (
                    "published",
                    models.PositiveIntegerField(
                        default=0, editable=False, verbose_name="of them published"
                    ),
                ),
                (
                    "held",
                    models.PositiveIntegerField(
                        default=0, editable=False, verbose_name="of them held"
                    ),
                ),
                (
                    "sample",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, editable=False, size=None
                    ),
                ),
                ("to", models.CharField(blank=True, max_length=10, verbose_name="what happens")),
                (
                    "reason",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="reason"),
                ),
                (
                    "public_note",
                    models.CharField(
                        blank=True, default="", max_length=500, verbose_name="public note"
                    ),
                ),
                ("begun_at", models.DateTimeField(editable=False, null=True, verbose_name="begun")),
                (
                    "finished_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="finished"),
                ),
                ("done", models.PositiveIntegerField(default=0, editable=False)),
                ("left", models.PositiveIntegerField(default=0, editable=False)),
                ("undone", models.PositiveIntegerField(default=0, editable=False)),
                ("kept", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="agreed by",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "begun_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="begun by",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="letters.letter",
                        verbose_name="letter",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="letters.textversion",
                        verbose_name="version",
                    ),
                ),
            ],
            options={
                "verbose_name": "sweep",
                "verbose_name_plural": "sweeps",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Swept",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=10)),
                ("revision", models.PositiveIntegerField()),
                ("held_because", models.CharField(blank=True, default="", max_length=60)),
                ("outcome", models.CharField(default="waiting", max_length=10)),
                ("why", models.CharField(blank=True, default="", max_length=20)),
                ("at", models.DateTimeField(null=True)),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="signatures.signature"
                    ),
                ),
                (
                    "sweep",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="sweeps.sweep",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="sweep",
            index=models.Index(
                condition=models.Q(("state__in", ["looking", "running", "undoing", "discarded"])),
                fields=["id"],
                name="sweep_to_work_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["looking", "found", "asked", "discarded"]),
                    models.Q(
                        ("begun_by__isnull", False),
                        models.Q(("to", ""), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_sweep_has_somebody_and_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["looking", "found", "asked", "discarded"]),
                    (
                        "published__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.Value(1000), "-", models.F("held")
                        ),
                    ),
                    ("agreed_by__isnull", False),
                    _connector="OR",
                ),
                name="a_large_sweep_takes_two_moderators",
            ),
        ),
        migrations.AddConstraint(
            model_name="sweep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_by", None),
                    models.Q(("agreed_by", models.F("begun_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_agrees_to_their_own_sweep",
            ),
        ),
        migrations.AddConstraint(
            model_name="swept",
            constraint=models.UniqueConstraint(
                fields=("sweep", "signature"), name="a_sweep_finds_a_signature_once"
            ),
        ),
    ]
