"""E-mail addresses: judge, tidy, and fold to the one key by which a mailbox is recognised."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from openletter.lib import crypto
from openletter.lib.people import mailboxes
from openletter.lib.people.characters import all_ordinary_widths, without_invisible

MAX_ADDRESS_LENGTH = 254  # RFC 5321, 4.5.3.1.3: path length without the angle brackets
MAX_LOCAL_LENGTH = 64  # RFC 5321, 4.5.3.1.1

_INVALID = _("Please check the e-mail address: it should look like name@example.org.")
_NOT_ASCII = _(
    "Many mail servers cannot yet handle some of the characters in this address. Please use an"
    " address with plain Latin letters before the @."
)


_MOST_AROUND = 1000  # an address with a name before it; beyond that it is something else
_AROUND = " \u00a0,;"
_QUOTES = " \u00a0\"'“”„"
_PAIRS = ("<>", "()", "[]", '""', "''", "“”", "„“", "«»", "»«", "‹›")


def taken_out(text: str) -> str:
    """Return the address in what was pasted: `Anna Müller <anna@example.org>`, `mailto:…`.

    Without invisible and full-width signs; and as it is where it is not clear which address is
    meant. static/js/did-you-mean.js does the same.
    """
    if len(text) > _MOST_AROUND:
        return text.strip()
    text = all_ordinary_widths(without_invisible(text)).strip()
    shown, opening, rest = text.strip(_AROUND).rpartition("<")
    address, closing, behind = rest.partition(">")
    if opening and closing and not behind:
        said = shown.strip(_QUOTES)
        if "@" not in said or said.lower() == address.lower():
            text = address
    if text[:7].lower() == "mailto:":
        text = text[7:].partition("?")[0]
    for pair in _PAIRS:
        if len(text) > 1 and text[0] + text[-1] == pair:
            text = text[1:-1]
    return text.strip()


def tidy_address(text: str) -> str:
    """Return the address as it will be written to, or raise `ValidationError`.

    The spelling of the local part is kept; the domain is lowered and IDNs become A-labels.
    """
    text = taken_out(text)
    if len(text) > MAX_ADDRESS_LENGTH or len(text.rpartition("@")[0]) > MAX_LOCAL_LENGTH:
        raise ValidationError(_INVALID, code="invalid")
    if not text.rpartition("@")[0].isascii():
        raise ValidationError(_NOT_ASCII, code="not_ascii")
    try:
        checked = validate_email(text, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError(_INVALID, code="invalid") from None
    if checked.ascii_domain is None:
        raise ValidationError(_INVALID, code="invalid")
    # Not the local part that comes back: it writes names such as "Info" in small letters.
    return f"{text.rpartition('@')[0]}@{checked.ascii_domain}"


def fold(address: str) -> str:
    """Return the spelling that all spellings of one mailbox share; never write to it.

    At a provider that is not in mailboxes.toml, only the case of the local part is folded.
    """
    local, _at, domain = address.strip().rpartition("@")
    local, domain = local.lower(), _ascii(domain)
    provider = mailboxes.BY_DOMAIN.get(domain)
    if provider is not None:
        local, domain = provider.fold(local, domain)
    return f"{local.strip()}@{domain}"


def _ascii(domain: str) -> str:
    """Return a domain as A-labels, or in one spelling at least if it cannot be a domain."""
    if domain.isascii() and "xn--" not in (small := domain.lower()):
        return small  # as below, and nearly always
    domain = unicodedata.normalize("NFKC", domain)
    try:
        return idna.encode(domain.lower(), uts46=True).decode()
    except idna.IDNAError:
        # Small letters may compose where capitals did not.
        return unicodedata.normalize("NFKC", domain.lower())


def readable(address: str) -> str:
    """Return an address as people write it: with the letters of its domain, not its A-labels.

    Only for whoever typed it: to others, letters that look alike would show another domain.
    """
    local, at, domain = address.rpartition("@")
    try:
        written = idna.decode(domain)
    except idna.IDNAError:
        return address
    return f"{local}{at}{written}" if _ascii(written) == domain else address


class Recipient(NamedTuple):
    """An address and what it is known by, folded once; see `email_key` and `mailbox_key`."""

    address: str
    email_key: bytes
    mailbox_key: bytes
    domain: str

    @property
    def is_tagged(self) -> bool:
        return self.mailbox_key != self.email_key

    @classmethod
    def of(cls, address: str) -> Recipient:
        folded = fold(address)
        key, domain = crypto.lookup_key("email", folded), folded.rpartition("@")[2]
        untagged = _untagged(folded)
        mailbox = key if untagged == folded else crypto.lookup_key("email", untagged)
        return cls(address, key, mailbox, domain)


def domain_of(address: str) -> str:
    """Return the domain of an address as its mail server would be looked up."""
    return fold(address).rpartition("@")[2]


def is_big_provider(domain: str) -> bool:
    """Say whether so many strangers have a mailbox at a domain that a crowd there is ordinary."""
    provider = mailboxes.BY_DOMAIN.get(domain)
    return provider is not None and provider.big


def email_key(address: str) -> bytes:
    """Return the keyed hash by which an address is looked up without being stored readable."""
    return crypto.lookup_key("email", fold(address))


def mailbox_key(address: str) -> bytes:
    """Return the hash of the mailbox that probably lies behind an address: without any tag.

    Only for limits on what a mailbox gets. At a provider we do not know, `name+tag` may be
    somebody else than `name`: each may sign, and both are kept from being flooded together.
    """
    return crypto.lookup_key("email", _untagged(fold(address)))


def _untagged(folded: str) -> str:
    local, _at, domain = folded.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
