"""Make the message of a mail, the same for every copy of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from openletter.lib.http.site import absolute
from openletter.mail.feedback import return_path
from openletter.mail.models import Lane, OutgoingMail
from openletter.mail.outbox.kinds import Owed, kind_named


def compose(mail: OutgoingMail) -> EmailMultiAlternatives | None:
    """Make the message, or return None when nothing is left to say. May raise anything."""
    kind = kind_named(mail.kind)
    with translation.override(mail.language):
        context = kind.context(Owed(about=mail.about, batch=mail.batch))
        if context is None:
            return None
        return _message(mail, kind.TEMPLATE, context)


def _message(mail: OutgoingMail, template: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    context |= {"site_name": settings.SITE_NAME, "site_url": absolute(reverse("pages:home"))}
    folder = f"emails/{template}"
    subject = " ".join(render_to_string(f"{folder}/subject.txt", context).split())
    # Only where bounces come back by mail: an explicit From makes from_email the envelope sender.
    envelope = return_path.for_mail(mail.pk)
    message = EmailMultiAlternatives(
        subject,
        render_to_string(f"{folder}/body.txt", context).strip() + "\n",
        from_email=envelope or settings.DEFAULT_FROM_EMAIL,
        to=[mail.recipient],
        headers=({"From": settings.DEFAULT_FROM_EMAIL} if envelope else {})
        | _headers(mail, context),
    )
    message.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    # Providers hand it back with what they report; an ordinary relay never sees it.
    message.metadata = {"mail": mail.pk.hex}  # type: ignore[attr-defined]  # anymail's name
    return message


def _headers(mail: OutgoingMail, context: dict[str, Any]) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(mail),
        "Auto-Submitted": "auto-generated",
        "Content-Language": mail.language,
    }
    unsubscribe = context.get("unsubscribe_url")
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    if mail.lane == Lane.BULK:
        headers["Precedence"] = "bulk"
    return headers


def message_id(mail: OutgoingMail) -> str:
    """Return the same Message-ID for every copy, so that mail programs fold copies into one."""
    return f"<{mail.pk.hex}@{settings.MAIL_DOMAIN}>"
