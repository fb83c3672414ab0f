"""What an answer of the relay means for a mail: one table for all of it."""

from __future__ import annotations

import random
import smtplib
from dataclasses import dataclass
from datetime import timedelta

from openletter.mail.models import OutgoingMail

# After the first, second, … failed try; the eighth parks the mail.
RETRY_MINUTES = (1, 2, 5, 15, 60, 240, 240)
MOST_TRIES = len(RETRY_MINUTES) + 1
_SPREAD = 0.2  # retries of one outage must not come back all at once


class RelayUnavailable(Exception):
    """The relay cannot be reached now; nothing is wrong with the mail in hand."""


@dataclass(frozen=True)
class Verdict:
    """What became of one try."""

    state: OutgoingMail.State
    error: str = ""
    slow_domain: bool = False


SENT = Verdict(OutgoingMail.State.SENT)
SUPPRESSED = Verdict(OutgoingMail.State.DROPPED, "the address takes no such mail")
NOTHING_TO_SAY = Verdict(OutgoingMail.State.DROPPED, "nothing to say any more")

# The first row that fits decides: (codes, text in the answer, state, slow down the domain).
# Basic codes: RFC 5321, 4.2; enhanced codes: RFC 3463.
_TABLE: tuple[tuple[range, str, OutgoingMail.State, bool], ...] = (
    (range(421, 422), "", OutgoingMail.State.DUE, True),
    (range(400, 500), "4.7.", OutgoingMail.State.DUE, True),
    (range(400, 500), "", OutgoingMail.State.DUE, False),
    # Some relays refuse for good what is only a limit of today.
    (range(550, 555), "5.7.28", OutgoingMail.State.DUE, True),
    (range(500, 600), "", OutgoingMail.State.BOUNCED, False),
)


def judge(problem: smtplib.SMTPException) -> Verdict:
    """Tell a refusal for good (5xx) from one that may pass (4xx, or no code at all)."""
    code, answer = _answer(problem)
    # The relay's words may repeat the address; the code says enough.
    error = f"{type(problem).__name__} {code}".strip()
    for codes, text, state, slow_domain in _TABLE:
        if code in codes and text in answer:
            return Verdict(state, error, slow_domain)
    return Verdict(OutgoingMail.State.DUE, error)


def _answer(problem: smtplib.SMTPException) -> tuple[int, str]:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(problem.recipients.values()), (0, b""))
        return code, words.decode(errors="replace")
    if isinstance(problem, smtplib.SMTPResponseException):
        said = problem.smtp_error
        return problem.smtp_code, said if isinstance(said, str) else said.decode(errors="replace")
    return 0, ""


def is_about_the_connection(problem: Exception) -> bool:
    """Say whether the connection broke, so that the next mail needs a new one."""
    if isinstance(problem, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
        return _answer(problem)[0] == 421  # the server says it and hangs up
    return isinstance(problem, smtplib.SMTPServerDisconnected | OSError)


def wait_after(tries: int) -> timedelta | None:
    """Return how long a mail waits after so many failed tries; None parks it."""
    if tries >= MOST_TRIES:
        return None
    spread = random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - no secret
    return timedelta(minutes=RETRY_MINUTES[tries - 1] * spread)
