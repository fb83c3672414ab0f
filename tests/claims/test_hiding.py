"""Where a letter chose so, a claimed entry is hidden everywhere; nobody learns of it by asking."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.claims import claiming
from openletter.claims.models import Claim, LetterClaims
from openletter.counters import counts
from openletter.letters.models import Letter
from openletter.privacy import flows as privacy
from openletter.privacy.flows import Erasure
from openletter.self_service import changes
from openletter.signatures.models import Signature
from tests.claims.steps import CARDS, claimed, number_of
from tests.factories import decide, log_in, make_letter, make_moderator, make_published
from tests.queries import statements_of
from tests.steps import SAM, press, state_of
from tests.sweeps.steps import number

pytestmark = pytest.mark.django_db
SAID = {"wrong": "mine", "message": "I never did.", "email": SAM}
NAME = "Sam Somebody"


@pytest.fixture
def letter(db: None) -> Letter:
    letter = make_letter()
    LetterClaims.objects.create(letter=letter, hides_claimed=True)
    return letter


@pytest.fixture
def entry(letter: Letter) -> Signature:
    return make_published(letter, name=NAME, first_position=1)


def public(page: str) -> str:
    counts.forget()
    return Client().get(f"/open-letter/{page}").content.decode()


def shown(page: str) -> bool:
    return NAME in public(page)


def counted() -> set[int]:
    """Return what programs are told, of which widgets show the first."""
    counts.forget()
    pages = ("count.json", "numbers.json")
    return {Client().get(f"/open-letter/{page}").json()["count"] for page in pages}


def test_a_hidden_entry_stands_nowhere_and_the_number_says_so(
    letter: Letter, entry: Signature
) -> None:
    make_published(letter)
    places = ["", "signatures/"]
    assert all(map(shown, places))
    assert counted() == {2}
    claimed(entry)
    assert not any(map(shown, places))
    assert counted() == {1}
    assert NAME not in public("numbers/")
    (claim,) = Claim.objects.all()
    moderator = log_in(make_moderator())
    seen = {"claim": claim.pk, "revision": entry.revision, "act": "not right"}
    moderator.post(CARDS, seen)
    assert all(map(shown, places))
    assert (counted(), number()) == ({2}, 2)


def withdrawn(signature: Signature) -> None:
    changes.withdraw(signature.pk, now=timezone.now())


def erased(signature: Signature) -> None:
    privacy.erase(Erasure(bytes(signature.email_key)), now=timezone.now())


def removed(signature: Signature) -> None:
    decide(signature, Signature.State.REMOVED)


def without_name(signature: Signature) -> None:
    changes.show_name(signature.pk, shown=False, now=timezone.now())


def hidden(signature: Signature) -> None:
    claimed(signature)


GONE = {
    "withdrawn": withdrawn,
    "erased": erased,
    "removed": removed,
    "shown without name": without_name,
    "hidden": hidden,
}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("how", GONE)
def test_t07_what_is_not_on_the_list_answers_like_what_never_was(
    letter: Letter, entry: Signature, how: str, method: str
) -> None:
    GONE[how](entry)

    def ask(place: int) -> Any:
        address = f"/open-letter/signatures/{place}/claim/"
        return Client().get(address) if method == "get" else press(address, SAID)

    ask(99)  # what is made once a process
    before = Claim.objects.count()
    never, asked_of_never = statements_of(lambda: ask(99))
    gone, asked_of_gone = statements_of(lambda: ask(entry.ledger_index or 0))
    assert never.status_code == gone.status_code == 404
    assert never.content == gone.content
    assert asked_of_never == asked_of_gone
    assert Claim.objects.count() == before


def test_only_some_entries_are_hidden_at_once_so_that_nobody_empties_a_list(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "MOST_HIDDEN", 2)
    entries = [make_published(letter) for _ in range(3)]
    claims = [claimed(one, email=f"c{one.pk}@example.net") for one in entries]
    assert [state_of(one) for one in entries] == ["held", "held", "published"]
    assert Claim.objects.waiting().count() == 3
    moderator = make_moderator()
    claiming.decide(
        claims[0].pk,
        to=Claim.State.KEPT,
        revision=entries[0].revision,
        actor_id=moderator.pk,
        now=timezone.now(),
    )
    another = make_published(letter)
    claimed(another, email="c@example.net")
    assert (state_of(another), number_of(letter)) == ("held", 2)
