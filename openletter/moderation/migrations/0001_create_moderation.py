from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from openletter.lib.db.triggers import refuse_changes


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ListedSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("network", "network, such as 192.0.2.0/24 or 2001:db8::/48"),
                            ("domain", "domain of e-mail addresses, including its subdomains"),
                            ("address", "one e-mail address"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.CharField(max_length=255, verbose_name="which")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("trust", "trust: limits for shared networks do not apply"),
                            ("hold", "hold: a person looks at each signature"),
                        ],
                        max_length=10,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        help_text="Please mention no names or addresses here.",
                        max_length=300,
                        verbose_name="reason",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="since")),
            ],
            options={
                "verbose_name": "trusted or watched source",
                "verbose_name_plural": "trusted and watched sources",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "value"),
                        name="one_verdict_per_source",
                        violation_error_message="This source is already listed. Please change its entry instead.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="time")),
                ("action", models.CharField(max_length=60, verbose_name="action")),
                ("object_kind", models.CharField(max_length=60, verbose_name="object")),
                ("object_id", models.CharField(max_length=60, verbose_name="object id")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("before", models.JSONField(default=dict, verbose_name="before")),
                ("after", models.JSONField(default=dict, verbose_name="after")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="actor",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["object_kind", "object_id"], name="audit_by_object"),
                    models.Index(fields=["-at", "-id"], name="audit_by_time"),
                ],
            },
        ),
        migrations.RunSQL(
            *refuse_changes("moderation_auditentry", because="the audit record is append only")
        ),
    ]
