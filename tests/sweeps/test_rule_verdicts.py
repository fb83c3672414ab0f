"""A sweep says of the rules what as many decisions would say, and its undoing takes it back."""

from __future__ import annotations

import pytest
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.moderation.rule_settings import record
from tests.factories import decide, make_held, make_letter, make_published
from tests.sweeps.steps import swept, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter() -> Letter:
    """A letter with two that a rule held, and one that counts with a note."""
    letter = make_letter()
    for number in range(2):
        objection = {"held_because": "mixed scripts", "flags": ["mixed scripts"]}
        make_held(letter, email=f"a{number}@example.org", **objection)
    make_published(letter, email="b@example.org", flags=["disposable"])
    return letter


def lately() -> dict[str, tuple[int, int]]:
    found = record.lately(timezone.now())
    return {
        rule: (said.upheld, said.overturned)
        for rule, said in found.items()
        if said.total and rule != "confirmed quickly"  # as all are in a test
    }


def test_what_a_sweep_removes_upholds_the_rules(letter: Letter) -> None:
    sweep = swept(letter)
    assert lately() == {"mixed scripts": (2, 0), "disposable": (1, 0)}
    undo(sweep)
    assert lately() == {}


def test_a_decision_after_a_sweep_counts_for_itself(letter: Letter) -> None:
    sweep = swept(letter)
    signature = letter.signature_set.filter(email_domain="example.org").earliest("pk")
    decide(signature, "published")
    assert lately()["mixed scripts"] == (1, 1)
    undo(sweep)
    assert lately() == {"mixed scripts": (0, 1)}
