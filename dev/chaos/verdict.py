"""Compare what people were told and what the sink took with what the site believes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

import psycopg

from dev.chaos import faults
from dev.chaos.crowd import Answer, Diary
from dev.chaos.faults import Faults
from dev.chaos.moderators import MODERATED_DOMAIN
from dev.chaos.news import READERS, READERS_DOMAIN
from dev.chaos.sink import Accepted, Sink
from dev.traces import Traces
from runner.site import Site

_SLACK_SECONDS = 5.0
# Whatever ends the worker of its lane, or the database that it writes to, may cost a mail a copy.
_KILLS = {
    "confirm": {faults.CONFIRM_KILLED, faults.POSTGRES_KILLED},
    "bulk": {faults.OTHER_KILLED, faults.POSTGRES_KILLED},
}


@dataclass(frozen=True)
class Judged:
    """One invariant that needs somebody outside the site to judge it."""

    number: str
    sentence: str
    broken_by: list[str]


def judge(
    *, database_url: str, sink: Sink, diary: Diary, faults: Faults, news: int
) -> list[Judged]:
    """Judge I3, I5, I7, I9, F11 and I17."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT id, state, lane FROM mail_outgoingmail").fetchall()
        published = connection.execute(
            "SELECT count(*) FROM signatures_signature WHERE state = 'published'"
            " AND first_position IS NULL AND email_domain <> ALL(%s)",
            [[READERS_DOMAIN, MODERATED_DOMAIN]],
        ).fetchone()
    known = {identity.hex: (state, lane) for identity, state, lane in rows}
    return [
        *_of_mails(known, sink, faults, news),
        *_of_people(published[0] if published else -1, diary, faults),
    ]


def _of_mails(
    known: dict[str, tuple[str, str]], sink: Sink, faults: Faults, news: int
) -> list[Judged]:
    taken: dict[str, list[Accepted]] = defaultdict(list)
    for copy in sink.accepted:
        taken[_mail_of(copy.message_id)].append(copy)
    sent = {mail for mail, (state, _lane) in known.items() if state == "sent"}
    read = sum(known[mail][1] == "bulk" for mail in sent)
    spare = len(sink.accepted) - len(taken)
    unanswered = sum(copy.unanswered for copy in sink.accepted)
    repeated = (f"{tries} tries" for tries in sink.refused_for_good.values() if tries > 1)
    return [
        Judged("I3", "every sent mail reached the sink", _first(sent - set(taken))),
        Judged("I3", "every mail in the sink has a row", _first(set(taken) - set(known))),
        Judged(
            "I3",
            f"all news left for every reader ({read} of {news * READERS})",
            [] if read == news * READERS else [f"{read}"],
        ),
        Judged("F11", "a refusal for good is not tried again", _first(repeated)),
        Judged(
            "I5",
            "no mail came more often than its own unanswered deliveries and the kills of its life"
            f" explain ({spare} copies, {unanswered} deliveries unanswered)",
            _first(_unexplained(taken, known, faults)),
        ),
        Judged("I7", "all copies of a mail carry the same link", _differing_links(taken)),
    ]


def _of_people(counted: int, diary: Diary, faults: Faults) -> list[Judged]:
    is_pressed = len(diary.confirmed) <= counted <= len(diary.pressed)
    return [
        Judged(
            "I9",
            f"nobody is published who did not press ({counted} of {len(diary.pressed)})",
            [] if is_pressed else [str(counted)],
        ),
        Judged(
            "I17",
            "5xx only while PostgreSQL or the web processes are down, and 5 s around it"
            f" (at other times 95 % of the signings took up to {_usual_ms(diary, faults)} ms)",
            _unexcused(diary, faults),
        ),
    ]


def look_for_traces(site: Site, sink: Sink, diary: Diary) -> list[Judged]:
    """Judge I16 by the very addresses, tokens and codes of this run."""
    traces = Traces(secrets=[*diary.accepted, *sink.tokens], codes=sink.codes)
    var = site.environment.var
    found = traces.in_files([*(var / "log").iterdir(), *(var / "valkey").rglob("*.aof")])
    found += traces.in_broker(site.values["REDIS_URL"])
    return [Judged("I16", "no log and no broker holds an address, token or code", _first(found))]


def _mail_of(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]


def _first(found: Iterable[str]) -> list[str]:
    return sorted(found)[:10]


def _unexplained(
    taken: dict[str, list[Accepted]], known: dict[str, tuple[str, str]], faults: Faults
) -> Iterable[str]:
    for mail, copies in taken.items():
        _state, lane = known.get(mail, ("", "confirm"))
        # Before its first copy and after its last nothing can have made one.
        kills = faults.count(_KILLS[lane], since=copies[0].at - 1, until=copies[-1].at)
        allowed = 1 + sum(copy.unanswered for copy in copies) + kills
        if len(copies) > allowed:
            yield f"{mail} ({len(copies)} copies, {allowed} explained)"


def _differing_links(taken: dict[str, list[Accepted]]) -> list[str]:
    return _first(mail for mail, copies in taken.items() if len({copy.link for copy in copies}) > 1)


def _excused(answer: Answer, faults: Faults) -> bool:
    return faults.excuses(answer.at, answer.seconds, slack=_SLACK_SECONDS)


def _unexcused(diary: Diary, faults: Faults) -> list[str]:
    failed = (one for one in diary.answers if one.status == 0 or one.status >= 500)
    found = Counter(f"{one.what} {one.status}" for one in failed if not _excused(one, faults))
    return _first(f"{number} times {what}" for what, number in found.items())


def _usual_ms(diary: Diary, faults: Faults) -> int:
    signed = [one for one in diary.answers if one.what == "sign" and not _excused(one, faults)]
    times = [1000 * one.seconds for one in signed]
    return round(quantiles(times, n=20)[-1]) if len(times) > 1 else 0
