"""What can happen to a letter: its text is written and published; it opens, closes, moves."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from openletter.letters import rendering
from openletter.letters.models import STAYS_CLOSED, FormerSlug, Letter, TextVersion, Translation
from openletter.moderation import audit


class NotPossible(Exception):
    """The act does not fit the letter's state; the message says what to do."""


@transaction.atomic
def begin_version(*, letter_id: int, reason: str = "") -> TextVersion:
    """Make the draft of the next version, with the newest texts to start from."""
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    if letter.versions.filter(published_at=None).exists():
        raise NotPossible(_("This letter already has a draft version. Publish or edit that one."))
    newest = letter.versions.order_by("-number").first()
    number = (letter.versions.aggregate(highest=Max("number"))["highest"] or 0) + 1
    version = TextVersion.objects.create(letter=letter, number=number, reason=reason)
    for text in newest.translations.all() if newest else []:
        write_text(
            version=version,
            language=text.language,
            title=text.title,
            addressee=text.addressee,
            markdown=text.markdown,
        )
    return version


def write_text(
    *, version: TextVersion, language: str, title: str, addressee: str, markdown: str
) -> Translation:
    """Add a version's text in one more language."""
    text = Translation(
        version=version, language=language, title=title, addressee=addressee, markdown=markdown
    )
    derive(text)
    text.save()
    return text


def derive(text: Translation) -> None:
    """Set what follows from a text: the HTML that is shown and the fingerprint that is signed."""
    text.html = rendering.to_html(text.markdown)
    text.sha256 = rendering.fingerprint(
        title=text.title, addressee=text.addressee, markdown=text.markdown
    )


@transaction.atomic
def publish_version(*, version_id: int, actor_id: int | None, now: datetime) -> None:
    """Make a draft the letter's text, for ever."""
    version = (
        TextVersion.objects.select_for_update(of=("self",))
        .select_related("letter")
        .get(pk=version_id)
    )
    if version.published_at is not None:
        raise NotPossible(_("This version is already published."))
    languages = {text.language for text in version.translations.all()}
    if version.letter.reference_language not in languages:
        raise NotPossible(_("Write the text in the letter's reference language first."))
    earlier = version.letter.versions.filter(published_at__isnull=False).exists()
    if earlier and not version.reason:
        raise NotPossible(
            _("Write into the version why the text changes; earlier signers will ask.")
        )
    for text in version.translations.all():
        derive(text)
        text.save(update_fields=["html", "sha256"])
    version.published_at = now
    version.save(update_fields=["published_at"])
    audit.record(
        actor_id=actor_id,
        action="publish version",
        object_kind="letter",
        object_id=version.letter.public_id,
        reason=version.reason,
        now=now,
        after={"version": version.number},
    )


@transaction.atomic
def change_state(
    *, letter_id: int, to: Letter.State, actor_id: int | None, reason: str = "", now: datetime
) -> None:
    """Open, close or archive a letter. Raises `NotPossible` when it has no text to sign."""
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    before = letter.state
    if to == before:
        raise NotPossible(_("The letter is already in this state."))
    if to == Letter.State.DRAFT:
        raise NotPossible(_("A letter that was public cannot become a draft again. Archive it."))
    if to == Letter.State.OPEN and letter.retention_ended_at is not None:
        raise NotPossible(str(STAYS_CLOSED))
    if not letter.versions.filter(published_at__isnull=False).exists():
        raise NotPossible(_("Publish a version of the text first."))
    letter.state = to
    if to == Letter.State.OPEN and letter.closes_at is not None and letter.closes_at <= now:
        letter.closes_at = None
    # Retention counts from here, so an archived letter has it too.
    if to in {Letter.State.CLOSED, Letter.State.ARCHIVED} and letter.closed_at(now) is None:
        letter.closes_at = now
        if letter.opens_at is not None and letter.opens_at >= now:
            letter.opens_at = None
    letter.save(update_fields=["state", "opens_at", "closes_at"])
    audit.record(
        actor_id=actor_id,
        action=f"{to.value} letter",
        object_kind="letter",
        object_id=letter.public_id,
        reason=reason,
        now=now,
        before={"state": before},
        after={"state": to.value},
    )


def keep_former_slug(*, letter: Letter, former: str) -> None:
    """Let an address that the letter once had lead to it for ever."""
    FormerSlug.objects.filter(slug=letter.slug).delete()  # the letter took its old address again
    FormerSlug.objects.get_or_create(slug=former, defaults={"letter": letter})
