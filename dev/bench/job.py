"""What a load generator is asked to do, and what it answers. Both travel as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Expected:
    """What every answer must be; `header` and `body` are texts that must occur there."""

    status: int = 200
    header: str = ""
    body: str = ""


@dataclass(frozen=True)
class Job:
    """Requests to send again and again (`once`: each one time) over some kept-open connections."""

    port: int
    requests: list[str]
    expected: Expected
    once: bool = False
    connections: int = 16
    warm_up: float = 1.0
    seconds: float = 8.0
    # Requests a second in all, at most; None asks as fast as answers come.
    pace: float | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        values = json.loads(text)
        return cls(**values | {"expected": Expected(**values["expected"])})


@dataclass
class Outcome:
    """What came of it. Latencies are in microseconds and, like `seconds`, without the warm-up."""

    seconds: float = 0.0
    latencies: list[int] = field(default_factory=list)
    accepted: int = 0  # expected answers, those of the warm-up and of the end included
    errors: int = 0
    samples: list[str] = field(default_factory=list)  # the first few unexpected answers
    busy: float = 0.0  # seconds of processor time that the generator itself took
    elapsed: float = 0.0  # of which

    def add(self, other: Outcome) -> None:
        """Take in what came of another turn of the same measurement."""
        self.seconds += other.seconds
        self.latencies += other.latencies
        self.accepted += other.accepted
        self.errors += other.errors
        self.samples = (self.samples + other.samples)[:3]
        self.busy += other.busy
        self.elapsed += other.elapsed

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float) -> float:
        """Return in milliseconds what so many percent of the answers did not exceed."""
        if not self.latencies:
            return 0.0
        ordered = sorted(self.latencies)
        place = max(0, -(-len(ordered) * percent // 100) - 1)
        return ordered[int(place)] / 1000


def get(path: str, host: str, *, gzip: bool = True) -> str:
    """Return a GET as a browser would send it, as far as the site looks at it."""
    encoding = "Accept-Encoding: gzip, deflate, br\r\n" if gzip else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{encoding}Accept: */*\r\n\r\n"


def post(path: str, host: str, body: str, *, person: int = 0) -> str:
    """Return a form as a browser would send it from the site's own page, through a proxy.

    Each person is somewhere else, so that no limit of a network or of its block is met.
    """
    seen = f"{11 + person % 100}.{person // 100 & 255}.{person >> 16 & 255}.{person & 255}"
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        f"X-Forwarded-For: {seen}\r\n"
        "Sec-Fetch-Site: same-origin\r\nAccept-Encoding: gzip, deflate, br\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"\r\n{body}"
    )
