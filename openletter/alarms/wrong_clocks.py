"""An alarm about a machine whose clock is wrong, raised and called off by its own processes.

Nothing is late or sent twice because of it (`lib/db/clock.py`), but codes of authenticator apps,
TLS certificates and lines in logs go by the machine's clock.
"""

from __future__ import annotations

import logging
import platform

from django.conf import settings
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from openletter.alarms import flows as alarms
from openletter.lib.db import clock

log = logging.getLogger(__name__)

KIND = "a clock is wrong"

_is_told = False


def watch() -> None:
    """Tell about this machine's clock when it has gone wrong, and when it is right again.

    Costs nothing while that does not change, and breaks nothing when it cannot be told.
    """
    global _is_told
    is_wrong = clock.is_wrong()
    if is_wrong == _is_told:
        return
    try:
        if is_wrong:
            with translation.override(settings.LANGUAGE_CODE):
                alarms.raise_alarm(KIND, machine(), sentence(), clock.now())
        else:
            alarms.resolve(KIND, machine(), clock.now())
    except DatabaseError as problem:
        log.warning("clock: cannot be told (%s)", type(problem).__name__)
        return
    _is_told = is_wrong


def watch_anew() -> None:
    """Call off what a process told that has ended, unless it is still so."""
    global _is_told
    _is_told = not clock.is_wrong()
    watch()


def sentence() -> str:
    """Say whose clock is wrong, by how much, and what to do."""
    seconds = round(clock.behind().total_seconds())
    text = (
        _(
            "The clock of the machine %(machine)s is %(seconds)s seconds behind the database's."
            " Synchronise it over the network (`timedatectl set-ntp true`)."
        )
        if seconds > 0
        else _(
            "The clock of the machine %(machine)s is %(seconds)s seconds ahead of the database's."
            " Synchronise it over the network (`timedatectl set-ntp true`)."
        )
    )
    return text % {"machine": machine(), "seconds": abs(seconds)}


def machine() -> str:
    """Return the name of this machine."""
    return platform.node()[:255] or "?"
