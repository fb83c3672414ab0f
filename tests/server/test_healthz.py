"""`/healthz` is answered before a request needs a thread, and says what the application would."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.test import Client

from openletter.server import healthz

# What a line of text has no use for, and the length, which the server adds.
ABOUT_PAGES = {
    "Content-Length",
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
}


@dataclass
class Scope:
    path: str = "/healthz"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Protocol:
    answers: list[tuple[int, list[tuple[str, str]], bytes]] = field(default_factory=list)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, headers, body))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_f30_it_is_what_the_application_says(method: str, client: Client) -> None:
    protocol = Protocol()
    assert healthz.answered(Scope(method=method), protocol)
    ((status, headers, content),) = protocol.answers
    said = client.get("/healthz")
    assert (status, content) == (said.status_code, said.content)
    assert dict(headers).items() <= dict(said.items()).items()
    assert set(said.headers) - set(dict(headers)) <= ABOUT_PAGES


@pytest.mark.parametrize(
    "other",
    [
        Scope(method="POST"),
        Scope(path="/healthz/"),
        Scope(path="/readyz"),
        Scope(headers={"content-length": "3"}),
    ],
)
def test_everything_else_is_the_applications(other: Scope) -> None:
    protocol = Protocol()
    assert not healthz.answered(other, protocol)
    assert protocol.answers == []
