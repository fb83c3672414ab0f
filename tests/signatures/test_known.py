"""What a card of the queue knows of a signature that waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib.people import look_alikes
from openletter.signatures import decisions
from openletter.signatures.desk import known
from openletter.signatures.models import FormSubmission, Signature
from tests.factories import make_moderator, make_published
from tests.signatures.steps import waiting

pytestmark = pytest.mark.django_db
S = Signature.State


def test_a_card_knows_who_bears_the_name_whatever_the_letters_look_like(letter: Letter) -> None:
    genuine = make_published(letter, name="Alice Peacock")
    make_published(letter, name="Bob Peacock")
    forged = waiting(letter, 5, name="\u0410lice Pea\u0441ock")
    found = known.of(forged, now=timezone.now())
    assert found.names == [genuine]
    assert look_alikes.as_read("\u0410lice") == "Alice"


def test_a_card_knows_the_source_the_speed_and_earlier_decisions(letter: Letter) -> None:
    now = timezone.now()
    before = make_published(letter, email="mallory@example.net")
    decisions.decide(
        signature_id=before.pk,
        revision=before.revision,
        to=S.REMOVED,
        actor_id=make_moderator().pk,
        reason="given: somebody else",
        now=now,
    )
    seen = waiting(
        letter,
        5,
        email="mallory@example.net",
        asked_at=now - timedelta(seconds=20),
        confirmed_at=now,
    )
    for reference in (seen.public_id, before.public_id):
        FormSubmission.objects.create(
            reference=reference,
            letter=letter,
            network_key=b"n" * 32,
            email_domain="example.net",
            at=now,
        )
    found = known.of(seen, now=now)
    assert (found.same_network, found.same_domain, found.is_quick) == (2, 2, True)
    assert [(one.what, one.why) for one in found.decisions] == [
        ("removed a signature", "It claims to be somebody else.")
    ]
    assert found.would_be == 1


def test_a_name_that_only_begins_so_is_another(letter: Letter) -> None:
    make_published(letter, name="Anna Bergman")
    same = make_published(letter, name="Anna Berg")
    assert known.of(waiting(letter, 5, name="Anna Berg"), now=timezone.now()).names == [same]


@pytest.mark.parametrize(
    ("country", "owner", "said"),
    [
        ("IS", "Example & Net", "The network belongs to <bdi>Example &amp; Net</bdi>, Iceland"),
        ("", "Example Net", "The network belongs to <bdi>Example Net</bdi>"),
        ("IS", "", "The network is in Iceland"),
        ("", "", ""),
    ],
)
def test_a_card_shows_whose_the_network_is(
    desk: Client, letter: Letter, country: str, owner: str, said: str
) -> None:
    seen = waiting(letter, 5)
    FormSubmission.objects.create(
        reference=seen.public_id,
        letter=letter,
        network_key=b"n" * 32,
        network_country=country,
        network_owner=owner,
        email_domain="example.net",
        at=timezone.now(),
    )
    page = desk.get("/admin/signatures/signature/queue/").content.decode()
    assert f"<li>{said}</li>" in page if said else "The network" not in page
