"""News on a letter, to those who signed it and asked for news."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from openletter.letters import plain_text
from openletter.letters.models import Letter, Update
from openletter.letters.queries import updates
from openletter.lib.http.site import absolute
from openletter.mail.outbox.kinds import Owed
from openletter.mailings.models import Mailing
from openletter.signatures.mails import links, subjects
from openletter.signatures.models import Signature

TEMPLATE = "update"
LABEL = gettext_lazy("News about the letter")


def context(owed: Owed) -> dict[str, Any] | None:
    """Nothing to say to who withdrew or wants no updates any more, however late that was."""
    signature = subjects.signature_about(owed.about, Signature.State.PUBLISHED)
    if signature is None or not signature.wants_updates or owed.batch is None:
        return None
    return links.common(signature) | {
        **about_update(_update_of(owed.batch, int(time.time()) // 60)),
        "unsubscribe_url": links.token_url("unsubscribe", "self_service:unsubscribe", signature),
    }


@lru_cache(maxsize=16)
def _update_of(batch: UUID, _minute: int) -> Update:
    """Return what a mailing sends, read once a minute: only a language may be added to it."""
    mailings = Mailing.objects.select_related("update__letter").prefetch_related("update__texts")
    return mailings.get(public_id=batch).update


def about_update(update: Update) -> dict[str, Any]:
    """Return what a mail says of an update: in the mail's language, else the reference language."""
    letter: Letter = update.letter
    view = updates.in_language(update, get_language() or "", letter=letter)
    page = reverse("pages:update", args=[letter.slug, update.number])
    return {
        "update": view,
        "update_text": _plain(view.text.markdown),
        "update_url": absolute(page),
    }


# A worker sends one update to very many people; its text is the same for all.
_plain = lru_cache(maxsize=32)(plain_text.of_markdown)
