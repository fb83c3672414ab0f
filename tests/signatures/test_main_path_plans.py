"""What everybody asks for goes by an index, also by plans that were made while there was nothing.

A plan is kept by its connection until the next ANALYZE, and a letter that goes live with a crowd
has many thousand signatures before that.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from openletter.counters import counts
from openletter.letters.models import Letter
from tests.conftest import form_for
from tests.factories import make_letter, make_signature
from tests.filling import fill, fill_published
from tests.plans import Plans, analyze, begin_anew, buffers, reads_whole
from tests.steps import link, press

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MANY = 5_000
FORMS = """
INSERT INTO signatures_formsubmission
    (reference, letter_id, network_key, block_key, email_domain, at, proof)
SELECT gen_random_uuid(), %s, decode(md5(number::text), 'hex'), decode(md5(number::text), 'hex'),
       number || '.example.org', now() - number * interval '1 second', ''
FROM generate_series(1, 5000) AS number
"""
MAILS = """
INSERT INTO mail_outgoingmail (id, kind, dedupe_key, recipient, recipient_key, recipient_domain,
    language, lane, about, topic, state, first_due_at, due_at, attempts, error)
SELECT gen_random_uuid(), 'signatures.confirm', 'signatures.confirm:' || public_id || ':0', '',
    email_key, '', 'en', 'confirm', public_id, 'letter:' || letter_id, 'due', asked_at, asked_at,
    0, ''
FROM signatures_signature ON CONFLICT DO NOTHING
"""
# What some rows take, each with its indexes. All who wait or all forms would be much more.
MOST = 150


class Crowd:
    """What people do at a letter, each of them from a place of their own."""

    def __init__(self) -> None:
        self.letter = make_letter()
        self._number = 0

    def sign(self) -> Callable[[], object]:
        self._number += 1
        typed = urlencode(form_for(self.letter, email=f"one-{self._number}@example.org"))
        client = Client(
            headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR=f"10.0.{self._number}.1"
        )
        path = f"/{self.letter.slug}/sign/"
        form = "application/x-www-form-urlencoded"
        return lambda: self._expect(302, client.post(path, typed, content_type=form))

    def confirm(self) -> Callable[[], object]:
        waiting = make_signature(self.letter)
        return lambda: self._expect(302, press(link(waiting)))

    def get(self, path: str) -> Callable[[], object]:
        return lambda: self._expect(200, Client().get(f"/{self.letter.slug}/{path}"))

    @staticmethod
    def _expect(status: int, response: object) -> None:
        assert response.status_code == status  # type: ignore[attr-defined]


ACTS: dict[str, Callable[[Crowd], Callable[[], object]]] = {
    "sign": Crowd.sign,
    "confirm": Crowd.confirm,
    "read the letter": lambda crowd: crowd.get(""),
    "read the names": lambda crowd: crowd.get("signatures/"),
    "read older names": lambda crowd: crowd.get("signatures/?after=100"),
    "ask for the number": lambda crowd: crowd.get("count.json"),
}


def arrive(letter: Letter) -> None:
    """Let a crowd sign and confirm, with what it leaves for the limits and the outbox."""
    like = make_signature(letter)
    fill_published(like, MANY)
    fill(like, MANY)
    with connection.cursor() as cursor:
        cursor.execute(FORMS, [letter.pk])
        cursor.execute(MAILS)


@pytest.mark.parametrize("is_known", ["nothing", "little", "all"])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_costs_the_same_when_a_crowd_has_come(name: str, is_known: str) -> None:
    begin_anew()
    crowd = Crowd()
    if is_known == "little":
        make_signature(crowd.letter)
        analyze()
    with Plans() as plans:
        plans.of(ACTS[name](crowd))
        arrive(crowd.letter)
        if is_known == "all":
            analyze()
        counts.forget()
        found = plans.of(ACTS[name](crowd))
    much = [str(plan) for plan in found if plan.buffers > MOST]
    assert not reads_whole(found), "\n".join(reads_whole(found))
    assert not much, "\n".join(much)
    assert buffers(found) < 2 * MOST
