"""Captured payloads of providers, sent as the provider would with its kind of proof."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

from django.test import Client

from openletter.mail.feedback.providers import generic

SECRET = "openletter:0123456789-0123456789-0123456789"
SIGNING_KEY = "key-of-mailgun"
PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> dict[str, Any]:
    captured: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return captured


def post(
    provider: str,
    said: dict[str, Any] | bytes,
    *,
    secret: str = SECRET,
    signing_key: str = SIGNING_KEY,
    **headers: str,
) -> Any:
    """Send as the provider would, with its kind of proof."""
    if provider == "mailgun" and isinstance(said, dict):
        signed = said["signature"]
        text = f"{signed['timestamp']}{signed['token']}".encode()
        signed["signature"] = hmac.new(signing_key.encode(), text, hashlib.sha256).hexdigest()
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    if provider == "generic":
        headers.setdefault(
            "X-Openletter-Signature", generic.signature(secret, int(time.time()), body)
        )
    else:
        headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
    if provider == "amazon_ses" and isinstance(said, dict):
        headers["x-amz-sns-message-type"] = said.get("Type", "")
        headers["x-amz-sns-message-id"] = said.get("MessageId", "")
    kind = "text/plain; charset=utf-8" if provider == "amazon_ses" else "application/json"
    return Client(enforce_csrf_checks=True, raise_request_exception=False).post(
        f"/webhooks/mail/{provider}/", body, content_type=kind, headers=headers
    )


def with_said(provider: str, said: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a captured payload with other words in the place where the provider says them."""
    captured = payload(provider)
    if provider == "mailgun":
        captured["event-data"] |= said
    elif provider == "amazon_ses":
        message = json.loads(captured["Message"]) | changes
        message["bounce"] |= said
        captured["Message"] = json.dumps(message)
    else:
        captured |= said
    return captured
