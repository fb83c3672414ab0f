"""What a moderator does in the desk's list, and what a page of a letter holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.signatures.models import Signature
from tests.factories import make_held

LIST = "/admin/signatures/signature/"


def choose(desk: Client, to: str, *signatures: Signature, **typed: str) -> Any:
    """Send what the desk's list sends, or, with a reason, what the page after it sends."""
    chosen = {"action": to, "_selected_action": [str(one.pk) for one in signatures]}
    return desk.post(LIST, {**chosen, **typed})


def messages_of(response: Any) -> list[str]:
    return [message.level_tag for message in get_messages(response.wsgi_request)]


def form_on(page: str) -> str:
    return page[page.index('<form class="form"') :].partition("</form>")[0]


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def waiting(letter: Letter, minutes: int, **fields: Any) -> Signature:
    """Make a held signature that has waited so long."""
    fields.setdefault("held_because", "unlike a name")
    signature = make_held(letter, **fields)
    signature.created_at = timezone.now() - timedelta(minutes=minutes)
    signature.save(update_fields=["created_at"])
    return signature
