from __future__ import annotations

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import openletter.letters.models
import openletter.lib.ids

# What was published stays as it was: a signature belongs to a text, and news may have gone out by
# mail. A text asks for the row it belongs to (FOR SHARE), and so waits for whoever is publishing it.
_FINAL = """
CREATE FUNCTION {table}_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published {name} never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_is_final();

CREATE FUNCTION {texts}_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
BEGIN
    SELECT published_at INTO at FROM {table} WHERE id = OLD.{key} FOR SHARE;
    IF at IS NOT NULL THEN
        RAISE EXCEPTION 'a published {text} never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {texts}_is_final BEFORE UPDATE OR DELETE ON {texts}
    FOR EACH ROW EXECUTE FUNCTION {texts}_is_final();
"""
_ANY = """
DROP TRIGGER {texts}_is_final ON {texts};
DROP FUNCTION {texts}_is_final();
DROP TRIGGER {table}_is_final ON {table};
DROP FUNCTION {table}_is_final();
"""
_VERSIONS = {
    "table": "letters_textversion", "name": "version",
    "texts": "letters_translation", "text": "text", "key": "version_id",
}  # fmt: skip
_UPDATES = {
    "table": "letters_update", "name": "update",
    "texts": "letters_updatetext", "text": "update", "key": "update_id",
}  # fmt: skip


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Letter",
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
                    "title",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="The first text starts with this title. From then on, the letter takes its title from the text.",
                        max_length=200,
                        verbose_name="title",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        error_messages={
                            "unique": "Another letter already has this address. Please choose a different one."
                        },
                        help_text="The part of the letter’s address that follows the site’s name.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]+(?:-[a-z0-9]+)*\\Z",
                                "Use only lower-case letters, digits and single hyphens, as in open-ai.",
                            )
                        ],
                        verbose_name="address",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("open", "open"),
                            ("closed", "closed"),
                            ("archived", "archived"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "sender_name",
                    models.CharField(
                        help_text="Who the letter is from. It belongs to what people sign: a published version keeps the sender it was published with, and a change here comes with the next version.",
                        max_length=120,
                        verbose_name="sender",
                    ),
                ),
                (
                    "goal",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="goal",
                    ),
                ),
                (
                    "policy",
                    models.CharField(
                        choices=[
                            ("at_once", "show signatures as soon as they are confirmed"),
                            ("after_review", "show signatures once a moderator has approved them"),
                        ],
                        default="at_once",
                        max_length=20,
                        verbose_name="policy",
                    ),
                ),
                (
                    "reference_language",
                    models.CharField(
                        choices=openletter.letters.models.language_choices,
                        default="en",
                        help_text="If translations differ, the text in this language is the one that counts.",
                        max_length=10,
                        verbose_name="reference language",
                    ),
                ),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="closes")),
                (
                    "takes_organisations",
                    models.BooleanField(default=True, verbose_name="organisations may sign"),
                ),
                (
                    "asks_title",
                    models.BooleanField(default=True, verbose_name="ask for a title or profession"),
                ),
                (
                    "asks_affiliation",
                    models.BooleanField(default=True, verbose_name="ask for an affiliation"),
                ),
                (
                    "asks_country",
                    models.BooleanField(default=True, verbose_name="ask for the country"),
                ),
                (
                    "asks_comment",
                    models.BooleanField(default=False, verbose_name="ask for a comment"),
                ),
                (
                    "second_reminder",
                    models.BooleanField(
                        default=False,
                        help_text="People who have not confirmed get a reminder after a day. Tick this to send a second one later.",
                        verbose_name="remind twice",
                    ),
                ),
                (
                    "asks_proof",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Slows robots down and costs people nothing. It switches itself on while hardly anybody confirms; tick this to keep it on at all times.",
                        verbose_name="ask browsers for a proof of work",
                    ),
                ),
                (
                    "retention_months",
                    models.PositiveSmallIntegerField(
                        db_default=6,
                        default=6,
                        help_text="Counted from the day the letter closes. Addresses are deleted then, and so are names, unless their owners have agreed that they stay.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="months until personal data is deleted",
                    ),
                ),
                ("retention_ended_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ],
            options={
                "verbose_name": "letter",
                "verbose_name_plural": "letters",
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug", django.db.models.functions.text.Lower("slug"))),
                        name="an_address_has_no_capitals",
                        violation_error_message="Use only lower-case letters, digits and single hyphens, as in open-ai.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_at", None),
                            ("closes_at", None),
                            ("opens_at__lt", models.F("closes_at")),
                            _connector="OR",
                        ),
                        name="a_letter_opens_before_it_closes",
                        violation_error_message="The letter must open before it closes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retention_ended_at", None),
                            models.Q(
                                ("closes_at__isnull", False),
                                ("closes_at__lte", models.F("retention_ended_at")),
                            ),
                            _connector="OR",
                        ),
                        name="a_letter_whose_retention_ended_stays_closed",
                        violation_error_message="This letter closed so long ago that the personal data of its signatories has been deleted. It can never be reopened, because nobody could tell who has already signed. Please begin a new letter.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False, verbose_name="number")),
                (
                    "published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="published"),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        help_text="People who signed an earlier version will read this. There is one reason for all languages: please write it in the reference language of the letter.",
                        max_length=300,
                        verbose_name="reason for the change",
                    ),
                ),
                (
                    "sender_name",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        editable=False,
                        max_length=120,
                        verbose_name="sender",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="letters.letter",
                        verbose_name="letter",
                    ),
                ),
            ],
            options={
                "verbose_name": "text version",
                "verbose_name_plural": "text versions",
                "ordering": ["letter", "-number"],
            },
        ),
        migrations.CreateModel(
            name="Translation",
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
                    models.CharField(
                        choices=openletter.letters.models.language_choices,
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "addressee",
                    models.CharField(
                        blank=True,
                        help_text="As it should appear above the text, for example “To the members of parliament”.",
                        max_length=200,
                        verbose_name="addressee",
                    ),
                ),
                (
                    "markdown",
                    models.TextField(
                        help_text="Line breaks are kept, and an empty line begins a new paragraph. Markdown: # heading, ## smaller heading, *emphasis*, **strong emphasis**, ~~struck through~~, > quotation, [words](https://…); lists of two lines or more that begin with - or 1. and so on; --- on a line of its own for a rule; tables with | between the cells and a second line |---|---|. Addresses that begin with https:// or mailto: become links. A backslash before a sign, as in \\*, keeps it a sign. Everything else appears exactly as typed.",
                        max_length=100000,
                        verbose_name="text",
                    ),
                ),
                ("html", models.TextField(editable=False)),
                (
                    "sha256",
                    models.CharField(editable=False, max_length=64, verbose_name="fingerprint"),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translations",
                        to="letters.textversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "text in a language",
                "verbose_name_plural": "texts by language",
            },
        ),
        migrations.CreateModel(
            name="Update",
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
                ("number", models.PositiveIntegerField(editable=False, verbose_name="number")),
                (
                    "published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="published"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="letters.letter",
                        verbose_name="letter",
                    ),
                ),
            ],
            options={
                "verbose_name": "update",
                "verbose_name_plural": "updates",
                "ordering": ["letter", "-number"],
            },
        ),
        migrations.CreateModel(
            name="UpdateText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=openletter.letters.models.language_choices,
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="Also the subject line of the e-mail.",
                        max_length=150,
                        verbose_name="title",
                    ),
                ),
                (
                    "markdown",
                    models.TextField(
                        help_text="Line breaks are kept, and an empty line begins a new paragraph. Markdown: # heading, ## smaller heading, *emphasis*, **strong emphasis**, ~~struck through~~, > quotation, [words](https://…); lists of two lines or more that begin with - or 1. and so on; --- on a line of its own for a rule; tables with | between the cells and a second line |---|---|. Addresses that begin with https:// or mailto: become links. A backslash before a sign, as in \\*, keeps it a sign. Everything else appears exactly as typed.",
                        max_length=50000,
                        verbose_name="text",
                    ),
                ),
                ("html", models.TextField(editable=False)),
                (
                    "update",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="letters.update",
                    ),
                ),
            ],
            options={
                "verbose_name": "update in a language",
                "verbose_name_plural": "updates by language",
            },
        ),
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_slugs",
                        to="letters.letter",
                    ),
                ),
            ],
            options={
                "verbose_name": "former address",
                "verbose_name_plural": "former addresses",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug", django.db.models.functions.text.Lower("slug"))),
                        name="a_former_address_has_no_capitals",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="textversion",
            constraint=models.UniqueConstraint(
                fields=("letter", "number"), name="one_version_per_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="textversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at", None)),
                fields=("letter",),
                name="one_draft_version_per_letter",
                violation_error_message="This letter already has a draft version.",
            ),
        ),
        migrations.AddConstraint(
            model_name="textversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at", None),
                    models.Q(("sender_name", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_published_version_says_who_writes",
            ),
        ),
        migrations.AddConstraint(
            model_name="translation",
            constraint=models.UniqueConstraint(
                fields=("version", "language"), name="one_text_per_language"
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.UniqueConstraint(
                fields=("letter", "number"), name="one_update_per_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="updatetext",
            constraint=models.UniqueConstraint(
                fields=("update", "language"), name="one_update_text_per_language"
            ),
        ),
        migrations.RunSQL(_FINAL.format(**_VERSIONS), _ANY.format(**_VERSIONS)),
        migrations.RunSQL(_FINAL.format(**_UPDATES), _ANY.format(**_UPDATES)),
    ]
