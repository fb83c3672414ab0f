"""Text is UTF-8, whatever a Content-Type says.

Django takes the name of any codec there is for an encoding, `base64` and `idna` too, and fails when
it then decodes an address or a form, often before there is a request that could be refused.
"""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils.http import parse_header_parameters


class PlainRequest(WSGIRequest):
    """A request that can be made whatever its Content-Type, and reads everything as UTF-8."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            kind, parameters = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            kind, parameters = "", {}
        self.content_type, self.content_params = kind, parameters


def is_understood(request: HttpRequest) -> bool:
    """Say whether the Content-Type could be read and names no encoding but ours."""
    if not request.content_type:
        return not request.META.get("CONTENT_TYPE")
    return (request.content_params or {}).get("charset", "utf-8").lower() in {"utf-8", "utf8"}
