"""What a sweep looks for: what it finds, and what it does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openletter.lib.ids import uuid7
from openletter.signatures.models import FormSubmission
from openletter.sweeps import flows, looking
from openletter.sweeps.models import Sweep, Swept
from tests.factories import (
    decide,
    make_held,
    make_letter,
    make_published,
    make_signature,
    make_version,
)
from tests.sweeps.steps import found, moderator

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=9)
KEY = bytes(range(32))


def names(sweep: Sweep) -> set[str]:
    return set(Swept.objects.filter(sweep=sweep).values_list("signature__name", flat=True))


def ask(**question: Any) -> Sweep:
    sweep = Sweep(letter=make_letter(), **question)
    return flows.ask(sweep, actor_id=moderator().pk, now=timezone.now())


# What the one signature has that is meant, and what asks for it.
QUESTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "domain": ({"email": "a@bad.example.com"}, {"domain": "bad.example.com"}),
    "name": ({"name": "Éve Forger"}, {"name": "forger eve"}),
    "affiliation": ({"affiliation": "The Mill"}, {"name": "mill"}),
    "because": ({"held_because": "web address"}, {"because": "web address"}),
    "flag": ({"flags": ["burst", "disposable"]}, {"flag": "burst"}),
    "country": ({"country": "AQ"}, {"country": "AQ"}),
    "from": ({}, {"signed_from": LONG_AGO + timedelta(days=1)}),
}


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_question_finds_what_is_meant_and_nothing_else(asked: str) -> None:
    fields, question = QUESTIONS[asked]
    letter = make_letter()
    make_held(letter, **{"name": "Meant", **fields})
    make_held(letter, name="Other", asked_at=LONG_AGO, confirmed_at=LONG_AGO)
    sweep = found(letter, **question)
    assert names(sweep) == {fields.get("name", "Meant")}
    assert (sweep.held, sweep.published, sweep.state) == (1, 0, "found")


def test_until_a_time_finds_what_was_signed_before_it() -> None:
    letter = make_letter()
    make_held(letter, name="Old", asked_at=LONG_AGO, confirmed_at=LONG_AGO)
    make_held(letter, name="New")
    assert names(found(letter, signed_to=LONG_AGO + timedelta(days=1))) == {"Old"}


def test_a_question_about_a_version_finds_who_signed_it() -> None:
    letter = make_letter()
    make_published(letter, name="First")
    version = make_version(letter)
    make_published(letter, name="Second")
    assert names(found(letter, version=version)) == {"Second"}


def test_a_question_about_a_language_finds_who_signed_the_text_in_it() -> None:
    letter = make_letter(texts={"en": ("A letter", "Dear"), "de": ("Ein Brief", "Liebe")})
    make_published(letter, name="English")
    assert names(found(letter, language="de")) == set()
    assert names(found(letter, language="en")) == {"English"}


def test_a_network_is_found_by_the_beginning_of_its_key() -> None:
    letter = make_letter()
    for name, key in (("From there", KEY), ("From elsewhere", KEY[::-1])):
        reference = uuid7()
        make_held(letter, name=name, public_id=reference)
        FormSubmission.objects.create(
            reference=reference, letter=letter, network_key=key, at=timezone.now()
        )
    assert names(found(letter, network_key=KEY[:6])) == {"From there"}


def test_all_that_is_asked_for_has_to_hold() -> None:
    letter = make_letter()
    make_held(letter, name="Both", flags=["burst"], country="AQ")
    make_held(letter, name="One", flags=["burst"])
    assert names(found(letter, flag="burst", country="AQ")) == {"Both"}


def test_what_is_published_and_what_is_held_can_be_told_apart() -> None:
    letter = make_letter()
    make_published(letter, name="Public")
    make_held(letter, name="Waits")
    both = found(letter, domain="example.org")
    assert (both.published, both.held) == (1, 1)
    assert names(found(letter, domain="example.org", signed_in_state="held")) == {"Waits"}


def test_what_nobody_confirmed_what_was_removed_and_other_letters_are_never_found() -> None:
    letter = make_letter()
    make_signature(letter)
    decide(make_published(letter), "removed")
    make_published(make_letter(slug="another"))
    assert found(letter, domain="example.org").size == 0


@pytest.mark.parametrize("question", [{}, {"signed_in_state": "held"}, {"name": "… —"}])
def test_a_whole_letter_cannot_be_asked_for(question: dict[str, Any]) -> None:
    with pytest.raises(flows.Empty):
        ask(**question)
    assert not Sweep.objects.exists()


def test_what_is_signed_or_confirmed_after_the_question_is_not_found() -> None:
    letter = make_letter()
    early = make_signature(letter, name="Waits")
    sweep = Sweep(letter=letter, domain="example.org", asked_by=moderator())
    sweep.asked_at, sweep.newest = timezone.now(), early.pk
    sweep.save()
    make_published(letter, name="Later")
    early.state, early.confirmed_at = "held", timezone.now()
    early.save()
    while looking.look(sweep.pk):
        pass
    assert names(sweep) == set()


def test_what_there_is_is_found_a_slice_at_a_time() -> None:
    letter = make_letter()
    signed = [make_published(letter) for _ in range(5)]
    sweep = Sweep(letter=letter, domain="example.org", asked_by=moderator())
    sweep.asked_at, sweep.newest, sweep.cursor = timezone.now(), signed[-1].pk, signed[0].pk - 1
    sweep.save()
    assert [looking.look(sweep.pk, size=2) for _ in range(4)] == [True, True, False, False]
    sweep.refresh_from_db()
    assert (sweep.size, sweep.state, len(sweep.sample)) == (5, "found", 5)
