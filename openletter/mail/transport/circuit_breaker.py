"""Whether the relay takes mail at all, as this process knows it."""

from __future__ import annotations

import time

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from openletter.mail.transport import smtp_replies

_MOST_ERRORS = 5
_PROBE_EVERY_SECONDS = 30.0


class Relay:
    """The way out of the site. After five failures in a row it is tried every thirty seconds."""

    def __init__(self) -> None:
        self.errors = 0
        self.tried_at = 0.0

    def may_try(self) -> bool:
        """Say whether it is worth a try now."""
        waited = time.monotonic() - self.tried_at
        return self.errors < _MOST_ERRORS or waited >= _PROBE_EVERY_SECONDS

    def connect(self) -> BaseEmailBackend:
        """Open a connection. Raises `RelayUnavailable`."""
        try:
            connection = get_connection()
            connection.open()
        except (*smtp_replies.FAILURES, ImproperlyConfigured) as problem:
            self.failed()
            raise smtp_replies.unavailable(problem) from problem
        return connection

    def failed(self) -> None:
        """Note that it took nothing, or broke off before it said anything."""
        self.errors += 1
        self.tried_at = time.monotonic()

    def answered(self) -> None:
        """Note that it said something about a mail, be it a no."""
        self.errors = 0
