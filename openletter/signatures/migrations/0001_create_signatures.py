from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django_countries.fields
from django.db import migrations, models

import openletter.lib.crypto
import openletter.lib.db.search
import openletter.lib.ids
from openletter.lib.db.extensions import add_trigrams
from openletter.lib.db.triggers import Watched, count_changes

_TABLE = "signatures_signature"
_SEARCHED = ("name", "represented_by", "title", "affiliation")
_WORDS = (*_SEARCHED, "country", "comment", "kind")
# ANALYZE copies samples of each column into the catalogue, where nobody could erase them. No query
# is planned by these.
_PERSONAL = (*_SEARCHED, "comment", "email", "email_domain", "search_text")
_NO_SAMPLES = "; ".join(
    f"ALTER TABLE {_TABLE} ALTER COLUMN {column} SET STATISTICS 0" for column in _PERSONAL
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("letters", "0001_create_letters"),
    ]

    operations = [
        migrations.RunPython(add_trigrams, migrations.RunPython.noop),
        migrations.CreateModel(
            name="CodeAttempt",
            fields=[
                ("reference", models.UUIDField(primary_key=True, serialize=False)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "code tries",
            },
        ),
        migrations.CreateModel(
            name="FormSubmission",
            fields=[
                ("reference", models.UUIDField(primary_key=True, serialize=False)),
                ("network_key", models.BinaryField(max_length=32, null=True)),
                ("block_key", models.BinaryField(max_length=32, null=True)),
                ("email_domain", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                ("proof", models.CharField(blank=True, max_length=64)),
                (
                    "letter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="letters.letter",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("network_key__isnull", False)),
                        fields=["network_key", "at"],
                        name="form_by_network",
                    ),
                    models.Index(
                        condition=models.Q(("block_key__isnull", False)),
                        fields=["block_key", "at"],
                        name="form_by_block",
                    ),
                    models.Index(fields=["email_domain", "at"], name="form_by_domain"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("proof", ""), _negated=True),
                        fields=("proof",),
                        name="a_proof_is_good_for_one_form",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
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
                    "language",
                    models.CharField(max_length=10, verbose_name="language of the e-mails"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "a person"), ("organisation", "an organisation")],
                        default="person",
                        max_length=12,
                        verbose_name="signed as",
                    ),
                ),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                (
                    "represented_by",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=300,
                        verbose_name="who signs for the organisation",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=300, verbose_name="title")),
                (
                    "affiliation",
                    models.CharField(blank=True, max_length=450, verbose_name="affiliation"),
                ),
                (
                    "country",
                    django_countries.fields.CountryField(
                        blank=True, max_length=2, verbose_name="country"
                    ),
                ),
                (
                    "search_text",
                    openletter.lib.db.search.SearchField(db_default="", default="", editable=False),
                ),
                ("comment", models.TextField(blank=True, max_length=500, verbose_name="comment")),
                ("email", openletter.lib.crypto.EncryptedTextField(verbose_name="e-mail")),
                ("email_key", models.BinaryField(max_length=32)),
                ("email_domain", models.CharField(max_length=255, verbose_name="e-mail domain")),
                ("show_name", models.BooleanField(default=False, verbose_name="name is shown")),
                ("wants_updates", models.BooleanField(default=False, verbose_name="wants updates")),
                (
                    "retain_name",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="name stays for good"
                    ),
                ),
                ("consent", models.CharField(max_length=20, verbose_name="consent")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting for confirmation"),
                            ("held", "waiting for review"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                            ("removed", "removed"),
                            ("expired", "expired"),
                        ],
                        default="pending",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        db_default=[],
                        default=list,
                        editable=False,
                        size=None,
                    ),
                ),
                (
                    "held_because",
                    models.CharField(
                        blank=True, editable=False, max_length=60, verbose_name="held because"
                    ),
                ),
                (
                    "revision",
                    models.PositiveIntegerField(
                        db_default=0,
                        default=0,
                        editable=False,
                        verbose_name="revision of the words",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True, db_default="", default="", editable=False, max_length=60
                    ),
                ),
                ("generation", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="signed")),
                ("asked_at", models.DateTimeField()),
                ("reminders", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed")),
                (
                    "confirmed_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("link", "with the link from our e-mail"),
                            ("code", "with the code from our e-mail"),
                        ],
                        db_default="",
                        default="",
                        editable=False,
                        max_length=10,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "erased_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="erased"),
                ),
                ("ledger_index", models.PositiveIntegerField(editable=False, null=True)),
                (
                    "first_position",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Shown before all others, in this order. Leave it empty for everybody else.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="place among the first signatories",
                    ),
                ),
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
                    "translation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="letters.translation",
                        verbose_name="text",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "indexes": [
                    models.Index(fields=["email_key", "letter"], name="signature_by_address"),
                    models.Index(
                        condition=models.Q(
                            ("first_position", None), ("show_name", True), ("state", "published")
                        ),
                        fields=["letter", "-ledger_index"],
                        name="signature_listed",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("first_position__isnull", False),
                            ("show_name", True),
                            ("state", "published"),
                        ),
                        fields=["letter", "first_position"],
                        name="signature_first",
                    ),
                    models.Index(
                        condition=models.Q(("show_name", False), ("state", "published")),
                        fields=["letter"],
                        include=["erased_at"],
                        name="signature_unnamed",
                    ),
                    models.Index(fields=["state", "asked_at"], name="signature_by_state"),
                    models.Index(
                        condition=models.Q(("reminders__lt", 2), ("state", "pending")),
                        fields=["letter", "reminders", "asked_at"],
                        name="signature_to_remind",
                    ),
                    models.Index(
                        condition=models.Q(("confirmed_at__isnull", False)),
                        fields=["-created_at", "-id"],
                        name="signature_newest",
                    ),
                    models.Index(
                        condition=models.Q(("confirmed_at__isnull", False)),
                        fields=["letter", "-created_at", "-id"],
                        name="signature_newest_of_letter",
                    ),
                    models.Index(
                        condition=models.Q(("state", "published"), _negated=True),
                        fields=["state", "-created_at", "-id"],
                        name="signature_newest_in_state",
                    ),
                    models.Index(
                        condition=models.Q(("kind", "organisation")),
                        fields=["-created_at", "-id"],
                        name="signature_newest_organisations",
                    ),
                    models.Index(
                        condition=models.Q(("held_because", ""), _negated=True),
                        fields=["held_because", "-created_at", "-id"],
                        name="signature_newest_held_because",
                    ),
                    models.Index(
                        condition=models.Q(("flags", []), _negated=True),
                        fields=["-created_at", "-id"],
                        name="signature_newest_flagged",
                    ),
                    models.Index(
                        condition=models.Q(
                            models.Q(("state__in", ["held", "published"]), _negated=True),
                            models.Q(("email_key", b""), _negated=True),
                        ),
                        fields=["letter", "id"],
                        name="signature_not_counted",
                    ),
                    models.Index(
                        condition=models.Q(("state", "published"), ("wants_updates", True)),
                        fields=["letter", "id"],
                        name="signature_wants_updates",
                    ),
                    models.Index(
                        condition=models.Q(("state", "published")),
                        fields=["translation"],
                        name="signature_by_text",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                        condition=models.Q(("confirmed_at__isnull", False)),
                        name="signature_by_words",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("search_text", ""), models.Q(("name", ""), _negated=True)
                        ),
                        fields=["id"],
                        name="signature_without_search_text",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["held", "published"]),
                            models.Q(("email_key", b""), _negated=True),
                        ),
                        fields=("letter", "email_key"),
                        name="one_counted_signature_per_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["pending", "expired"]),
                            ("confirmed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="nothing_counts_unconfirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None),
                            models.Q(("email", ""), ("email_domain", "")),
                            _connector="OR",
                        ),
                        name="an_erased_signature_has_no_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", ""),
                            models.Q(("email_key", b""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_verdict_goes_with_the_hash_of_its_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            ("erased_at", None),
                            ("ledger_index__isnull", False),
                            _connector="OR",
                        ),
                        name="what_is_erased_does_not_begin_to_count",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_NO_SAMPLES, migrations.RunSQL.noop),
        migrations.RunSQL(
            *count_changes(
                _TABLE,
                of=Watched(_WORDS, made="search_text", made_of=_SEARCHED),
                by="revision",
            )
        ),
    ]
