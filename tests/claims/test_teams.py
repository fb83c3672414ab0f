"""Objections belong to a letter, and so to a team: nobody else sees them (T34)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from openletter.accounts.models import Membership, Team
from openletter.claims.models import Appeal, Claim
from openletter.letters.models import Letter
from tests.claims.steps import CARDS, appealed, claimed, removed
from tests.factories import log_in, make_letter, make_moderator, make_published
from tests.steps import state_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


def letter_of(name: str) -> Letter:
    return make_letter(slug=name, team=Team.objects.create(name=name))


def member_of(letter: Letter, role: str) -> Client:
    """Return the browser of somebody who is only what they are in the team of a letter."""
    user = make_moderator(f"{role}@example.org", is_superuser=False)
    assert letter.team
    Membership.objects.create(team=letter.team, user=user, role=role)
    return log_in(user)


def card_of(desk: Client) -> Any:
    page = desk.get(CARDS)
    return page.context.get("appeal") or page.context.get("claim")


def test_t34_a_moderator_sees_and_decides_the_objections_of_their_team_only() -> None:
    ours, theirs = letter_of("ours"), letter_of("theirs")
    desk, suzie = member_of(ours, Role.MODERATOR), make_moderator("suzie@example.org")
    foreign, entry = removed(theirs, suzie), make_published(theirs)
    appeal, claim = appealed(foreign), claimed(entry)
    assert card_of(desk) is None
    seen = {"revision": foreign.revision}
    desk.post(CARDS, {**seen, "appeal": appeal.pk, "act": "granted"})
    desk.post(CARDS, {"claim": claim.pk, "revision": entry.revision, "act": "right"})
    assert (state_of(foreign), state_of(entry)) == ("removed", "published")
    mine = appealed(removed(ours, suzie))
    assert card_of(desk) == mine
    assert "1 objection is waiting" in desk.get("/admin/").content.decode()
    page = desk.get(f"{CARDS}letters/")
    assert [row.letter for row, _chooses in page.context["letters"]] == [ours]
    assert Appeal.objects.count() + Claim.objects.count() == 3


def test_t34_who_only_looks_decides_nothing_and_a_moderator_chooses_nothing() -> None:
    ours = letter_of("ours")
    assert member_of(ours, Role.VIEWER).get(CARDS).status_code == 403
    chosen = member_of(ours, Role.MODERATOR).post(f"{CARDS}letters/{ours.pk}/", {"hides": "yes"})
    assert chosen.status_code == 403
    chosen = member_of(ours, Role.ORGANISER).post(f"{CARDS}letters/{ours.pk}/", {"hides": "yes"})
    assert chosen.status_code == 302
