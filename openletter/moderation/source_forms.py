"""A source that staff trust or watch, typed by hand and stored in one spelling."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openletter.lib.people.addresses import domain_of, email_key, tidy_address
from openletter.lib.people.networks import Network
from openletter.moderation.models import ListedSource

if TYPE_CHECKING:
    _ListedSourceForm = forms.ModelForm[ListedSource]
else:
    _ListedSourceForm = forms.ModelForm

_KEY = re.compile(r"[0-9a-f]{64}")
# A wider network would be a good part of the internet.
_WIDEST = {4: 8, 6: 16}
# How an IPv6 socket tells IPv4 addresses.
_MAPPED = IPv6Network("::ffff:0:0/96")


class ListedSourceForm(_ListedSourceForm):
    class Meta:
        model = ListedSource
        fields = ("kind", "value", "verdict", "reason")

    def clean(self) -> dict[str, object] | None:
        cleaned = super().clean() or {}
        kind, value = cleaned.get("kind"), str(cleaned.get("value", "")).strip()
        tidy = {"network": _network, "domain": _domain, "address": _address}.get(str(kind))
        if tidy is not None and value:
            try:
                cleaned["value"] = tidy(value)
            except ValidationError as problem:
                self.add_error("value", problem)
        if (
            kind == ListedSource.Kind.ADDRESS
            and cleaned.get("verdict") == ListedSource.Verdict.TRUST
        ):
            self.add_error("verdict", _("Only networks and domains can be trusted."))
        return cleaned


def _network(text: str) -> str:
    """Return a network in which those of clients can lie, as `networks.network_of` tells them."""
    try:
        if "%" in text:  # a zone is a matter of one machine, and no client has one
            raise ValueError(text)
        network = _as_of_clients(ip_network(text, strict=False))
    except ValueError:
        raise ValidationError(
            _("Please enter a network such as 192.0.2.0/24 or 2001:db8::/48, or a single address.")
        ) from None
    if network.prefixlen < _WIDEST[network.version]:
        raise ValidationError(_("This network is too large: it would cover half the internet."))
    return network.with_prefixlen


def _as_of_clients(network: Network) -> Network:
    if network.version == 6 and network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    # Of an IPv6 address its /64 is known: one line gets all of it.
    narrow = network.version == 6 and network.prefixlen > 64
    return network.supernet(new_prefix=64) if narrow else network


def _domain(text: str) -> str:
    name = text.rpartition("@")[2].strip(". ")
    domain = domain_of(f"x@{name}")
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9-]{2,}", domain):
        raise ValidationError(_("Please enter a domain such as example.org."))
    return domain


def _address(text: str) -> str:
    return text if _KEY.fullmatch(text) else email_key(tidy_address(text)).hex()
