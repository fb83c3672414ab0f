"""E-mail addresses: judge, tidy, and fold to the one key by which a mailbox is recognised."""

from __future__ import annotations

import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from openletter.lib import crypto

MAX_ADDRESS_LENGTH = 254  # RFC 5321, 4.5.3.1.3: path length without the angle brackets
MAX_LOCAL_LENGTH = 64  # RFC 5321, 4.5.3.1.1

# Providers that deliver every spelling of an address to one mailbox.
_SAME_DOMAIN = {"googlemail.com": "gmail.com"}
_IGNORES_DOTS = {"gmail.com"}
_IGNORES_TAGS = {"gmail.com"}

# Mail to these never reaches a person; RFC 2606 keeps them for documentation and tests.
_INVALID = _("Please check the e-mail address: it should look like name@example.org.")
_NOT_ASCII = _(
    "This address has letters that many mail servers cannot handle yet."
    " Please use an address with plain letters before the @."
)


def tidy_address(text: str) -> str:
    """Return the address as it will be written to, or raise `ValidationError`.

    The spelling of the local part is kept; the domain is lowered and IDNs become A-labels.
    """
    text = text.strip()
    if len(text) > MAX_ADDRESS_LENGTH or len(text.rpartition("@")[0]) > MAX_LOCAL_LENGTH:
        raise ValidationError(_INVALID, code="invalid")
    if not text.rpartition("@")[0].isascii():
        raise ValidationError(_NOT_ASCII, code="not_ascii")
    try:
        checked = validate_email(text, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError(_INVALID, code="invalid") from None
    if checked.ascii_email is None:
        raise ValidationError(_INVALID, code="invalid")
    return checked.ascii_email


def fold(address: str) -> str:
    """Return the spelling that all spellings of one mailbox share; never write to it."""
    local, _at, domain = unicodedata.normalize("NFKC", address).strip().rpartition("@")
    try:
        domain = idna.encode(domain.lower(), uts46=True).decode()
    except idna.IDNAError:
        domain = domain.lower()
    domain = _SAME_DOMAIN.get(domain, domain)
    local = local.lower()
    if domain in _IGNORES_TAGS:
        local = local.partition("+")[0]
    if domain in _IGNORES_DOTS:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def domain_of(address: str) -> str:
    """Return the domain of an address as its mail server would be looked up."""
    return fold(address).rpartition("@")[2]


def email_key(address: str) -> bytes:
    """Return the keyed hash by which an address is looked up without being stored readable."""
    return crypto.lookup_key("email", fold(address))


def is_big_provider(domain: str) -> bool:
    """Say whether so many people have an address at a domain that a crowd of them is ordinary."""
    return domain in {"gmail.com"}
