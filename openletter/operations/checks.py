"""System checks of the site as a whole: settings that are each fine and wrong together."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register

from openletter.lib.people import network_owners


@register(Tags.security)
def keys_are_usable(**_kwargs: Any) -> list[CheckMessage]:
    """ENCRYPTION_KEYS must be Fernet keys: found here, not at the first signature."""
    for number, key in enumerate(settings.ENCRYPTION_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            return [
                Error(
                    f"ENCRYPTION_KEYS: key number {number} is not a Fernet key.",
                    hint="Make one with: python -c 'from cryptography.fernet import Fernet;"
                    " print(Fernet.generate_key().decode())'",
                    id="openletter.E001",
                )
            ]
    return []


@register(Tags.security, deploy=True)
def proxies_are_counted(**_kwargs: Any) -> list[CheckMessage]:
    """Behind https there is a proxy; uncounted, every visitor has the proxy's address."""
    if not settings.IS_HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "SITE_URL is https but TRUSTED_PROXIES is 0.",
            hint="Set TRUSTED_PROXIES to the number of proxies in front of the site, usually 1.",
            id="openletter.W001",
        )
    ]


@register()
def networks_files_can_be_read(**_kwargs: Any) -> list[CheckMessage]:
    """Without them the site runs on, and the desk says less about networks."""
    hint = "See NETWORKS_FILE in docs/settings.md. Until then the desk shows no owners of networks."
    return [Warning(text, hint=hint, id="openletter.W002") for text in network_owners.problems()]


@register(Tags.security, deploy=True)
def lookup_key_is_set(**_kwargs: Any) -> list[CheckMessage]:
    """A derived look-up key cannot survive a change of SECRET_KEY."""
    if settings.LOOKUP_KEY:
        return []
    return [
        Info(
            "LOOKUP_KEY is not set, so it follows from SECRET_KEY.",
            hint="Before SECRET_KEY changes, set LOOKUP_KEY to the SECRET_KEY of today;"
            " else second signatures are not recognised.",
            id="openletter.I001",
        )
    ]
