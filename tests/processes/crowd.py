"""People who go on signing while something breaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.live.people import Person, somebody
from tests.live.site import LiveSite
from tests.live.waiting import until

CROWD = 4
PAUSE_SECONDS = 0.2  # some twenty signatures a second, which the worker can follow


@dataclass
class Crowd:
    """People who sign one after another, and what the site told each of them.

    Whatever a crash makes of their forms is excused until each of the crowd was accepted again.
    """

    site: LiveSite
    form_token: str
    accepted: list[Person] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)  # statuses that no crash excuses
    enough: threading.Event = field(default_factory=threading.Event)
    _shaken: set[int] = field(default_factory=set)
    _is_crashing: bool = False

    def sign_until_enough(self, number: int) -> None:
        while not self.enough.wait(PAUSE_SECONDS):
            person, was_shaken, was_crashing = somebody(), bool(self._shaken), self._is_crashing
            answer = self.site.send_form(person, self.form_token)
            if answer.status == 302:
                self.accepted.append(person)
                if was_shaken and not was_crashing:
                    self._shaken.discard(number)
            elif not (was_shaken or self._shaken):
                self.errors.append(answer.status)

    def meet(self, crash: Callable[[], None]) -> None:
        self._shaken, self._is_crashing = set(range(CROWD)), True
        crash()
        self._is_crashing = False

    def wait_for_more(self, number: int) -> None:
        before = len(self.accepted)
        until(
            lambda: len(self.accepted) >= before + number and not self._shaken,
            f"{number} more signatures, of all of them",
        )


@contextmanager
def crowd(site: LiveSite) -> Iterator[Crowd]:
    """Let some people sign at the same time for as long as this lasts."""
    signing = Crowd(site, site.form_token())
    with ThreadPoolExecutor(CROWD) as threads:
        started = [threads.submit(signing.sign_until_enough, number) for number in range(CROWD)]
        try:
            yield signing
        finally:
            signing.enough.set()
    for thread in started:
        thread.result()
