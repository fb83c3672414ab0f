"""Who publishes by a watched name says how it was checked; it stays on record."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from openletter.letters.models import Letter
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import Signature
from tests.factories import make_held
from tests.steps import state_of

pytestmark = pytest.mark.django_db
QUEUE = "/admin/signatures/signature/queue/"
HOW = "asked the press office by telephone"


@pytest.fixture
def watched(letter: Letter) -> Signature:
    return make_held(letter, name="Alice Peacock", held_because="notable name")


def publish(desk: Client, signature: Signature, *, act: str = "published", **typed: str) -> Any:
    sent = {"signature": signature.pk, "revision": signature.revision, "act": act, **typed}
    return desk.post(QUEUE, sent)


def test_the_card_asks_how_it_was_checked(desk: Client, watched: Signature) -> None:
    assert 'name="checked"' in desk.get(QUEUE).content.decode()


def test_other_cards_do_not_ask(desk: Client, letter: Letter) -> None:
    make_held(letter, held_because="mixed scripts")
    assert 'name="checked"' not in desk.get(QUEUE).content.decode()


@pytest.mark.parametrize("typed", [{}, {"given": "given: asked"}, {"checked": " "}])
def test_without_it_nothing_is_published(
    desk: Client, watched: Signature, typed: dict[str, str]
) -> None:
    told = publish(desk, watched, **typed)
    assert (told.status_code, state_of(watched)) == (422, "held")
    assert "Please say how it was checked" in told.content.decode()


@pytest.mark.parametrize("field", ["checked", "reason"])
def test_how_it_was_checked_is_the_reason_on_record(
    desk: Client, watched: Signature, field: str
) -> None:
    publish(desk, watched, **{field: HOW})
    assert state_of(watched) == "published"
    assert AuditEntry.objects.get(action="published signature").reason == HOW


def test_a_removal_needs_no_check(desk: Client, watched: Signature) -> None:
    publish(desk, watched, act="removed", given="given: somebody else")
    assert state_of(watched) == "removed"


def test_what_is_held_for_another_reason_is_published_without(desk: Client, letter: Letter) -> None:
    signature = make_held(letter, held_because="mixed scripts")
    publish(desk, signature)
    assert state_of(signature) == "published"
