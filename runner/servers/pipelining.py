"""A handler of aiosmtpd that offers PIPELINING (RFC 2920), which aiosmtpd can and does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session


class OffersPipelining:
    offers_pipelining = True

    async def handle_EHLO(
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        if self.offers_pipelining:
            responses.insert(1, "250-PIPELINING")  # the first only says who is there
        return responses
