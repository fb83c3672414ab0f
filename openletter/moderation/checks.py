"""System checks of what moderation is told by settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from openletter.moderation.external_rule import address


@register(Tags.security)
def external_rule_can_be_asked(**_kwargs: Any) -> list[CheckMessage]:
    """Names leave the machine, so the way has to be encrypted and the request signed."""
    problem = address.problem_with(settings.EXTERNAL_RULE_URL, settings.EXTERNAL_RULE_SECRET)
    if not problem:
        return []
    hint = (
        "Make a secret with: python -c 'import base64, secrets;"
        ' print("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())\''
    )
    return [Error(problem, hint=hint, id="moderation.E001")]
