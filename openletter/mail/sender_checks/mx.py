"""MX: whether anybody can answer the address that our mails come from."""

from __future__ import annotations

from django.utils.translation import gettext as _

from openletter.mail.sender_checks.findings import Finding, Sender, Verdict
from openletter.mail.sender_checks.lookup import Lookup

NAME = "MX"


def check(sender: Sender, lookup: Lookup) -> Finding:
    words = {"domain": sender.domain}
    servers = lookup.mail_servers(sender.domain)
    if servers == ["."]:
        advice = _(
            "%(domain)s says that it takes no mail, and many receivers refuse mail from such a"
            " domain. Name a server that takes the answers."
        )
        return Finding(NAME, Verdict.LOOK, advice % words, servers)
    if servers:
        return Finding(NAME, Verdict.GOOD, _("Answers and bounces have somewhere to go."), servers)
    if lookup.addresses(sender.domain):
        advice = _(
            "%(domain)s has an address but names no mail server. Publish an MX record, or answers"
            " and bounces may get lost."
        )
        return Finding(NAME, Verdict.LOOK, advice % words)
    advice = _(
        "%(domain)s takes no mail: answers and bounces get lost, and many receivers refuse mail"
        " from such a domain. Publish an MX record."
    )
    return Finding(NAME, Verdict.MISSING, advice % words)
