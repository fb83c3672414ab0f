"""People who sign and confirm all the while, and write down what they were told."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from dev.chaos.sink import Sink

_FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_PATIENCE_SECONDS = 20.0
_BETWEEN_SECONDS = 0.15
_LAST_PRESSES_SECONDS = 45.0  # mails that chaos kept back arrive when it is over
_CONFIRMS = 0.7
_HARD = 0.03
# So many that no limit of a domain holds their mail back (signatures/abuse/rate_limits.py).
_DOMAINS = 60


def _somewhere(chance: random.Random) -> str:
    """Return an address of its own for each, so that no limit of a network holds mail back."""
    return f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"


@dataclass(frozen=True)
class Answer:
    """What one request got: 0 is a connection that failed."""

    at: float
    what: str
    status: int
    seconds: float


@dataclass
class Diary:
    """What the crowd knows, which is the truth about promises."""

    accepted: list[str] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    pressed: set[str] = field(default_factory=set)
    answers: list[Answer] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Crowd:
    """Some threads of people on one letter, until told to stop."""

    def __init__(
        self, address: str, letter: str, sink: Sink, *, seed: int, accepted: Path, size: int = 3
    ) -> None:
        self.diary = Diary()
        self._host = urlsplit(address).netloc
        self._letter = letter
        self._sink = sink
        self._seed = seed
        self._file = accepted
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._live, args=(number,), daemon=True)
            for number in range(size)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * _LAST_PRESSES_SECONDS)

    def _live(self, number: int) -> None:
        chance = random.Random(self._seed * 1000 + number)  # noqa: S311 - repeatable
        waiting: list[str] = []
        person = 0
        while not self._stop.is_set():
            person += 1
            kind = "hard" if chance.random() < _HARD else "soft"
            domain = f"d{chance.randrange(_DOMAINS)}.example.org"
            address = f"{kind}-{number}-{person}@{domain}"
            if self._sign(address, seen=_somewhere(chance)) and chance.random() < _CONFIRMS:
                waiting.append(address)
            waiting = [one for one in waiting if not self._try_to_confirm(one)]
            self._stop.wait(_BETWEEN_SECONDS)
        deadline = time.time() + _LAST_PRESSES_SECONDS
        while waiting and time.time() < deadline:
            waiting = [one for one in waiting if not self._try_to_confirm(one)]
            time.sleep(0.5)

    def _sign(self, address: str, *, seen: str) -> bool:
        page = self._ask("GET", f"/{self._letter}/", what="read")
        form_token = _FORM_TOKEN.search(page[1])
        if page[0] != 200 or form_token is None:
            return False
        form = {
            "kind": "person",
            "name": "Suzie Signer",
            "email": address,
            "consent": "on",
            "form_token": form_token[1],
        }
        status, _text = self._ask("POST", f"/{self._letter}/sign/", form, what="sign", seen=seen)
        if status != 302:
            return False
        with self.diary.lock:  # written down before anything else happens
            self.diary.accepted.append(address)
            with self._file.open("a") as file:
                file.write(f"{address}\n")
        return True

    def _try_to_confirm(self, address: str) -> bool:
        """Press the button if the mail is here; True when there is nothing left to do."""
        link = self._sink.link_for(address)
        if link is None:
            return False
        with self.diary.lock:
            self.diary.pressed.add(address)
        status, _text = self._ask("POST", urlsplit(link).path, {}, what="confirm")
        if status == 302:
            with self.diary.lock:
                self.diary.confirmed.add(address)
        return status == 302

    def _ask(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        *,
        what: str,
        seen: str = "",
    ) -> tuple[int, str]:
        headers = {"Sec-Fetch-Site": "same-origin"}
        if seen:
            headers["X-Forwarded-For"] = seen  # as a proxy would say it
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.time()
        connection = http.client.HTTPConnection(self._host, timeout=_PATIENCE_SECONDS)
        try:
            body = urlencode(form) if form is not None else None
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            status, text = response.status, response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            status, text = 0, ""
        finally:
            connection.close()
        with self.diary.lock:
            self.diary.answers.append(Answer(started, what, status, time.time() - started))
        return status, text
