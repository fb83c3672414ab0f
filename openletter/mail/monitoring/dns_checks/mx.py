"""MX: whether anybody can answer the address that our mails come from."""

from __future__ import annotations

from django.utils.translation import gettext as _

from openletter.mail.monitoring.dns_checks.findings import Finding, Sender, Verdict
from openletter.mail.monitoring.dns_checks.lookup import Lookup

NAME = "MX"


def check(sender: Sender, lookup: Lookup) -> Finding:
    words = {"domain": sender.domain}
    servers = lookup.mail_servers(sender.domain)
    if servers == ["."]:
        advice = _(
            "%(domain)s declares that it accepts no mail, and many receivers refuse mail from"
            " such a domain. Name a server that accepts replies."
        )
        return Finding(NAME, Verdict.LOOK, advice % words, servers)
    if servers:
        return Finding(NAME, Verdict.GOOD, _("Replies and bounces have somewhere to go."), servers)
    if lookup.addresses(sender.domain):
        advice = _(
            "%(domain)s has an address but names no mail server. Publish an MX record, or replies"
            " and bounces may get lost."
        )
        return Finding(NAME, Verdict.LOOK, advice % words)
    advice = _(
        "%(domain)s accepts no mail: replies and bounces get lost, and many receivers refuse mail"
        " from such a domain. Publish an MX record."
    )
    return Finding(NAME, Verdict.MISSING, advice % words)
