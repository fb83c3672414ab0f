"""An update as a member of staff sees it before anybody else does."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from openletter.letters.models import Letter, Translation, Update
from openletter.letters.queries import versions
from openletter.lib.http.site import absolute
from openletter.mail.outbox.kinds import Owed
from openletter.mailings.mails import update as update_mail

TEMPLATE = "update_test"
LABEL = gettext_lazy("Test of an update")


def context(owed: Owed) -> dict[str, Any] | None:
    """The mail is about the update itself: no signature, so none of a signatory's links."""
    update = (
        Update.objects.select_related("letter")
        .prefetch_related("texts")
        .filter(public_id=owed.about, texts__isnull=False)
        .first()
    )
    if update is None:
        return None  # deleted meanwhile
    letter = update.letter
    found = {
        **update_mail.about_update(update),
        "title": _title(letter, get_language() or ""),
        "sender_name": versions.sender_of(letter),
        "letter_url": absolute(reverse("pages:letter", args=[letter.slug])),
    }
    # No link that leads nowhere yet.
    if update.published_at is None or letter.state == Letter.State.DRAFT:
        del found["update_url"]
    if letter.state == Letter.State.DRAFT:
        del found["letter_url"]
    return found


def _title(letter: Letter, language: str) -> str:
    """Return the newest title in a language, as who signed in it reads it; else the reference's."""
    texts = Translation.objects.filter(version__letter=letter).order_by("version__number")
    titles = dict(texts.values_list("language", "title"))
    return titles.get(language) or titles.get(letter.reference_language) or ""
