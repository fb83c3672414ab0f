"""What becomes of a program that does not answer: it is spared, and somebody hears of it."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from openletter.alarms import flows as alarms

log = logging.getLogger(__name__)

ALARM = "the external rule does not answer"
_MOST_ERRORS = 3
_PROBE_EVERY = 30.0  # seconds
_LOG_EVERY = 60.0
_ALARM_AFTER = 300.0
# How often a process that gets answers says so, because another one may have raised the alarm.
_RESOLVE_EVERY = 60.0


class Breaker:
    """How the program answers, as this process knows it.

    After three failures in a row it is asked every thirty seconds, by one confirmation; so one that
    is away costs no more than a second every thirty, and not each confirmation that second.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin as if it had never been asked."""
        self.errors = 0
        self._tried_at = self._failing_since = 0.0
        self._logged_at = self._resolved_at = float("-inf")
        self._not_logged = 0

    def may_ask(self) -> bool:
        """Say whether it is worth a try now. Whoever gets a yes then says how it went."""
        with self._lock:
            seconds = time.monotonic()
            if self.errors >= _MOST_ERRORS and seconds - self._tried_at < _PROBE_EVERY:
                return False
            self._tried_at = seconds
            return True

    def failed(self, why: str, now: datetime) -> None:
        """Note that there was no answer; `why` holds nobody's data."""
        with self._lock:
            seconds = time.monotonic()
            if not self.errors:
                self._failing_since = seconds
            self.errors += 1
            lasts = seconds - self._failing_since >= _ALARM_AFTER
        self.passed_over(why)
        if lasts and self.errors >= _MOST_ERRORS:
            with translation.override(settings.LANGUAGE_CODE):  # a visitor's is another
                alarms.raise_alarm(ALARM, "", _sentence(why), now)

    def passed_over(self, why: str) -> None:
        """Log, once a minute, that somebody was confirmed without it."""
        with self._lock:
            seconds = time.monotonic()
            self._not_logged += 1
            if seconds - self._logged_at < _LOG_EVERY:
                return
            number, self._not_logged, self._logged_at = self._not_logged, 0, seconds
        log.warning("the external rule gave no answer: %s (%s since the last line)", why, number)

    def answered(self, now: datetime) -> None:
        """Note that it said something that we understand."""
        with self._lock:
            seconds = time.monotonic()
            is_news = self.errors > 0 or seconds - self._resolved_at >= _RESOLVE_EVERY
            self.errors = 0
            if is_news:
                self._resolved_at = seconds
        if is_news:
            alarms.resolve(ALARM, "", now)


def _sentence(why: str) -> str:
    return _(
        "The program at EXTERNAL_RULE_URL has not answered for five minutes: %(why)s."
        " Signatures are confirmed without it. Check that it runs, and answers in time."
    ) % {"why": why}
