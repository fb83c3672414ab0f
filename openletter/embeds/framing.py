"""Pages that any site may show within its own: the only ones that may be framed."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.views.decorators.clickjacking import xframe_options_exempt

from openletter.counters.views import for_any_site
from openletter.lib.http.requests import P, View

_NOTHING_RUNS = {name: ["'none'"] for name in ("script-src", "connect-src", "form-action")}


def framed_anywhere(view: View[P]) -> View[P]:
    """Let any page frame what the view answers: it has nothing to press but links that leave it."""
    # The types of django-csp and Django know of no view that takes more than a request.
    policy: Any = csp_replace({"frame-ancestors": ["*"], **_NOTHING_RUNS})
    allowed: View[P] = xframe_options_exempt(policy(view))
    return for_any_site(allowed)
