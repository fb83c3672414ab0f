"""DKIM (RFC 6376): the public keys with which receivers check our mail's signature."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.utils.translation import gettext as _

from openletter.mail.monitoring.dns_checks.findings import Finding, Sender, Verdict, worst
from openletter.mail.monitoring.dns_checks.lookup import CouldNotLookUp, Lookup

NAME = "DKIM"
LEAST_BITS = 2048
# What servers and providers call their keys when nobody chooses a name.
USUAL_SELECTORS = ("default", "mail", "s1", "k1", "google", "selector1", "pm")


def check(sender: Sender, lookup: Lookup) -> Finding:
    keys = _keys(sender, lookup)
    if not keys:
        return Finding(NAME, Verdict.MISSING, _missing(sender))
    judged = [_judge(selector, tags_of(text)) for selector, text in keys]
    found = [f"{selector}: {text}" for selector, text in keys]
    # One good key is enough: others may be old ones that are being replaced.
    good = [advice for verdict, advice in judged if verdict == Verdict.GOOD]
    if good:
        return Finding(NAME, Verdict.GOOD, " ".join(good), found)
    advice = " ".join(advice for _verdict, advice in judged)
    return Finding(NAME, worst([verdict for verdict, _advice in judged]), advice, found)


def _keys(sender: Sender, lookup: Lookup) -> list[tuple[str, str]]:
    keys: list[tuple[str, str]] = []
    for selector in sender.selectors:
        try:
            texts = lookup.texts(f"{selector}._domainkey.{sender.domain}")
        except CouldNotLookUp:
            if not keys:
                raise
            break  # the next one would cost its two seconds too
        keys += [(selector, text) for text in texts if "p" in tags_of(text)]
    return keys


def tags_of(record: str) -> dict[str, str]:
    """Read "a=b; c=d", as DKIM and DMARC records are written."""
    pairs = (part.partition("=") for part in record.split(";") if "=" in part)
    return {name.strip().lower(): "".join(value.split()) for name, _sign, value in pairs}


def _judge(selector: str, tags: dict[str, str]) -> tuple[Verdict, str]:
    words = {"name": selector}
    if not tags["p"]:
        return Verdict.LOOK, _(
            "The key %(name)s was revoked. Have your mail server sign with a different one."
        ) % words
    if tags.get("k", "rsa") != "rsa":
        return Verdict.GOOD, _("There is a key named %(name)s.") % words
    bits = _bits(tags["p"])
    if bits is None:
        return Verdict.LOOK, _(
            "The key %(name)s cannot be read: copy it again from your mail server or provider."
        ) % words
    words = {**words, "bits": str(bits)}
    if bits < LEAST_BITS:
        return Verdict.LOOK, _(
            "The key %(name)s has %(bits)s bits; receivers expect 2048. Make a new one."
        ) % words
    return Verdict.GOOD, _("There is a key named %(name)s with %(bits)s bits.") % words


def _bits(key: str) -> int | None:
    try:
        public = load_der_public_key(base64.b64decode(key, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return None
    return public.key_size if isinstance(public, RSAPublicKey) else None


def _missing(sender: Sender) -> str:
    words = {"domain": sender.domain, "names": ", ".join(sender.selectors)}
    if sender.selectors_are_guessed:
        text = _(
            "No key was found at %(domain)s under the usual names (%(names)s). If your mail server"
            " or provider signs with another one, set DKIM_SELECTORS to its name; if it does not"
            " sign yet, switch that on and publish the key it shows."
        )
    else:
        text = _(
            "No key was found at %(domain)s under the names in DKIM_SELECTORS (%(names)s). Publish"
            " the key that your mail server or provider shows."
        )
    return text % words
