"""What can happen to a letter: its text is written and published; it opens, closes, moves."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.db.models.lookups import Exact, IsNull
from django.utils.translation import gettext as _

from openletter.letters import fingerprints, rendering
from openletter.letters.models import STAYS_CLOSED, FormerSlug, Letter, TextVersion, Translation
from openletter.moderation import audit


class NotPossible(Exception):
    """The act does not fit the state of what it is about; the message says what to do."""


class ChangedMeanwhile(NotPossible):
    """It is not what was shown before somebody pressed the button."""

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or _(
                "Somebody has changed this in the meantime. Please look at it again before you go"
                " on."
            )
        )


class Deleted(NotPossible):
    """It is not there any more: somebody was faster."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has deleted this in the meantime."))


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


def take_title(letter_id: int) -> None:
    """Call a letter what its newest text is called; what is published comes before a draft."""
    in_reference_language = Exact(F("language"), F("version__letter__reference_language"))
    texts = Translation.objects.filter(version__letter=letter_id).order_by(
        IsNull(F("version__published_at"), True),
        "-version__number",
        in_reference_language.desc(),
        "language",
    )
    title = texts.values_list("title", flat=True).first()
    if title is not None:
        Letter.objects.filter(pk=letter_id).update(title=title)


def check_publishable(version: TextVersion) -> None:
    """Raise `NotPossible` when something is missing, or nothing is new."""
    if version.published_at is not None:
        raise NotPossible(_("This version is already published."))
    texts = {text.language: text for text in version.translations.all()}
    if version.letter.reference_language not in texts:
        raise NotPossible(_("Write the text in the letter's reference language first."))
    earlier = version.letter.last_published()
    if earlier is None:
        return
    is_same_sender = earlier.sender_name == version.letter.sender_name
    before = {text.language: text for text in earlier.translations.all()}
    if is_same_sender and _read_alike(texts, before):
        raise NotPossible(
            _(
                "This draft has exactly the same words and the same sender as version %(number)s."
                " Change the text, or discard the draft."
            )
            % {"number": earlier.number}
        )
    if not version.reason:
        raise NotPossible(
            _(
                "Say in the version why the text changes: people who have signed an earlier one"
                " will want to know."
            )
        )


def _read_alike(one: dict[str, Translation], other: dict[str, Translation]) -> bool:
    """Say whether two versions read the same in every language: only spaces may differ."""
    return one.keys() == other.keys() and all(
        _as_read(one[language]) == _as_read(other[language]) for language in one
    )


def _as_read(text: Translation) -> list[str]:
    html = rendering.to_html(text.markdown)
    return [" ".join(part.split()) for part in (text.title, text.addressee, html)]


@transaction.atomic
def publish_version(
    *, version_id: int, actor_id: int | None, now: datetime, seen: str | None = None
) -> None:
    """Make a draft the letter's text, for ever. Raises `NotPossible`.

    `seen` is the fingerprint of what somebody was shown; None when nobody had to look.
    """
    drafts = TextVersion.objects.select_for_update(of=("self",)).select_related("letter")
    version = drafts.filter(pk=version_id).first()
    if version is None:
        raise Deleted
    check_publishable(version)
    if seen is not None and seen != fingerprints.of_version(version):
        raise ChangedMeanwhile
    for text in version.translations.all():
        derive(text)
        text.save(update_fields=["html", "sha256"])
    version.published_at = now
    version.sender_name = version.letter.sender_name
    version.save(update_fields=["published_at", "sender_name"])
    take_title(version.letter_id)
    audit.record(
        actor_id=actor_id,
        action="publish version",
        object_kind="letter",
        object_id=version.letter.public_id,
        reason=version.reason,
        now=now,
        after={"version": version.number},
    )


def check_can_become(letter: Letter, to: Letter.State) -> None:
    """Raise `NotPossible` when there is no way from a letter's state to another."""
    if to == letter.state:
        raise NotPossible(_("The letter is already in this state."))
    if to == Letter.State.DRAFT:
        raise NotPossible(_("A letter that was public cannot become a draft again. Archive it."))
    if to == Letter.State.OPEN and letter.retention_ended_at is not None:
        raise NotPossible(str(STAYS_CLOSED))
    if letter.last_published() is None:
        raise NotPossible(_("Publish a version of the text first."))


@transaction.atomic
def change_state(
    *,
    letter_id: int,
    to: Letter.State,
    actor_id: int | None,
    reason: str = "",
    now: datetime,
    seen: str | None = None,
) -> None:
    """Open, close or archive a letter. Raises `NotPossible` when it has no text to sign.

    `seen` is the fingerprint of what somebody was shown; None when nobody had to look.
    """
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    before = letter.state
    check_can_become(letter, to)
    if seen is not None and seen != fingerprints.of_letter(letter):
        raise ChangedMeanwhile
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


def record_move(*, letter: Letter, before: int | None, actor_id: int | None, now: datetime) -> None:
    """Put on record that a letter went to another team, whose people see it from now on."""
    audit.record(
        actor_id=actor_id,
        action="move letter",
        object_kind="letter",
        object_id=letter.public_id,
        reason="",
        now=now,
        before={"team": before},
        after={"team": letter.team_id},
    )
