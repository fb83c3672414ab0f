"""A name server for tests: it answers over UDP on the loopback from a small table."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from types import TracebackType

import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

# (name, type) -> records as a zone file writes them.
Zone = Mapping[tuple[str, str], list[str]]


class NameServer:
    """Answers from `zone`; says NXDOMAIN to other names, fails for `broken`, ignores `silent`."""

    def __init__(
        self, zone: Zone, *, silent: bool = False, broken: frozenset[str] = frozenset()
    ) -> None:
        self._zone = {(name.lower(), kind): records for (name, kind), records in zone.items()}
        self._silent = silent
        self._broken = broken
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> NameServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Closing alone does not wake a thread that waits for a packet.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self._socket.getsockname())
        self._thread.join(timeout=10)
        self._socket.close()

    def resolver(self) -> dns.resolver.Resolver:
        """Return a resolver that asks this server and no other."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self._socket.getsockname()[1]
        return resolver

    def _serve(self) -> None:
        while True:
            packet, sender = self._socket.recvfrom(4096)
            if not packet:
                return
            if not self._silent:
                self._socket.sendto(self._answer(packet), sender)

    def _answer(self, packet: bytes) -> bytes:
        query = dns.message.from_wire(packet)
        response = dns.message.make_response(query)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        records = self._zone.get((name, dns.rdatatype.to_text(question.rdtype)))
        if name in self._broken:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif records:
            response.answer.append(
                dns.rrset.from_text(question.name, 60, "IN", question.rdtype, *records)
            )
        elif not any(known == name for known, _kind in self._zone):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()
