from __future__ import annotations

import uuid

import django.db.models.functions.comparison
from django.db import migrations, models

import openletter.lib.crypto
import openletter.lib.ids

# ANALYZE would copy samples into the catalogue, where nobody could erase them.
_NO_SAMPLES = "ALTER TABLE mail_outgoingmail ALTER COLUMN recipient SET STATISTICS 0;"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DomainPause",
            fields=[
                ("domain", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
                ("strikes", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "indexes": [models.Index(fields=["until"], name="domain_pause_by_end")],
            },
        ),
        migrations.CreateModel(
            name="MailDomain",
            fields=[
                ("domain", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("takes_mail", models.BooleanField()),
                ("asked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SentInMinute",
            fields=[
                ("minute", models.DateTimeField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Throttle",
            fields=[
                ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("paused", models.BooleanField(default=False)),
                ("per_minute", models.PositiveIntegerField(null=True)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "hardly anybody confirms"),
                            ("bounces", "too many addresses that do not exist"),
                            ("complaints", "too many people marking it as spam"),
                            ("staff", "paused by hand"),
                        ],
                        max_length=12,
                        verbose_name="because",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "throttle",
                "verbose_name_plural": "throttles",
            },
        ),
        migrations.CreateModel(
            name="MailEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=30)),
                ("event_id", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=20)),
                ("mail_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "event_id"), name="one_row_per_event"
                    )
                ],
                "indexes": [
                    models.Index(fields=["at"], name="mail_event_by_time"),
                    models.Index(fields=["mail_id"], name="mail_event_of_mail"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "id",
                    models.UUIDField(
                        default=openletter.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                ("dedupe_key", models.CharField(max_length=150, unique=True)),
                ("recipient", openletter.lib.crypto.EncryptedTextField(verbose_name="recipient")),
                ("recipient_key", models.BinaryField(max_length=32)),
                ("mailbox_key", models.BinaryField(max_length=32, null=True)),
                ("recipient_domain", models.CharField(max_length=255, verbose_name="domain")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                (
                    "lane",
                    models.CharField(
                        choices=[
                            ("confirm", "somebody is waiting for it"),
                            ("bulk", "nobody is waiting for it"),
                        ],
                        max_length=10,
                        verbose_name="lane",
                    ),
                ),
                ("about", models.UUIDField()),
                ("topic", models.CharField(max_length=60)),
                ("batch", models.UUIDField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "due"),
                            ("sent", "sent"),
                            ("bounced", "permanently refused"),
                            ("complained", "marked as spam"),
                            ("parked", "given up after many attempts"),
                            ("dropped", "no longer needed"),
                        ],
                        default="due",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("first_due_at", models.DateTimeField(verbose_name="first due")),
                ("lease_until", models.DateTimeField(null=True, verbose_name="being sent until")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("tried_at", models.DateTimeField(null=True, verbose_name="last tried")),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="last error")),
            ],
            options={
                "verbose_name": "outgoing mail",
                "verbose_name_plural": "outgoing mails",
                "indexes": [
                    models.Index(
                        models.F("lane"),
                        models.F("topic"),
                        models.F("kind"),
                        django.db.models.functions.comparison.Coalesce(
                            "batch",
                            models.Value(
                                uuid.UUID("00000000-0000-0000-0000-000000000000"),
                                models.UUIDField(),
                            ),
                        ),
                        models.F("due_at"),
                        models.F("id"),
                        condition=models.Q(("kind__gt", ""), ("state", "due")),
                        name="mail_due_by_stream",
                    ),
                    models.Index(
                        condition=models.Q(("attempts__gte", 0), ("state", "due")),
                        fields=["lane", "recipient_key"],
                        name="mail_due_sample",
                    ),
                    models.Index(fields=["recipient_key", "first_due_at"], name="mail_to_address"),
                    models.Index(
                        condition=models.Q(("mailbox_key__isnull", False)),
                        fields=["mailbox_key", "first_due_at"],
                        name="mail_to_tagged_address",
                    ),
                    models.Index(
                        condition=models.Q(("lane", "confirm")), fields=["about"], name="mail_about"
                    ),
                    models.Index(
                        condition=models.Q(("sent_at__isnull", False)),
                        fields=["lane", "sent_at"],
                        include=("topic", "state"),
                        name="mail_sent",
                    ),
                    models.Index(
                        condition=models.Q(("sent_at__isnull", False)),
                        fields=["topic", "kind", "sent_at"],
                        name="mail_sent_by_topic",
                    ),
                    models.Index(
                        condition=models.Q(("state", "due"), _negated=True),
                        fields=["first_due_at"],
                        name="mail_to_forget",
                    ),
                    models.Index(
                        condition=models.Q(("batch__isnull", False)),
                        fields=["batch"],
                        name="mail_of_batch",
                    ),
                    models.Index(
                        condition=models.Q(("state", "due"), ("tried_at__isnull", False)),
                        fields=["lane", "tried_at"],
                        name="mail_tried_in_vain",
                    ),
                    models.Index(
                        condition=models.Q(("state", "parked")),
                        fields=["tried_at"],
                        name="mail_given_up",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["bounced", "complained", "parked", "dropped"])
                        ),
                        fields=["state", "first_due_at"],
                        include=("lane", "topic", "error"),
                        name="mail_failed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuppressedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email_key", models.BinaryField(max_length=32)),
                ("topic", models.CharField(blank=True, max_length=60)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounce", "permanently refused"),
                            ("complaint", "marked as spam"),
                            ("not_me", "entered by somebody else"),
                            ("stop", "wants no more e-mails"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="since")),
                ("excepted_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppressed addresses",
                "indexes": [
                    models.Index(
                        condition=models.Q(("topic", ""), _negated=True),
                        fields=["topic"],
                        name="suppression_by_topic",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("email_key", "topic"), name="one_suppression_per_address_and_topic"
                    )
                ],
            },
        ),
        migrations.RunSQL(_NO_SAMPLES, migrations.RunSQL.noop),
    ]
