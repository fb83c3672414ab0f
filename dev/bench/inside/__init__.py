"""Processes that see the site from inside: started in its environment, beside its web processes.

Only these modules import openletter, and nothing but other modules here imports them.
"""

from __future__ import annotations

import os

import django


def set_up() -> None:
    """Make openletter's models usable in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletter.settings")
    django.setup(set_prefix=False)
