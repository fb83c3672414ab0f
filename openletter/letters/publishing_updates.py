"""What can happen to an update on a letter: it is begun, written in some languages, published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from openletter.letters import fingerprints, rendering
from openletter.letters.models import Letter, Update, UpdateText
from openletter.letters.publishing import ChangedMeanwhile, Deleted, NotPossible
from openletter.moderation import audit


@transaction.atomic
def begin(update: Update) -> Update:
    """Store a new update as a draft, under its letter's next number."""
    # Whoever holds the letter numbers its next update.
    Letter.objects.select_for_update().get(pk=update.letter_id)
    highest = Update.objects.filter(letter=update.letter_id).aggregate(n=Max("number"))["n"]
    update.number = (highest or 0) + 1
    update.save(force_insert=True)
    return update


def write(*, update: Update, language: str, title: str, markdown: str) -> UpdateText:
    """Add an update's text in one more language."""
    text = UpdateText(update=update, language=language, title=title, markdown=markdown)
    derive(text)
    text.save()
    return text


def derive(text: UpdateText) -> None:
    """Set what follows from a text: the HTML that is shown and mailed."""
    text.html = rendering.to_html(text.markdown)


def check_publishable(update: Update) -> None:
    """Raise `NotPossible` while something is missing."""
    if update.published_at is not None:
        raise NotPossible(_("This update is already published."))
    if update.letter.state == Letter.State.DRAFT:
        raise NotPossible(_("Open the letter first: nobody can read its updates yet."))
    if not update.texts.filter(language=update.letter.reference_language).exists():
        raise NotPossible(_("Write the update in the letter's reference language first."))


@transaction.atomic
def publish(
    *, update_id: int, actor_id: int | None, now: datetime, seen: str | None = None
) -> None:
    """Let anybody read an update, for ever. Raises `NotPossible` while something is missing.

    `seen` is the fingerprint of what somebody was shown; None when nobody had to look.
    """
    drafts = Update.objects.select_for_update(of=("self",)).select_related("letter")
    update = drafts.filter(pk=update_id).first()
    if update is None:
        raise Deleted
    check_publishable(update)
    if seen is not None and seen != fingerprints.of_update(update):
        raise ChangedMeanwhile
    Update.objects.filter(pk=update_id, published_at=None).update(published_at=now)
    audit.record(
        actor_id=actor_id,
        action="publish update",
        object_kind="update",
        object_id=update.public_id,
        reason="",
        now=now,
        after={"number": update.number},
    )
