"""What the processes of one command share: all that they import, once, before they are forked."""

from __future__ import annotations

import gc

from django.urls import get_resolver


def before_forking() -> None:
    """Import every view, and let the garbage collector leave alone what is there by now.

    It would write to each object that it looks at, and so copy it. Nothing here connects to
    anything or starts a thread.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
