"""Who may report bounces and complaints: the last part of /webhooks/mail/<name>/, one module each.

A module reads a request into reports, after it has verified that the provider sent it; otherwise
it raises one of the refusals.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from openletter.mail.feedback.delivery_events import Report
from openletter.mail.feedback.providers import amazon_ses, brevo, generic, mailgun, postmark

PROVIDERS: dict[str, Callable[[HttpRequest], list[Report]]] = {
    "amazon_ses": amazon_ses.read,
    "brevo": brevo.read,
    "generic": generic.read,
    "mailgun": mailgun.read,
    "postmark": postmark.read,
}
