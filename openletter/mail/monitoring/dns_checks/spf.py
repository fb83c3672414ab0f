"""SPF (RFC 7208): which servers may send mail for the domain that bounces come back to."""

from __future__ import annotations

from django.utils.translation import gettext as _

from openletter.mail.monitoring.dns_checks.findings import Finding, Sender, Verdict
from openletter.mail.monitoring.dns_checks.lookup import CouldNotLookUp, Lookup

NAME = "SPF"
MOST_LOOKUPS = 10  # RFC 7208, 4.6.4: receivers give up beyond
_COSTS_A_LOOKUP = {"include", "a", "mx", "ptr", "exists", "redirect"}
_MOST_FOLLOWED = 12


def check(sender: Sender, lookup: Lookup) -> Finding:
    domain = sender.envelope_domain
    records = _records(domain, lookup)
    if not records:
        advice = _(
            "Publish a TXT record at %(domain)s that begins with v=spf1 and names the servers that"
            " send your mail; your mail provider says which. End it with -all."
        ) % {"domain": domain}
        return Finding(NAME, Verdict.MISSING, advice)
    if len(records) > 1:
        advice = _(
            "There are %(number)s SPF records at %(domain)s, so receivers ignore them all. Merge"
            " them into one."
        ) % {"number": len(records), "domain": domain}
        return Finding(NAME, Verdict.LOOK, advice, records)
    problems = _problems(records[0], lookup)
    if problems:
        return Finding(NAME, Verdict.LOOK, " ".join(problems), records)
    includes = _targets(records[0], "include")
    advice = _("Mail from servers that are not in the record is refused or distrusted.")
    if includes:
        advice += " " + _("It includes: %(names)s.") % {"names": ", ".join(includes)}
    return Finding(NAME, Verdict.GOOD, advice, records)


def _records(domain: str, lookup: Lookup) -> list[str]:
    return [
        text
        for text in lookup.texts(domain)
        if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")
    ]


def _problems(record: str, lookup: Lookup) -> list[str]:
    problems = []
    terms = record.lower().split()
    if "+all" in terms or "all" in terms:
        problems.append(
            _("The record lets every server in the world send in your name: end it with -all.")
        )
    elif not {"-all", "~all"} & set(terms) and not _targets(record, "redirect"):
        problems.append(
            _("The record does not say what to do with other servers: end it with -all.")
        )
    needed = _count_lookups(record, lookup, set())
    if needed > MOST_LOOKUPS:
        problems.append(
            _(
                "The record needs about %(number)s look-ups, and receivers give up after 10. Take"
                " out what you no longer use; it includes: %(names)s."
            )
            % {"number": needed, "names": ", ".join(_targets(record, "include"))}
        )
    return problems


def _targets(record: str, kind: str) -> list[str]:
    """Return the domains that a record includes, or is redirected to."""
    found = []
    for term in record.split():
        name, _sign, target = term.lstrip("+-~?").replace("=", ":", 1).partition(":")
        if name.lower() == kind and target:
            found.append(target)
    return found


def _count_lookups(record: str, lookup: Lookup, followed: set[str]) -> int:
    """Count roughly: what cannot be looked up, or depends on the sender, counts once."""
    names = [
        term.lstrip("+-~?").replace("=", ":").replace("/", ":").partition(":")[0].lower()
        for term in record.split()
    ]
    number = sum(name in _COSTS_A_LOOKUP for name in names)
    for target in (*_targets(record, "include"), *_targets(record, "redirect")):
        if "%" in target or target in followed or len(followed) >= _MOST_FOLLOWED:
            continue
        followed.add(target)
        try:
            inner = _records(target, lookup)
        except CouldNotLookUp:
            continue
        number += sum(_count_lookups(one, lookup, followed) for one in inner)
    return number
