"""Words that an owner changes later are judged by the operator's other program, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.moderation.external_rule import asking
from openletter.moderation.models import AuditEntry, RuleSetting
from openletter.moderation.rule_settings import in_force
from openletter.self_service import changes
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_published, make_signature
from tests.other_program import Program, asked
from tests.self_service.steps import now_of, number, press

pytestmark = pytest.mark.django_db
WORDS = {"name": "Suzie Signer", "title": "", "affiliation": "", "country": "", "comment": ""}


@pytest.fixture
def program(settings: Any) -> Iterator[Program]:
    with asked(settings) as found:
        yield found


def correction(**words: str) -> changes.Correction:
    return changes.Correction(**{"name": "Suzie Signer", "represented_by": "", **words})


def published(program: Program, letter: Letter | None = None) -> Signature:
    """Make a signature that it was asked about before."""
    signature = make_published(letter)
    program.asked.clear()
    return signature


def test_what_it_accepts_is_changed(program: Program) -> None:
    signature = published(program)
    press(signature, "correct/", **{**WORDS, "title": "Baker"})
    assert (now_of(signature).state, now_of(signature).title) == ("published", "Baker")
    (told,) = program.asked
    assert (told["type"], told["data"]["title"]) == ("signature.correct", "Baker")


def test_what_it_objects_to_waits_for_a_person(program: Program) -> None:
    signature = make_published()
    program.hold("It is an advertisement.")
    press(signature, "correct/", **{**WORDS, "title": "Baker"})
    after = now_of(signature)
    assert (after.state, after.held_because, after.title, number()) == (
        "held",
        "external rule",
        "Baker",
        0,
    )
    (entry,) = AuditEntry.objects.filter(action="object by program")
    assert (entry.object_id, entry.reason) == (str(signature.public_id), "It is an advertisement.")


def test_it_is_asked_before_a_transaction_begins(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth = len(connection.savepoint_ids)
    found: list[int] = []
    ask = asking.ask

    def look(*asked: Any, **more: Any) -> Any:
        found.append(len(connection.savepoint_ids))
        return ask(*asked, **more)

    signature = published(program)
    monkeypatch.setattr(asking, "ask", look)
    changes.correct(signature.pk, to=correction(title="Baker"), now=timezone.now())
    assert found == [depth]


def test_it_is_not_asked_about_what_it_cannot_matter_to(program: Program) -> None:
    reviewed = make_letter(slug="reviewed", policy=Letter.Policy.AFTER_REVIEW)
    reviewed_signature = make_published(reviewed)
    signature = published(program, make_letter())
    press(signature, "correct/", **WORDS)  # nothing changes
    press(signature, "correct/", **{**WORDS, "country": "IS"})  # which no rule judges
    attempt = make_signature(signature.letter, email="sam@example.org")
    press(attempt, "correct/", **{**WORDS, "title": "Baker"})  # it is asked when that is confirmed
    press(reviewed_signature, "correct/", **{**WORDS, "title": "Baker"})
    RuleSetting.objects.create(rule="external rule", mode="off")
    in_force.forget()
    press(signature, "correct/", **{**WORDS, "title": "Baker"})
    assert program.asked == []
    assert now_of(signature).title == "Baker"


@pytest.mark.parametrize("meanwhile", [{"title": "Lawyer"}, {"name": "Sam Again"}])
def test_words_that_change_while_it_is_asked_are_not_taken_unseen(
    program: Program, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, str]
) -> None:
    signature = make_published()
    ask = asking.ask

    def while_asked(*asked: Any, **more: Any) -> Any:
        one = Signature.objects.get(pk=signature.pk)
        for name, words in meanwhile.items():
            setattr(one, name, words)
        one.save(update_fields=[*meanwhile])
        return ask(*asked, **more)

    monkeypatch.setattr(asking, "ask", while_asked)
    with pytest.raises(changes.ChangedMeanwhile):
        changes.correct(signature.pk, to=correction(title="Baker"), now=timezone.now())
    assert {name: getattr(now_of(signature), name) for name in meanwhile} == meanwhile


def test_an_attempt_that_is_confirmed_meanwhile_does_not_get_past_it(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = make_signature()
    opinion_of = changes._opinion_of

    def confirmed_meanwhile(*asked: Any) -> Any:
        found = opinion_of(*asked)
        Signature.objects.filter(pk=attempt.pk).update(
            state="held", confirmed_at=timezone.now(), held_because="burst"
        )
        return found

    monkeypatch.setattr(changes, "_opinion_of", confirmed_meanwhile)
    with pytest.raises(changes.ChangedMeanwhile):
        changes.correct(attempt.pk, to=correction(title="Baker"), now=timezone.now())
    assert now_of(attempt).title == ""
