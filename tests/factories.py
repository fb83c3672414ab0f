"""Rows that a test needs but is not about."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.utils import timezone

from openletter.accounts import second_factors
from openletter.accounts.models import User
from openletter.ledger.models import LedgerEntry, Tally
from openletter.letters import publishing, publishing_updates
from openletter.letters.models import Letter, TextVersion, Translation, Update
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import domain_of, email_key
from openletter.moderation import audit
from openletter.signatures import confirmation, consents, decisions
from openletter.signatures.models import Signature

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_counter = iter(range(1, 10_000_000))


def make_letter(
    *,
    slug: str = "open-letter",
    state: Letter.State = Letter.State.OPEN,
    texts: dict[str, tuple[str, str]] | None = None,
    **fields: Any,
) -> Letter:
    """Make a letter with one published version; `texts` is language -> (title, Markdown).

    Nearly every test asks for one. The acts of `publishing` look again at what they find; these
    rows are what they leave behind (tests/test_factories.py), without a look.
    """
    now = timezone.now() - timedelta(days=1)
    fields = {"sender_name": "The Initiative", **fields}
    reference_language = fields.get("reference_language", "en")
    texts = texts or {reference_language: ("A letter", "Dear world,\n\nlisten.")}
    title, _markdown = texts[reference_language]
    letter = Letter.objects.create(slug=slug, title=title, state=state, **fields)
    version = TextVersion.objects.create(
        letter=letter, number=1, published_at=now, sender_name=letter.sender_name
    )
    Translation.objects.bulk_create(
        _text(version, language, title, markdown) for language, (title, markdown) in texts.items()
    )
    audit.record(
        actor_id=None,
        action="publish version",
        object_kind="letter",
        object_id=letter.public_id,
        reason="",
        now=now,
        after={"version": 1},
    )
    return letter


def _text(version: TextVersion, language: str, title: str, markdown: str) -> Translation:
    text = Translation(version=version, language=language, title=title, markdown=markdown)
    publishing.derive(text)
    return text


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
    confirmation.confirm(signature, now=timezone.now())
    signature.refresh_from_db()
    return signature


def make_held(letter: Letter | None = None, **fields: Any) -> Signature:
    """Make a signature that was confirmed and waits for a person."""
    held = {"state": Signature.State.HELD, "confirmed_at": timezone.now()}
    return make_signature(letter, **{**held, **fields})


def decide(signature: Signature, to: str, *, reason: str = "because") -> None:
    """Decide as a moderator does who looked at a signature just now."""
    seen = Signature.objects.get(pk=signature.pk)
    decisions.decide(
        signature_id=seen.pk,
        revision=seen.revision,
        seen=Signature.State(seen.state),
        to=Signature.State(to),
        actor_id=None,
        reason=reason,
        now=timezone.now(),
    )


def make_staff(email: str = "olive@example.org") -> User:
    return User.objects.create_superuser(email, "a-password-for-tests")


def make_update(
    letter: Letter | None = None,
    *,
    texts: dict[str, tuple[str, str]] | None = None,
    published: bool = True,
) -> Update:
    """Make an update; `texts` is language -> (title, Markdown)."""
    letter = letter or Letter.objects.first() or make_letter()
    update = publishing_updates.begin(Update(letter=letter))
    texts = texts or {letter.reference_language: ("They have read it", "Good *news*.")}
    for language, (title, markdown) in texts.items():
        publishing_updates.write(update=update, language=language, title=title, markdown=markdown)
    if published:
        publishing_updates.publish(update_id=update.pk, actor_id=None, now=timezone.now())
    return Update.objects.select_related("letter").get(pk=update.pk)


def make_moderator(
    email: str = "sam@example.org", *, second_factor: bool = True, **fields: Any
) -> User:
    """Make a superuser for `client.force_login`, without the cost of hashing a password."""
    user = User.objects.create(
        email=email, password="!", **{"is_staff": True, "is_superuser": True, **fields}
    )
    if second_factor:
        TOTP.activate(user, TOTP_SECRET)
    return user


def log_in(user: User | None = None) -> Client:
    """Return the browser of somebody who is logged in; of a moderator if nobody is named.

    They gave their second factor, if they have one.
    """
    client = Client()
    user = user or make_moderator()
    client.force_login(user)
    session = client.session
    second_factors.note_given(SimpleNamespace(session=session), user)  # type: ignore[arg-type]
    session.save()
    return client


def make_draft(letter: Letter, *, reason: str = "clearer words", **texts: str) -> TextVersion:
    """Begin a letter's next version, and replace its texts; `texts` is language -> Markdown."""
    version = publishing.begin_version(letter_id=letter.pk, reason=reason)
    for language, markdown in texts.items():
        version.translations.filter(language=language).delete()
        publishing.write_text(
            version=version, language=language, title="A letter", addressee="", markdown=markdown
        )
    return version


def make_version(letter: Letter, *, reason: str = "clearer words", **texts: str) -> TextVersion:
    """Publish a letter's next version; `texts` is language -> Markdown, or else one is new."""
    version = make_draft(letter, reason=reason, **texts)
    for text in version.translations.all() if not texts else ():
        text.markdown += f"\n\nThis is version {version.number}."
        publishing.derive(text)
        text.save()
    publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
    version.refresh_from_db()
    return version


def move_letter(letter: Letter, *, to: str) -> None:
    """Give a letter another address, as the admin does."""
    former, letter.slug = letter.slug, to
    letter.save(update_fields=["slug"])
    publishing.keep_former_slug(letter=letter, former=former)


def make_many(letter: Letter, number: int, **fields: Any) -> None:
    """Make many published signatures at the cost of a few queries, with their ledger."""
    now = timezone.now()
    begin = LedgerEntry.objects.filter(letter=letter).count()
    tally, _made = Tally.objects.get_or_create(letter=letter)
    text = text_of(letter)
    rows = [
        Signature(
            **{
                "letter": letter,
                "translation": text,
                "language": "en",
                "name": f"Signer {index}",
                "email": f"many-{index}@example.org",
                "email_key": email_key(f"many-{index}@example.org"),
                "show_name": True,
                "consent": consents.CURRENT,
                "state": Signature.State.PUBLISHED,
                "created_at": now,
                "asked_at": now,
                "confirmed_at": now,
                "ledger_index": index,
                **fields,
            }
        )
        for index in range(begin, begin + number)
    ]
    before = tally.people + tally.organisations
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            letter=letter,
            index=begin + place,
            kind="signed",
            signature=row,
            at=now,
            count=before + place + 1,
        )
        for place, row in enumerate(Signature.objects.bulk_create(rows))
    )
    Tally.objects.filter(letter=letter).update(
        next_index=begin + number, people=tally.people + number
    )
