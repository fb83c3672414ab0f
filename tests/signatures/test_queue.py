"""The queue at the desk: one card after the other, all that is known, and a way back (T13)."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import Tally
from openletter.letters.models import Letter
from openletter.moderation import personal
from openletter.moderation.models import AuditEntry, Review
from openletter.self_service import changes
from openletter.signatures import decisions
from openletter.signatures.desk import overview, queue
from openletter.signatures.desk.queue import Narrowed
from openletter.signatures.models import Signature
from tests.factories import (
    decide,
    log_in,
    make_letter,
    make_moderator,
    make_signature,
)
from tests.queries import queries_of
from tests.signatures.steps import waiting
from tests.steps import state_of

pytestmark = pytest.mark.django_db
S = Signature.State
QUEUE = "/admin/signatures/signature/queue/"
TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()
JSON = {"Accept": "application/json"}


def shown(desk: Client, query: str = "") -> Signature | None:
    """Return whose card the page shows."""
    found: Signature | None = desk.get(f"{QUEUE}{query}").context.get("one")
    return found


def send(desk: Client, signature: Signature, act: str, **typed: str) -> Any:
    sent = {"signature": signature.pk, "revision": signature.revision, "act": act, **typed}
    return desk.post(QUEUE, sent, headers=JSON)


def numbers(letter: Letter) -> int:
    tally = Tally.objects.filter(letter=letter).first()
    return tally.people + tally.organisations if tally else 0


def test_what_has_waited_longest_comes_first_and_the_next_one_when_it_is_decided(
    desk: Client, letter: Letter
) -> None:
    young, old = waiting(letter, 5), waiting(letter, 50)
    assert shown(desk) == old
    assert send(desk, old, "published").status_code == 200
    assert (state_of(old), numbers(letter)) == ("published", 1)
    assert shown(desk) == young
    assert send(desk, young, "removed", given="given: no name").status_code == 200
    assert (state_of(young), numbers(letter)) == ("removed", 1)
    assert "Nothing is waiting for you here." in desk.get(QUEUE).content.decode()


def test_a_card_shows_all_words_and_why_it_waits(desk: Client, letter: Letter) -> None:
    waiting(
        letter,
        5,
        name="Suzie <b>",
        title="Joiner",
        affiliation="Nordhavn & Archive",
        comment="Vote <i>",
        country="IS",
        held_because="unlike a name",
        flags=["burst"],
    )
    page = desk.get(QUEUE).content.decode()
    for words in (
        "Suzie &lt;b&gt;",
        "Joiner",
        "Nordhavn &amp; Archive",
        "Vote &lt;i&gt;",
        "Iceland",
        "It does not look like a name.",
        "Many forms came from one network.",
        "the number becomes 1",
    ):
        assert words in page, words


def test_two_moderators_never_have_the_same_card(letter: Letter) -> None:
    first, second = waiting(letter, 9), waiting(letter, 8)
    suzie, sam = log_in(make_moderator("suzie@example.org")), log_in()
    assert (shown(suzie), shown(sam)) == (first, second)
    assert (shown(suzie), shown(sam)) == (first, second)  # and each the same again
    Review.objects.filter(key=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    send(sam, second, "removed", given="given: twice")
    assert shown(sam) == first  # the window of the other was closed long ago
    assert shown(suzie) is None


def test_a_card_that_changed_meanwhile_is_not_decided(desk: Client, letter: Letter) -> None:
    seen = waiting(letter, 5)
    Signature.objects.filter(pk=seen.pk).update(name="Somebody Else")  # its revision moves
    answer = send(desk, seen, "published")
    assert (answer.status_code, state_of(seen)) == (409, "held")
    assert "changed since you saw it" in answer.json()["said"]
    decide(Signature.objects.get(pk=seen.pk), "removed")
    answer = send(desk, Signature.objects.get(pk=seen.pk), "published")
    assert (answer.status_code, state_of(seen)) == (409, "removed")


def test_a_removal_has_to_say_why_and_nothing_typed_is_lost(desk: Client, letter: Letter) -> None:
    seen = waiting(letter, 5)
    answer = send(desk, seen, "removed")
    assert (answer.status_code, state_of(seen)) == (422, "held")
    sent = {"signature": seen.pk, "revision": seen.revision, "act": "removed", "reason": "no"}
    page = desk.post(QUEUE, sent).content.decode()
    assert "at least 3 characters" in page
    assert 'value="no"' in page
    send(desk, seen, "removed", reason="Not a person at all")
    assert AuditEntry.objects.latest("pk").reason == "Not a person at all"


def test_what_is_kept_comes_behind_what_nobody_has_seen(desk: Client, letter: Letter) -> None:
    old, young = waiting(letter, 50), waiting(letter, 5)
    assert send(desk, old, "kept").status_code == 200
    assert state_of(old) == "held"
    assert AuditEntry.objects.latest("pk").action == "kept signature"
    assert shown(desk) == young
    send(desk, young, "published")
    assert shown(desk) == old


def test_passing_over_shows_the_next_one_and_decides_nothing(desk: Client, letter: Letter) -> None:
    old, young = waiting(letter, 50), waiting(letter, 5)
    assert shown(desk, f"?behind={old.pk}") == young
    assert shown(desk, f"?behind={young.pk}") is None
    assert (state_of(old), state_of(young)) == ("held", "held")


@pytest.mark.parametrize(
    ("act", "after", "given"),
    [("published", 1, ""), ("removed", 0, "given: abuse"), ("kept", 0, "")],
)
def test_the_last_decision_can_be_undone(
    desk: Client, letter: Letter, act: str, after: int, given: str
) -> None:
    seen = waiting(letter, 5, held_because="mixed scripts")
    send(desk, seen, act, given=given)
    assert numbers(letter) == after
    answer = desk.post(f"{QUEUE}undo/?letter={letter.pk}")
    assert answer.headers["Location"] == f"{QUEUE}?letter={letter.pk}&card={seen.pk}"
    again = Signature.objects.get(pk=seen.pk)
    assert (again.state, again.held_because, again.verdict) == ("held", "mixed scripts", "")
    assert numbers(letter) == 0
    assert shown(desk, f"?card={seen.pk}") == seen
    assert "nothing to undo" in said(desk.post(f"{QUEUE}undo/"))


def test_what_another_decided_since_is_not_undone(desk: Client, letter: Letter) -> None:
    seen, olive = waiting(letter, 5), log_in(make_moderator("olive@example.org"))
    send(desk, seen, "published")
    decide(seen, "held")
    send(olive, seen, "published")
    assert "changed since you decided" in said(desk.post(f"{QUEUE}undo/"))
    assert (state_of(seen), numbers(letter)) == ("published", 1)


def test_the_page_says_which_decision_it_wants_undone(desk: Client, letter: Letter) -> None:
    first, second = waiting(letter, 9), waiting(letter, 8)
    send(desk, first, "published")
    assert desk.get(QUEUE).context["last_decided"] == first.pk
    send(desk, second, "published")
    desk.post(f"{QUEUE}undo/", {"signature": first.pk})
    assert (state_of(first), state_of(second)) == ("held", "published")
    assert "nothing to undo" in said(desk.post(f"{QUEUE}undo/", {"signature": "\x00 1"}))


def test_what_was_decided_by_another_is_kept_by_nobody(desk: Client, letter: Letter) -> None:
    seen = waiting(letter, 5)
    send(desk, seen, "kept")
    decide(seen, "published")
    assert "changed since you decided" in said(desk.post(f"{QUEUE}undo/"))
    assert state_of(seen) == "published"


def test_an_old_window_takes_no_card_from_another_moderator(letter: Letter) -> None:
    only = waiting(letter, 5)
    suzie, sam = log_in(make_moderator("suzie@example.org")), log_in()
    assert shown(sam) == only
    answer = send(suzie, only, "kept")
    assert (answer.status_code, "left to them" in answer.json()["said"]) == (409, True)
    assert shown(sam) == only


def test_undoing_takes_no_card_from_another_moderator(letter: Letter) -> None:
    only = waiting(letter, 5)
    suzie, sam = log_in(make_moderator("suzie@example.org")), log_in()
    send(suzie, only, "kept")
    assert shown(sam) == only
    suzie.post(f"{QUEUE}undo/")
    assert shown(suzie, f"?card={only.pk}") is None
    assert shown(sam) == only


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_what_its_owner_changed_is_not_undone(desk: Client, letter: Letter) -> None:
    seen = waiting(letter, 5)
    send(desk, seen, "published")
    Signature.objects.filter(pk=seen.pk).update(state=S.WITHDRAWN)
    assert "changed since you decided" in said(desk.post(f"{QUEUE}undo/"))
    assert state_of(seen) == "withdrawn"


def test_it_can_be_narrowed(desk: Client, letter: Letter) -> None:
    other = make_letter(slug="other")
    here = waiting(letter, 5, email="x@one.example", flags=["burst"])
    there = waiting(other, 50, email="x@two.example", held_because="web address", country="IS")
    for query, whose in (
        (f"?letter={letter.pk}", here),
        ("?domain=one.example", here),
        ("?flag=burst", here),
        ("?because=web+address", there),
        ("?country=IS", there),
        ("?language=de", None),
        ("?letter=999999999999999999999999", there),
        ("?version=1", there),
        ("?version=2", None),
        (f"?begin={TOMORROW}", None),
        (f"?end={TOMORROW}", there),
        ("?end=2001-02-03", None),
        ("?begin=0001-01-01&end=9999-12-31&version=x", there),
        ("?letter=x&behind=x&card=%00&domain=%00", there),
    ):
        assert shown(desk, query) == whose, query


def test_one_finds_again_what_one_kept_and_not_what_others_did(
    desk: Client, letter: Letter
) -> None:
    mine, theirs, nobodys = (waiting(letter, minutes) for minutes in (9, 8, 7))
    assert shown(desk, f"?card={mine.pk}") == mine
    send(desk, mine, "kept")
    other = log_in(make_moderator("mallory@example.org"))
    assert shown(other, f"?card={theirs.pk}") == theirs
    send(other, theirs, "kept")
    assert shown(desk) == nobodys
    page = desk.get(f"{QUEUE}?mine=1")
    assert page.context["one"] == mine
    assert "1 is waiting." in page.content.decode()
    assert page.context["narrowed"].query == "?mine=True"


def test_it_says_how_many_wait_and_since_when(desk: Client, letter: Letter) -> None:
    waiting(letter, 60 * 48)
    waiting(letter, 5)
    page = desk.get(QUEUE).content.decode()
    assert "2 are waiting." in page
    assert "2\xa0days" in page
    (found,) = overview.waiting_by_letter(Letter.objects.all())
    assert (found.letter, found.waiting.number) == (letter.pk, 2)


def test_the_next_card_is_another_one_and_there_may_be_none(desk: Client, letter: Letter) -> None:
    first, second = waiting(letter, 9), waiting(letter, 8)
    answer = desk.get(f"{QUEUE}card/?but_for={first.pk}")
    assert answer.context["one"] == second
    assert desk.get(f"{QUEUE}card/?but_for={first.pk},{second.pk},x").status_code == 204


def test_what_is_erased_has_no_card(desk: Client, letter: Letter) -> None:
    gone = waiting(letter, 9)
    Signature.objects.filter(pk=gone.pk).update(
        erased_at=timezone.now(), name="", email="", email_domain=""
    )
    assert shown(desk) is None


def test_a_card_asks_for_the_same_however_many_wait(desk: Client, letter: Letter) -> None:
    waiting(letter, 50)
    few = queries_of(desk, QUEUE)
    for minutes in range(20):
        waiting(letter, minutes)
    assert queries_of(desk, QUEUE) == few


def test_an_attempt_that_nobody_confirmed_has_no_card(desk: Client, letter: Letter) -> None:
    make_signature(letter)
    assert shown(desk) is None


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_two_moderators_get_two_cards(letter: Letter) -> None:
    cards = {waiting(letter, minutes).pk for minutes in range(6)}
    moderators = [make_moderator(f"m{number}@example.org").pk for number in range(4)]
    together = Barrier(len(moderators))
    taken: list[int | None] = []

    def take(moderator: int) -> None:
        together.wait(10)
        found = queue.take_next(Narrowed(), moderator_id=moderator, now=timezone.now())
        taken.append(found.pk if found else None)
        connection.close()

    threads = [Thread(target=take, args=[moderator]) for moderator in moderators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(set(taken)) == len(moderators)
    assert set(taken) <= cards


def test_keeping_needs_what_was_seen(letter: Letter) -> None:
    seen, moderator = waiting(letter, 5), make_moderator()
    decide(seen, "removed")
    with pytest.raises(decisions.ChangedMeanwhile):
        decisions.keep_held(
            signature_id=seen.pk,
            revision=seen.revision,
            actor_id=moderator.pk,
            reason="",
            now=timezone.now(),
        )


def test_words_that_its_owner_corrects_are_looked_at_as_if_for_the_first_time(
    desk: Client, letter: Letter
) -> None:
    seen, other = waiting(letter, 50), waiting(letter, 5)
    send(desk, seen, "kept")
    unsaid = dict.fromkeys(("represented_by", "title", "affiliation", "country", "comment"), "")
    to = changes.Correction(name="bbbbbbbb", **unsaid)
    assert changes.correct(seen.pk, to=to, now=timezone.now())
    assert shown(desk) == seen
    assert not Review.objects.filter(key=other.pk).exists()


def test_who_looked_at_what_is_forgotten_after_a_month(letter: Letter) -> None:
    moderator, now = make_moderator(), timezone.now()
    for key, days in ((1, 31), (2, 29)):
        Review.objects.create(
            kind="signature", key=key, moderator=moderator, lease_until=now - timedelta(days=days)
        )
    found = personal.expire(now=now, limit=10, dry_run=True)
    assert [one.number for one in found] == [1]
    personal.expire(now=now, limit=10, dry_run=False)
    assert [review.key for review in Review.objects.all()] == [2]


def test_a_card_is_shown_as_it_is_now_or_not_at_all(letter: Letter) -> None:
    seen = waiting(letter, 5)
    suzie, sam = log_in(make_moderator("suzie@example.org")), log_in()
    Signature.objects.filter(pk=seen.pk).update(name="Somebody Else")
    found = suzie.get(f"{QUEUE}card/?card={seen.pk}")
    assert found.context["one"].revision == seen.revision + 1
    assert sam.get(f"{QUEUE}card/?card={seen.pk}").status_code == 204
    decide(Signature.objects.get(pk=seen.pk), "removed")
    assert suzie.get(f"{QUEUE}card/?card={seen.pk}").status_code == 204


def test_a_moderator_keeps_the_cards_that_the_page_has(desk: Client, letter: Letter) -> None:
    first, _second = waiting(letter, 9), waiting(letter, 8)
    assert shown(desk) == first
    soon = timezone.now() + timedelta(seconds=30)
    Review.objects.update(lease_until=soon)
    desk.get(f"{QUEUE}card/?but_for={first.pk}")
    assert Review.objects.get(key=first.pk).lease_until > soon
