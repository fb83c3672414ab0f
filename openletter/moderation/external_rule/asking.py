"""Ask the other program, and understand what it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from django.conf import settings
from standardwebhooks import Webhook

from openletter.lib.db import search
from openletter.lib.people.characters import visible
from openletter.moderation.external_rule import address
from openletter.moderation.external_rule.breaker import Breaker
from openletter.moderation.external_rule.posting import NoAnswer, NotAsked, post
from openletter.moderation.external_rule.question import Occasion, Question

# Somebody waits for the page that follows their button, and a thread of the web server with them.
SECONDS = 1.0
MOST_BYTES = 8 * 1024
LONGEST_REASON = 300
# Shorter words of a name say nothing of whose it is: "de", "A.".
_SHORTEST_NAME = 3

breaker = Breaker()


@dataclass(frozen=True)
class Objection:
    """It wants a person to look first; `reason` is in its words, "" where they are not kept."""

    reason: str


def ask(question: Question, occasion: Occasion, *, now: datetime) -> Objection | None:
    """Return what the program objects; None also when it abstains, or does not answer.

    Takes up to `SECONDS`, so it is called outside of transactions.
    """
    if not address.is_known() or not breaker.may_ask():
        return None
    try:
        found = _understood(_answer(question.as_json(occasion, now), now), question)
    except NotAsked as problem:
        breaker.passed_over(str(problem))
        return None
    except NoAnswer as problem:
        breaker.failed(str(problem), now)
        return None
    breaker.answered(now)
    return found


def _answer(body: str, now: datetime) -> bytes:
    message_id, at = f"msg_{uuid4().hex}", now.astimezone(UTC)
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "openletter",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(settings.EXTERNAL_RULE_SECRET).sign(message_id, at, body),
    }
    url = settings.EXTERNAL_RULE_URL
    return post(url, body.encode(), headers, seconds=SECONDS, most_bytes=MOST_BYTES)


def _understood(body: bytes, question: Question) -> Objection | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise NoAnswer("it is no JSON") from None
    if not isinstance(said, dict):
        raise NoAnswer("it is no JSON object")
    verdict, reason = said.get("verdict"), said.get("reason")
    if verdict in ("accept", "abstain"):
        return None
    if verdict != "hold":
        raise NoAnswer("it has no verdict that we know")
    if not isinstance(reason, str) or not reason.strip():
        raise NoAnswer("it holds without a reason")
    return Objection(_kept(reason, question))


def _kept(reason: str, question: Question) -> str:
    """Return a reason as it is put on record; "" if it names who signs, as that lasts for good."""
    tidy = " ".join(visible(reason.encode(errors="replace").decode()).split())[:LONGEST_REASON]
    return "" if _names_somebody(tidy, question) else tidy


def _names_somebody(reason: str, question: Question) -> bool:
    """Say whether a reason has an address in it, or a word of the name of whoever signs."""
    said = set(search.fold(reason).split())
    names = search.fold(f"{question.name} {question.represented_by}").split()
    return "@" in reason or any(len(word) >= _SHORTEST_NAME and word in said for word in names)
