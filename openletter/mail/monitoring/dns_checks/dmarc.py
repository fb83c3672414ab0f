"""DMARC (RFC 7489): what receivers do with mail in our name that proves nothing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from openletter.lib.people.public_suffixes import organisational_domain
from openletter.mail.monitoring.dns_checks.dkim import tags_of
from openletter.mail.monitoring.dns_checks.findings import Finding, Sender, Verdict
from openletter.mail.monitoring.dns_checks.lookup import Lookup

NAME = "DMARC"


def check(sender: Sender, lookup: Lookup) -> Finding:
    place, records = _nearest(sender.domain, lookup)
    if not records:
        advice = _(
            "Publish a TXT record at _dmarc.%(domain)s. Begin with"
            " “v=DMARC1; p=none; rua=mailto:…” and an address of yours that reads the reports."
        ) % {"domain": sender.domain}
        return Finding(NAME, Verdict.MISSING, advice)
    if len(records) > 1:
        advice = _("There are several DMARC records, so receivers ignore them all. Keep only one.")
        return Finding(NAME, Verdict.LOOK, advice, records)
    tags = tags_of(records[0])
    policy = tags.get("p", "") if place == sender.domain else tags.get("sp", tags.get("p", ""))
    problems = [*_about_policy(policy), *_about_reports(tags), *_about_alignment(sender, tags)]
    if problems:
        return Finding(NAME, Verdict.LOOK, " ".join(problems), records)
    advice = _("Mail that only claims to be yours is refused or goes to spam.")
    return Finding(NAME, Verdict.GOOD, advice, records)


def _nearest(domain: str, lookup: Lookup) -> tuple[str, list[str]]:
    """Return the record of the domain, or else of the domain that its owner registered.

    Receivers ask these two (RFC 7489, 6.6.3), so a record in between would help nobody.
    """
    for place in dict.fromkeys((domain, organisational_domain(domain))):
        texts = lookup.texts(f"_dmarc.{place}")
        records = [text for text in texts if text.lower().startswith("v=dmarc1")]
        if records:
            return place, records
    return domain, []


def _about_policy(policy: str) -> list[str]:
    if policy in {"quarantine", "reject"}:
        return []
    if policy == "none":
        return [
            _(
                "The policy p=none only observes. When the reports show that your own mail"
                " passes, move on to p=quarantine and then to p=reject."
            )
        ]
    return [_("The record has no policy that receivers understand: add p=none, then tighten it.")]


def _about_reports(tags: dict[str, str]) -> list[str]:
    if "mailto:" in tags.get("rua", ""):
        return []
    return [_("Nobody gets the reports: add rua=mailto: and an address of yours.")]


def _about_alignment(sender: Sender, tags: dict[str, str]) -> list[str]:
    """SPF helps DMARC only when bounces come back to the domain of the From address."""
    envelope, own = sender.envelope_domain, sender.domain
    if envelope == own:
        return []
    is_strict = tags.get("aspf", "r") == "s"
    if not is_strict and organisational_domain(envelope) == organisational_domain(own):
        return []
    return [
        _(
            "Bounces come back to %(envelope)s, so SPF proves nothing about %(domain)s. Choose a"
            " BOUNCE_ADDRESS in the domain you send from; until then only DKIM counts."
        )
        % {"envelope": envelope, "domain": own}
    ]
