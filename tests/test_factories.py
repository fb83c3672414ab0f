"""A letter of the factory is what the acts of publishing would have left behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from openletter.letters import publishing
from openletter.letters.models import Letter, TextVersion, Translation
from openletter.moderation.models import AuditEntry
from tests.factories import make_letter

pytestmark = pytest.mark.django_db

IN_TWO_LANGUAGES = {
    "en": ("A letter", "Dear *world*,\n\nlisten."),
    "de": ("Ein Brief", "Liebe *Welt*,\n\nhör zu."),
}
# What is different from one row to the next, whoever makes it.
OF_ITS_OWN = {"id", "public_id", "created_at", "slug", "letter_id", "version_id", "object_id"}


@pytest.mark.parametrize("texts", [None, IN_TWO_LANGUAGES], ids=["plain", "in two languages"])
@pytest.mark.parametrize("reference_language", ["en", "de"])
def test_a_letter_of_the_factory_is_one_that_was_published(
    texts: dict[str, tuple[str, str]] | None, reference_language: str
) -> None:
    made = make_letter(slug="made", texts=texts, reference_language=reference_language)
    made_rows = _rows(made)

    published = _publish(made.last_published(), reference_language)

    assert _rows(published) == made_rows
    assert any(row.get("action") == "publish version" for row in made_rows)


def _publish(version: TextVersion | None, reference_language: str) -> Letter:
    """Publish another letter with the words of this version, as a person at the desk would."""
    assert version is not None
    assert version.published_at is not None
    letter = Letter.objects.create(
        slug="published",
        sender_name=version.letter.sender_name,
        reference_language=reference_language,
    )
    draft = publishing.begin_version(letter_id=letter.pk)
    for text in version.translations.order_by("pk"):
        publishing.write_text(
            version=draft,
            language=text.language,
            title=text.title,
            addressee=text.addressee,
            markdown=text.markdown,
        )
    publishing.publish_version(version_id=draft.pk, actor_id=None, now=version.published_at)
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.OPEN)
    return letter


def _rows(letter: Letter) -> list[dict[str, Any]]:
    versions = TextVersion.objects.filter(letter=letter)
    return [
        _compared(row)
        for rows in (
            Letter.objects.filter(pk=letter.pk),
            versions,
            Translation.objects.filter(version__in=versions).order_by("language"),
            AuditEntry.objects.filter(object_id=str(letter.public_id)),
        )
        for row in rows
    ]


def _compared(row: Model) -> dict[str, Any]:
    fields = row._meta.concrete_fields
    return {f.attname: getattr(row, f.attname) for f in fields if f.attname not in OF_ITS_OWN}
