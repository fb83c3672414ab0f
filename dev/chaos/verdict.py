"""Compare what people were told and what the sink took with what the site believes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

from dev.chaos.crowd import Diary
from dev.chaos.faults import Faults
from dev.chaos.sink import Sink

_SLACK_SECONDS = 5.0
# A worker that dies may have handed over as many mails as its batch holds.
_BATCH = 50


@dataclass(frozen=True)
class Judged:
    """One invariant that needs somebody outside the site to judge it."""

    number: str
    sentence: str
    broken_by: list[str]


def judge(*, database_url: str, sink: Sink, diary: Diary, faults: Faults) -> list[Judged]:
    """Judge I3, I5, I7, I9, I11 and I17."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT id, state FROM mail_outgoingmail").fetchall()
        published = connection.execute(
            "SELECT count(*) FROM signatures_signature WHERE state = 'published'"
            " AND first_position IS NULL"
        ).fetchone()
    known = {identity.hex: state for identity, state in rows}
    taken = Counter(_mail_of(copy.message_id) for copy in sink.accepted)
    drops = sum(copy.hung_up for copy in sink.accepted)
    kills = sum(
        "kill -9 of the" in window.name or "PostgreSQL" in window.name for window in faults.windows
    )
    spare = sum(taken.values()) - len(taken)
    counted = published[0] if published else -1
    unsent = (mail for mail, state in known.items() if state == "sent" and not taken[mail])
    ghosts = (mail for mail in taken if mail not in known)
    repeated = (f"{tries} tries" for tries in sink.refused_for_good.values() if tries > 1)
    is_explained = spare <= drops + kills * _BATCH
    is_pressed = len(diary.confirmed) <= counted <= len(diary.pressed)
    return [
        Judged("I3", "every sent mail reached the sink", _first(unsent)),
        Judged("I3", "every mail in the sink has a row", _first(ghosts)),
        Judged("F11", "a refusal for good is not tried again", _first(repeated)),
        Judged(
            "I5",
            f"copies ({spare}) come from drops ({drops}) and kills ({kills}) only",
            [] if is_explained else [f"{spare} copies"],
        ),
        Judged("I7", "all copies of a mail carry the same link", _differing_links(sink)),
        Judged(
            "I9",
            f"nobody is published who did not press ({counted} of {len(diary.pressed)})",
            [] if is_pressed else [str(counted)],
        ),
        Judged(
            "I17",
            "5xx only while PostgreSQL or the web processes are down, and 5 s around it",
            _unexcused(diary, faults),
        ),
    ]


def _mail_of(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]


def _first(found: Iterable[str]) -> list[str]:
    return sorted(found)[:10]


def _differing_links(sink: Sink) -> list[str]:
    links: dict[str, set[str]] = defaultdict(set)
    for copy in sink.accepted:
        links[copy.message_id].add(copy.link)
    return _first(message for message, seen in links.items() if len(seen) > 1)


def _unexcused(diary: Diary, faults: Faults) -> list[str]:
    return _first(
        f"{answer.what} {answer.status}"
        for answer in diary.answers
        if (answer.status == 0 or answer.status >= 500)
        and not faults.excuses(answer.at, answer.seconds, slack=_SLACK_SECONDS)
    )
