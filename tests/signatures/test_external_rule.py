"""Another program is asked before a signature is confirmed; whatever it does, people can sign."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from openletter.alarms.models import Alarm
from openletter.letters.models import Letter
from openletter.moderation.external_rule import asking, breaker, posting
from openletter.moderation.models import AuditEntry, RuleSetting
from openletter.moderation.rule_settings import in_force
from openletter.moderation.rules import external
from openletter.signatures import confirmation, external_opinion, judgement
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_signature
from tests.other_program import SECRET, Program, asked

pytestmark = pytest.mark.django_db
S = Signature.State


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let the clock of the process stand still, at the one number in here."""
    found = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: found[0])
    return found


@pytest.fixture
def program(settings: Any, letter: Letter) -> Iterator[Program]:
    with asked(settings) as found:
        yield found


def confirm(**fields: Any) -> Signature:
    attempt = make_signature(**fields)
    confirmation.confirm(attempt, now=timezone.now())
    attempt.refresh_from_db()
    return attempt


def set_rule(mode: str, letter: Letter | None = None) -> None:
    RuleSetting.objects.create(rule=external.REASON, mode=mode, letter=letter)
    in_force.forget()


def objections() -> list[str]:
    entries = AuditEntry.objects.filter(action="object by program").order_by("pk")
    return list(entries.values_list("reason", flat=True))


def test_what_it_accepts_counts_at_once(program: Program) -> None:
    assert confirm().state == "published"
    assert (len(program.asked), objections()) == (1, [])


def test_what_it_objects_to_waits_for_a_person(program: Program) -> None:
    program.hold("It quotes a song.")
    found = confirm()
    assert (found.state, found.held_because) == ("held", "external rule")
    assert "external rule" in found.flags
    assert objections() == ["It quotes a song."]
    assert len(program.asked) == 1


def test_it_may_abstain(program: Program) -> None:
    program.say({"verdict": "abstain"})
    assert confirm().state == "published"
    assert asking.breaker.errors == 0


def test_its_yes_lets_nothing_pass_that_others_hold(program: Program) -> None:
    assert confirm(name="aaaaaaaaa").held_because == "unlike a name"


def test_a_hint_lets_it_count_and_is_noted(program: Program) -> None:
    set_rule("hint")
    program.hold("It quotes a song.")
    found = confirm()
    assert (found.state, objections()) == ("published", ["It quotes a song."])
    assert "external rule" in found.flags


def test_where_it_is_off_it_is_not_asked(program: Program, letter: Letter) -> None:
    set_rule("off", letter)
    confirm()
    assert program.asked == []
    confirm(letter=make_letter(slug="other"))
    assert len(program.asked) == 1


def test_what_cannot_be_confirmed_is_not_asked_about(program: Program) -> None:
    with pytest.raises(judgement.AlreadyConfirmed):
        confirm(state=S.PUBLISHED, confirmed_at=timezone.now())
    with pytest.raises(judgement.LinkExpired):
        confirm(asked_at=timezone.now() - timedelta(days=8))
    assert program.asked == []


def test_it_is_told_the_words_and_the_domain_and_nothing_else(program: Program) -> None:
    confirm(
        name="Suzie Signer",
        title="Baker",
        affiliation="Bakery",
        comment="Please listen",
        country="IS",
        email="suzie@mail.example.org",
    )
    (told,) = program.asked
    assert told["type"] == "signature.confirm"
    assert told["data"] == {
        "letter": "open-letter",
        "kind": "person",
        "name": "Suzie Signer",
        "represented_by": "",
        "title": "Baker",
        "affiliation": "Bakery",
        "comment": "Please listen",
        "email_domain": "mail.example.org",
    }
    assert set(told) == {"type", "timestamp", "data"}
    ((_body, headers),) = program.signed
    assert set(headers) - {"Host", "Accept-Encoding", "Content-Length"} == {
        *("Content-Type", "Accept", "User-Agent"),
        *("webhook-id", "webhook-timestamp", "webhook-signature"),
    }


def test_it_is_told_the_address_where_the_operator_says_so(program: Program, settings: Any) -> None:
    settings.EXTERNAL_RULE_SENDS_ADDRESSES = True
    confirm(email="suzie@mail.example.org")
    assert program.asked[0]["data"]["email"] == "suzie@mail.example.org"


def test_each_question_is_signed_as_standard_webhooks_has_it(program: Program) -> None:
    confirm(name="Zoë Çelik")
    confirm()
    ids = set()
    for body, headers in program.signed:
        assert Webhook(SECRET).verify(body, headers) == json.loads(body)
        ids.add(headers["webhook-id"])
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(body.replace(b"person", b"Person"), headers)
    assert len(ids) == 2


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        "hold",
        7,
        {},
        {"verdict": "remove", "reason": "no"},
        {"verdict": True},
        {"verdict": ["hold"], "reason": "no"},
        {"verdict": "hold"},
        {"verdict": "hold", "reason": "  "},
        {"verdict": "hold", "reason": {"x": 1}},
    ],
)
def test_an_answer_that_says_something_else_is_none(program: Program, said: object) -> None:
    program.say(said)
    assert confirm().state == "published"
    assert asking.breaker.errors == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hold",
        b"\xff\xfe\x00",
        b"[" * 8000,
        b'{"verdict": 1' + b"0" * 7000 + b"}",
        b"x" * 9000,
    ],
)
def test_an_answer_that_cannot_be_read_is_none(program: Program, body: bytes) -> None:
    program.send(200, body)
    assert confirm().state == "published"
    assert asking.breaker.errors == 1


@pytest.mark.parametrize("status", [204, 302, 400, 500, 503])
def test_whatever_its_status_people_can_sign(program: Program, status: int) -> None:
    program.send(status, b'{"verdict": "hold", "reason": "no"}', Location="http://127.0.0.1:9/")
    assert confirm().state == "published"


def test_silence_costs_people_no_more_than_its_time(program: Program) -> None:
    program.hang()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asking, "SECONDS", 0.2)
        assert confirm().state == "published"
    assert asking.breaker.errors == 1


def test_one_that_is_away_is_left_alone_for_a_while(program: Program, seconds: list[float]) -> None:
    program.send(500)
    for _ in range(5):
        confirm()
    assert len(program.asked) == 3
    seconds[0] += 29
    confirm()
    assert len(program.asked) == 3
    seconds[0] += 2
    program.hold()
    assert confirm().state == "held"  # one asks how it is
    assert confirm().state == "held"  # and then everybody again
    assert len(program.asked) == 5


def test_of_many_who_come_while_it_is_away_one_asks(seconds: list[float]) -> None:
    one = breaker.Breaker()
    for _ in range(3):
        assert one.may_ask()
        one.failed("status 500", timezone.now())
    seconds[0] += 31
    assert [one.may_ask() for _ in range(3)] == [True, False, False]


def test_a_crowd_is_not_made_to_wait_and_that_is_no_fault_of_the_program(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(posting, "_free", threading.BoundedSemaphore(1))
    assert posting._free.acquire(blocking=False)  # somebody waits
    program.hold()
    for _ in range(5):
        assert confirm().state == "published"
    assert (program.asked, asking.breaker.errors, len(caplog.records)) == ([], 0, 1)
    posting._free.release()
    assert confirm().state == "held"


def test_it_is_logged_once_a_minute_and_names_nobody(
    program: Program, seconds: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    program.send(500, b"Zebedea Quux")
    for number in range(3):
        confirm(name="Zebedea Quux", email=f"zebedea{number}@example.org")
    assert [one.getMessage() for one in caplog.records] == [
        "the external rule gave no answer: status 500 (1 since the last line)"
    ]
    seconds[0] += 61
    confirm()
    assert caplog.records[-1].getMessage().endswith("status 500 (3 since the last line)")
    assert "ebedea" not in caplog.text


def test_an_alarm_tells_when_it_stays_away_and_is_over_by_itself(
    program: Program, seconds: list[float]
) -> None:
    program.send(503)
    for _ in range(10):
        confirm()
        seconds[0] += 31
    assert not Alarm.objects.exists()  # not within five minutes
    confirm()
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.resolved_at) == (breaker.ALARM, None)
    assert "status 503" in alarm.text
    program.say({"verdict": "accept"})
    seconds[0] += 31
    confirm()
    alarm.refresh_from_db()
    assert alarm.resolved_at is not None


def test_another_process_calls_the_alarm_off(program: Program) -> None:
    Alarm.objects.create(kind=breaker.ALARM, text="x", raised_at=timezone.now())
    confirm()
    assert Alarm.objects.get().resolved_at is not None


def test_without_an_address_nothing_is_asked_of_anybody(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> int:
        attempt = make_signature(letter)
        with CaptureQueriesContext(connection) as statements:
            confirmation.confirm(attempt, now=timezone.now())
        return len(statements)

    ask()  # reads what the process keeps
    usual = ask()
    monkeypatch.setattr(socket, "create_connection", None)
    monkeypatch.setattr(external_opinion, "ask", lambda *_a, **_k: external_opinion.NOT_ASKED)
    assert ask() == usual


def test_words_that_change_while_it_is_asked_are_shown_again(program: Program) -> None:
    """Or one set of words would be judged, and another confirmed."""
    attempt = make_signature()

    def ask(*_asked: Any, now: datetime, **_more: Any) -> external_opinion.Opinion:
        before = attempt.revision
        one = Signature.objects.get(pk=attempt.pk)
        one.name = "Somebody Else"
        one.save(update_fields=["name"])
        return external_opinion.Opinion(revision=before)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(external_opinion, "ask", ask)
        with pytest.raises(judgement.WordsChanged):
            confirmation.confirm(attempt, now=timezone.now())
    assert Signature.objects.get().state == "pending"


def test_it_is_asked_before_a_transaction_begins(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth = len(connection.savepoint_ids)
    found: list[int] = []
    ask = asking.ask

    def look(*asked: Any, **more: Any) -> Any:
        found.append(len(connection.savepoint_ids))
        return ask(*asked, **more)

    monkeypatch.setattr(asking, "ask", look)
    program.hold()
    confirm()
    assert found == [depth]


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("It quotes\n a song.\u202e", "It quotes a song."),
        ("x" * 400, "x" * 300),
        ("“suzie signer” is on a list.", ""),
        ("Write to suzie@example.org.", ""),
        ("SUZÍE SIGNER!", ""),
        ("Signer is forged", ""),
        ("Suzies Signers sign", "Suzies Signers sign"),
        ("\ud800 odd \x00", "? odd"),
    ],
)
def test_a_reason_is_kept_tidy_and_without_a_name(program: Program, reason: str, kept: str) -> None:
    program.hold(reason)
    assert confirm(email="suzie@example.org").state == "held"
    assert objections() == [kept]


def test_a_reason_with_an_address_that_it_was_told_is_not_kept(
    program: Program, settings: Any
) -> None:
    settings.EXTERNAL_RULE_SENDS_ADDRESSES = True
    program.hold("Write to SUZIE@example.org.")
    assert confirm(email="suzie@example.org").held_because == "external rule"
    assert objections() == [""]
