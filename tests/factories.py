"""Rows that a test needs but is not about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from openletter.accounts.models import User
from openletter.letters import flows as letter_flows
from openletter.letters import updates
from openletter.letters.models import Letter, Translation, Update
from openletter.lib.addresses import domain_of, email_key
from openletter.lib.ids import uuid7
from openletter.signatures import consents, flows
from openletter.signatures.models import Signature

_counter = iter(range(1, 10_000_000))


def make_letter(
    *,
    slug: str = "open-letter",
    state: Letter.State = Letter.State.OPEN,
    texts: dict[str, tuple[str, str]] | None = None,
    **fields: Any,
) -> Letter:
    """Make a letter with one published version; `texts` is language -> (title, Markdown)."""
    now = timezone.now() - timedelta(days=1)
    letter = Letter.objects.create(slug=slug, **{"sender_name": "The Initiative", **fields})
    version = letter_flows.begin_version(letter_id=letter.pk)
    texts = texts or {letter.reference_language: ("A letter", "Dear world,\n\nlisten.")}
    for language, (title, markdown) in texts.items():
        letter_flows.write_text(
            version=version, language=language, title=title, addressee="", markdown=markdown
        )
    letter_flows.publish_version(version_id=version.pk, actor_id=None, now=now)
    Letter.objects.filter(pk=letter.pk).update(state=state)
    letter.refresh_from_db()
    return letter


def text_of(letter: Letter) -> Translation:
    """Return a letter's newest text in its reference language."""
    return Translation.objects.filter(
        version__letter=letter,
        version__published_at__isnull=False,
        language=letter.reference_language,
    ).latest("version__number")


def make_signature(
    letter: Letter | None = None,
    *,
    email: str = "",
    asked_at: datetime | None = None,
    **fields: Any,
) -> Signature:
    """Make an attempt that waits for its confirmation."""
    letter = letter or Letter.objects.first() or make_letter()
    email = email or f"signer-{next(_counter)}@example.org"
    now = asked_at or timezone.now()
    return Signature.objects.create(
        **{
            "public_id": uuid7(),
            "letter": letter,
            "translation": text_of(letter),
            "language": "en",
            "name": "Suzie Signer",
            "email": email,
            "email_key": email_key(email),
            "email_domain": domain_of(email),
            "show_name": True,
            "consent": consents.CURRENT,
            "created_at": now,
            "asked_at": now,
            **fields,
        }
    )


def make_published(letter: Letter | None = None, **fields: Any) -> Signature:
    """Make a signature that was confirmed, through the flow that moves the number."""
    signature = make_signature(letter, **fields)
    flows.confirm(signature, now=timezone.now())
    signature.refresh_from_db()
    return signature


def make_staff(email: str = "mod@example.org") -> User:
    return User.objects.create_superuser(email, "a-password-for-tests")


def make_update(
    letter: Letter | None = None,
    *,
    texts: dict[str, tuple[str, str]] | None = None,
    published: bool = True,
) -> Update:
    """Make an update; `texts` is language -> (title, Markdown)."""
    letter = letter or Letter.objects.first() or make_letter()
    update = updates.begin(Update(letter=letter))
    texts = texts or {letter.reference_language: ("They have read it", "Good *news*.")}
    for language, (title, markdown) in texts.items():
        updates.write(update=update, language=language, title=title, markdown=markdown)
    if published:
        updates.publish(update_id=update.pk, actor_id=None, now=timezone.now())
    return Update.objects.select_related("letter").get(pk=update.pk)
