"""Many that wait on one page: read, some picked out, the rest published by one press (T13)."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import LedgerEntry, Tally
from openletter.letters.models import Letter
from openletter.moderation.models import AuditEntry, Review
from openletter.signatures.desk import many
from openletter.signatures.models import Signature
from tests.factories import decide, log_in, make_letter, make_moderator
from tests.queries import queries_of
from tests.signatures.steps import waiting
from tests.steps import state_of

pytestmark = pytest.mark.django_db
MANY = "/admin/signatures/signature/queue/many/"


def shown(desk: Client, query: str = "") -> list[Signature]:
    return [one for one, _why in desk.get(f"{MANY}{query}").context["found"]]


def publish(desk: Client, *seen: Signature, but: tuple[Signature, ...] = ()) -> list[str]:
    """Press the button under what was seen; return what is said then."""
    sent = {
        "shown": [f"{one.pk}.{one.revision}" for one in seen],
        "apart": [one.pk for one in but],
    }
    return said_by(desk.post(MANY, sent, follow=True))


def undo(desk: Client) -> list[str]:
    return said_by(desk.post(f"{MANY}undo/", follow=True))


def said_by(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def number(letter: Letter) -> int:
    return sum(Tally.objects.filter(letter=letter).values_list("people", flat=True))


def test_all_that_is_shown_is_published_but_for_what_is_picked_out(
    desk: Client, letter: Letter
) -> None:
    seen = [waiting(letter, minutes) for minutes in (50, 40, 30)]
    assert shown(desk) == seen
    assert publish(desk, *seen, but=(seen[1],)) == ["2 signatures are published."]
    assert [state_of(one) for one in seen] == ["published", "held", "published"]
    assert number(letter) == 2
    assert {entry.reason for entry in AuditEntry.objects.filter(action="published signature")} == {
        "given: looked at"
    }


def test_a_page_shows_all_words_and_why_each_waits(desk: Client, letter: Letter) -> None:
    waiting(
        letter,
        5,
        name="Suzie <b>",
        title="Joiner",
        affiliation="Nordhavn & Archive",
        comment="Vote <i>",
        held_because="unlike a name",
        flags=["burst"],
    )
    page = desk.get(MANY).content.decode()
    for words in (
        *("Suzie &lt;b&gt;", "Joiner", "Nordhavn &amp; Archive", "Vote &lt;i&gt;"),
        *("It does not look like a name.", "Many forms came from one network."),
    ):
        assert words in page, words


@pytest.mark.parametrize(
    "waits",
    [
        {"held_because": "notable name"},
        {"held_because": "first signatory"},
        {"held_because": "claimed"},
        {"held_because": "unlike a name", "flags": ["first signatory"]},
    ],
)
def test_who_could_be_somebody_else_gets_a_card_whatever_is_sent(
    desk: Client, letter: Letter, waits: dict[str, object]
) -> None:
    one = waiting(letter, 5, **waits)
    assert shown(desk) == []
    assert "1 signature was left" in publish(desk, one)[0]
    assert state_of(one) == "held"


def test_what_changed_since_it_was_seen_is_left(desk: Client, letter: Letter) -> None:
    same, changed, removed = (waiting(letter, minutes) for minutes in (50, 40, 30))
    Signature.objects.filter(pk=changed.pk).update(name="Somebody Else")  # its revision moves
    decide(removed, "removed")
    said = publish(desk, same, changed, removed)
    assert said[0] == "1 signature is published."
    assert "2 signatures were left" in said[1]
    assert [state_of(one) for one in (same, changed, removed)] == ["published", "held", "removed"]


def test_two_moderators_never_have_the_same_page(letter: Letter) -> None:
    first, second = waiting(letter, 9), waiting(letter, 8)
    suzie, sam = log_in(make_moderator("suzie@example.org")), log_in()
    assert (shown(suzie), shown(sam)) == ([first, second], [])
    assert "2 signatures were left" in publish(sam, first, second)[0]
    Review.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert publish(sam, first, second) == ["2 signatures are published."]


def test_one_press_takes_back_what_one_press_published(desk: Client, letter: Letter) -> None:
    seen = [waiting(letter, minutes, held_because="unlike a name") for minutes in (3, 2, 1)]
    publish(desk, *seen)
    decide(seen[0], "removed")  # by somebody else, since
    said = undo(desk)
    assert said[0] == "2 signatures are waiting again."
    assert "1 signature has changed since" in said[1]
    assert [state_of(one) for one in seen] == ["removed", "held", "held"]
    assert number(letter) == 0
    again = Signature.objects.get(pk=seen[1].pk)
    assert again.held_because == "unlike a name"
    assert undo(desk) == ["There is nothing to undo."]


def test_nothing_that_is_sent_breaks_it(desk: Client, letter: Letter) -> None:
    one = waiting(letter, 5)
    for sent in (
        *({}, {"shown": ["", ".", "x.1", "1.x", "9" * 30, f"{one.pk}.{'9' * 18}"]}),
        {"shown": [f"{one.pk}.{one.revision}"], "apart": [str(one.pk), "x", "9" * 40]},
    ):
        assert desk.post(MANY, sent).status_code == 302
    assert state_of(one) == "held"


def test_of_too_many_only_a_page_is_published(desk: Client, letter: Letter) -> None:
    seen = [waiting(letter, minute) for minute in range(many.MOST + 2)]
    assert len(shown(desk)) == many.MOST
    publish(desk, *seen)
    assert number(letter) == many.MOST


def test_narrowed_it_shows_only_what_is_meant(desk: Client, letter: Letter) -> None:
    other = waiting(make_letter(slug="other"), 9)
    mine = waiting(letter, 5)
    assert shown(desk, f"?letter={letter.pk}") == [mine]
    assert shown(desk, f"?letter={other.letter_id}") == [other]


def test_a_page_asks_the_same_number_of_questions_however_many_wait(
    desk: Client, letter: Letter
) -> None:
    waiting(letter, 1)
    few = queries_of(desk, MANY)
    for minute in range(2, 12):
        waiting(letter, minute)
    assert queries_of(desk, MANY) == few


@pytest.mark.django_db(transaction=True)
def test_t13_two_moderators_press_at_once_and_each_signature_counts_once(letter: Letter) -> None:
    seen = [waiting(letter, minute) for minute in range(12)]
    desks = [log_in(make_moderator(f"{name}@example.org")) for name in ("suzie", "sam")]
    barrier = Barrier(2)

    def press(desk: Client, order: list[Signature]) -> None:
        barrier.wait()
        publish(desk, *order)
        connection.close()

    threads = [
        Thread(target=press, args=(desk, order))
        for desk, order in zip(desks, (seen, seen[::-1]), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert number(letter) == len(seen)
    assert LedgerEntry.objects.filter(letter=letter, kind="signed").count() == len(seen)
