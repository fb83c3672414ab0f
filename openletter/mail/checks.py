"""System checks of the mail settings: each says what to set, before the first mail is owed."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail import get_connection

from openletter.lib.people.addresses import MAX_LOCAL_LENGTH, tidy_address
from openletter.mail.feedback import mailbox_readers, return_path

LEAST_SECRET = 24


@register(Tags.security)
def provider_is_complete(**_kwargs: Any) -> list[CheckMessage]:
    """A service without its key takes no mail, and would say so only when one is due."""
    if settings.MAIL_PROVIDER == "smtp":
        return []
    try:
        get_connection(f"anymail.backends.{settings.MAIL_PROVIDER}.EmailBackend")
    except ImproperlyConfigured as problem:
        missing = re.search(r"ANYMAIL_[A-Z0-9_]+", str(problem))
        text = (
            f"MAIL_PROVIDER is {settings.MAIL_PROVIDER}, which also needs {missing[0]}."
            if missing
            else f"MAIL_PROVIDER is {settings.MAIL_PROVIDER}, which needs the packages of"
            f" django-anymail[{settings.MAIL_PROVIDER.replace('_', '-')}]."
        )
        return [Error(text, id="mail.E002")]
    except ImportError:
        return [
            Error(
                "MAIL_PROVIDER is neither smtp nor the name of a service of django-anymail,"
                " like postmark, mailgun, brevo or amazon_ses.",
                id="mail.E001",
            )
        ]
    return []


@register(Tags.security)
def webhook_secret_is_one(**_kwargs: Any) -> list[CheckMessage]:
    """Whoever guesses it can have any address suppressed."""
    name, colon, secret = settings.WEBHOOK_SECRET.partition(":")
    if not settings.WEBHOOK_SECRET or (name and colon and len(secret) >= LEAST_SECRET):
        return []
    return [
        Error(
            f"WEBHOOK_SECRET must be a name, a colon and at least {LEAST_SECRET} random letters"
            " and digits.",
            hint="Make one with: python -c 'import secrets;"
            ' print("openletter:" + secrets.token_urlsafe(32))\'',
            id="mail.E003",
        )
    ]


@register(Tags.security)
def bounce_address_is_one(**_kwargs: Any) -> list[CheckMessage]:
    """Every mail's return path is BOUNCE_ADDRESS with an id and a signature before the @."""
    if not settings.BOUNCE_ADDRESS:
        return []
    added = len(return_path.for_mail(UUID(int=0))) - len(settings.BOUNCE_ADDRESS)
    longest = MAX_LOCAL_LENGTH - added
    try:
        tidy_address(settings.BOUNCE_ADDRESS)
    except ValidationError:
        return [Error("BOUNCE_ADDRESS is not an e-mail address.", id="mail.E004")]
    if len(settings.BOUNCE_ADDRESS.rpartition("@")[0]) > longest:
        text = f"BOUNCE_ADDRESS may have at most {longest} characters before the @."
        return [Error(text, id="mail.E004")]
    return []


@register(Tags.security)
def bounce_mailbox_is_one(**_kwargs: Any) -> list[CheckMessage]:
    """The address may hold a password, so it is not repeated."""
    if not settings.BOUNCE_MAILBOX or mailbox_readers.is_address(settings.BOUNCE_MAILBOX):
        return []
    return [
        Error(
            "BOUNCE_MAILBOX must be the path of a Maildir, or imaps://user:password@host/folder.",
            id="mail.E005",
        )
    ]


@register(Tags.security)
def alarms_have_an_address(**_kwargs: Any) -> list[CheckMessage]:
    """An alarm that goes nowhere is none."""
    try:
        if settings.ALARM_EMAIL:
            tidy_address(settings.ALARM_EMAIL)
    except ValidationError:
        return [Error("ALARM_EMAIL is not an e-mail address.", id="mail.E006")]
    return []
